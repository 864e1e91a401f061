"""The audit trail of all alerts as a feed, in the order in which its lines became visible."""

import json
from collections.abc import Collection, Sequence

from sqlalchemy import Row, func, select

from service.api.feed import Entry
from service.api.keys import revoked_keys
from service.database import Database
from service.database.tables import Alert, AlertChange


class TrailFeed:
    """Reads the trail of one database; see `service.api.feed.Source`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def latest(self) -> int:
        """Return the position of the last line; 0 where there is none."""
        with self._database.transaction() as session:
            return session.scalars(select(func.max(AlertChange.position))).one() or 0

    def after(self, position: int, limit: int) -> Sequence[Entry]:
        """Return the first lines after a position, in order."""
        query = (
            select(AlertChange, Alert)
            .join(Alert, Alert.id == AlertChange.alert_id)
            .where(AlertChange.position > position)
            .order_by(AlertChange.position)
        )
        with self._database.transaction() as session:
            return [_entry(row) for row in session.execute(query.limit(limit))]

    def revoked(self, key_ids: Collection[int]) -> Collection[int]:
        """Return those of these keys that were revoked."""
        with self._database.transaction() as session:
            return revoked_keys(session, key_ids)


def _entry(row: Row[AlertChange, Alert]) -> Entry:
    """Return what is told of a line: nobody's name, no note, no text."""
    line, alert = row
    told = {
        "alert_id": alert.id,
        "event": line.event,
        "at": line.at.isoformat(),
        "from_state": line.from_state,
        "to_state": line.to_state,
        "version": line.version,
        "number": line.number,
        "fingerprint": alert.fingerprint,
        "product": alert.product,
        "category": alert.category,
        "level": line.level or alert.level,
    }
    return Entry(line.position or 0, line.event, json.dumps(told, ensure_ascii=False))
