"""Delivery: what happens to alerts, brought to people by webhook, bot and mail, at least once."""
