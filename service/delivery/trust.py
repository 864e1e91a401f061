"""Whose certificates are believed: those of the machine's store, and those of certifi."""

import ssl
from functools import cache

import certifi


@cache
def trusted() -> ssl.SSLContext:
    """Return the context in which hosts and mail servers have to prove their names."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
