"""Accounts whose followers came at once, and accounts that repost together."""

from tiering.suspects.co_reposts import co_reposts
from tiering.suspects.growth import with_growth

__all__ = ["co_reposts", "with_growth"]
