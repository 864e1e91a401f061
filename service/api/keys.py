"""API keys: 256 random bits, stored as a hash.

A plain SHA-256 is enough here, unlike for passwords: nobody can guess 256 random bits, however
fast a guess is.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.database.tables import ApiKey

PREFIX = "ty_"


def new_key() -> str:
    """Return a fresh key, to be shown once."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """Return what is stored in place of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def find_key(session: Session, key: str) -> ApiKey | None:
    """Return the valid key, or None for one that is unknown or revoked."""
    wanted = select(ApiKey).where(ApiKey.key_hash == hash_of(key), ApiKey.revoked_at.is_(None))
    return session.scalars(wanted).one_or_none()


def revoked_keys(session: Session, ids: Collection[int]) -> Sequence[int]:
    """Return those of these keys that were revoked."""
    gone = ApiKey.id.in_(ids) & ApiKey.revoked_at.is_not(None)
    return session.scalars(select(ApiKey.id).where(gone)).all()
