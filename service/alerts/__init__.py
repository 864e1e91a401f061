"""Alerts: raised by evidence, moved by people, every change on record."""
