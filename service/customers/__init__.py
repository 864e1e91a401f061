"""Customers: their orders and engagement, and the tier that follows."""
