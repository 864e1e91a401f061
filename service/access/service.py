"""Keys: made, listed, revoked; the first one at the first start."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.access.schemas import KeyList, KeyOut, NewKey
from service.api.keys import hash_of, new_key
from service.database import Database
from service.database.tables import ApiKey
from service.errors import ConflictError, NotFoundError, OutputError

FIRST_NAME = "admin"
FIRST_FILE = "admin-key"


def make_key(session: Session, name: str, scopes: Sequence[str], who: str, now: datetime) -> NewKey:
    """Make a key and return it, this once, with the key itself.

    Raises
    ------
    ConflictError
        There is a key of this name.
    """
    key = new_key()
    row = ApiKey(
        name=name,
        key_hash=hash_of(key),
        scopes=sorted(set(scopes)),
        created_at=now,
        created_by=who,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise ConflictError(
            "There is a key of this name already; take another name.",
            "已有同名密钥，请换一个名称。",
        ) from error
    return NewKey.model_validate({**_fields(row), "key": key})


def list_keys(session: Session) -> KeyList:
    """Return every key, revoked ones too, in the order in which they were made."""
    rows = session.scalars(select(ApiKey).order_by(ApiKey.id))
    return KeyList(items=[KeyOut.model_validate(_fields(row)) for row in rows])


def revoke_key(session: Session, key_id: int, now: datetime) -> KeyOut:
    """Make a key worthless from now on.

    Raises
    ------
    NotFoundError
        There is no such key.
    ConflictError
        It is the last key with the scope admin: nobody could make another.
    """
    row = session.get(ApiKey, key_id, with_for_update=True)
    if row is None:
        raise NotFoundError("There is no key with this number.", "没有此编号的密钥。")
    if "admin" in row.scopes and row.revoked_at is None and _admins(session) == 1:
        raise ConflictError(
            "This is the last admin key; make another before you revoke it.",
            "这是最后一个 admin 密钥，请先创建另一个再吊销。",
        )
    row.revoked_at = row.revoked_at or now
    return KeyOut.model_validate(_fields(row))


def ensure_first_key(database: Database, data_dir: Path, now: datetime) -> Path | None:
    """Make an admin key where there is no valid one, and return the file that holds it.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    with database.transaction() as session:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext("first key"))))
        if _admins(session):
            return None
        name = FIRST_NAME if not list_keys(session).items else f"{FIRST_NAME}-{now:%Y%m%d%H%M%S}"
        key = make_key(session, name, ["admin"], "tingyin serve", now)
        return _written(data_dir / FIRST_FILE, key.key)


def _written(path: Path, key: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        only_mine = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(only_mine, "w", encoding="ascii") as file:
            file.write(key + "\n")
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written ({error.strerror}); the first key has to go there.",
            f"{path} 无法写入（{error.strerror}）；首个密钥须存放于此。",
        ) from error
    return path


def _admins(session: Session) -> int:
    valid = ApiKey.revoked_at.is_(None) & ApiKey.scopes.contains(["admin"])
    return session.scalars(select(func.count()).select_from(ApiKey).where(valid)).one()


def _fields(row: ApiKey) -> dict[str, object]:
    return {name: getattr(row, name) for name in KeyOut.model_fields}
