"""The ids seen so far, on disk, so that a file of any size is checked in constant memory."""

import hashlib
import sqlite3
from pathlib import Path

from service.files.replacing import cannot_write

CREATE = "CREATE TABLE IF NOT EXISTS seen (id BLOB PRIMARY KEY, line INT, after INT) WITHOUT ROWID"


class SeenIds:
    """Which id stood on which line; what was added counts once `keep` was called.

    Parameters
    ----------
    path
        The database file.
    done
        Rows of the input that are finished; what later rows had added is forgotten.
    """

    def __init__(self, path: Path, done: int) -> None:
        self._path = path
        self._done = done
        try:
            self._database = sqlite3.connect(path)
            self._database.execute(CREATE)
            self._database.execute("DELETE FROM seen WHERE after >= ?", (done,))
            self._database.commit()
        except sqlite3.Error as error:
            raise cannot_write(path, error) from error

    def first_line(self, identity: str, line: int) -> int | None:
        """Remember an id and return None, or return the line where it was seen before."""
        key = hashlib.blake2b(identity.encode(), digest_size=16).digest()
        try:
            found = self._database.execute("SELECT line FROM seen WHERE id = ?", (key,)).fetchone()
            if found is None:
                row = (key, line, self._done)
                self._database.execute("INSERT INTO seen VALUES (?, ?, ?)", row)
        except sqlite3.Error as error:
            raise cannot_write(self._path, error) from error
        return None if found is None else int(found[0])

    def keep(self, done: int) -> None:
        """Write down what the rows up to row `done` have added."""
        try:
            self._database.commit()
        except sqlite3.Error as error:
            raise cannot_write(self._path, error) from error
        self._done = done

    def close(self) -> None:
        """Let go of the database; what was not kept is forgotten."""
        self._database.close()
