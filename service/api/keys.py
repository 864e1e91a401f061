"""API keys: 256 random bits, stored as a hash.

A plain SHA-256 is enough here, unlike for passwords: nobody can guess 256 random bits, however
fast a guess is.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, Text, any_, literal, select
from sqlalchemy.orm import Session

from service.database.tables import ApiKey

PREFIX = "ty_"


def new_key() -> str:
    """Return a fresh key, to be shown once."""
    return PREFIX + secrets.token_urlsafe(32)


def hash_of(key: str) -> str:
    """Return what is stored in place of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class FoundKey:
    """What a valid key stands for: its number, its name and its scopes."""

    id: int
    name: str
    scopes: tuple[str, ...]


def find_keys(session: Session, hashes: Sequence[str]) -> list[FoundKey | None]:
    """Return the valid key of each hash, or None for one that is unknown or revoked."""
    wanted = select(ApiKey.key_hash, ApiKey.id, ApiKey.name, ApiKey.scopes).where(
        ApiKey.key_hash == any_(literal(sorted(set(hashes)), ARRAY(Text))),
        ApiKey.revoked_at.is_(None),
    )
    found = {
        row.key_hash: FoundKey(row.id, row.name, tuple(row.scopes))
        for row in session.execute(wanted)
    }
    return [found.get(own) for own in hashes]


def revoked_keys(session: Session, ids: Collection[int]) -> Sequence[int]:
    """Return those of these keys that were revoked."""
    gone = ApiKey.id.in_(ids) & ApiKey.revoked_at.is_not(None)
    return session.scalars(select(ApiKey.id).where(gone)).all()
