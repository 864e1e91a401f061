"""Erasure: a person leaves the database, and a receipt remains."""
