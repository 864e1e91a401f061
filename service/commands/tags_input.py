"""The files of `tingyin tags` beside those of `tingyin score`: the profile and the tags before."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def profile_of(path: Path, names: Sequence[str]) -> "pa.Table":
    """Return `customer_id` and those of the columns that the file has.

    Raises
    ------
    InputError
        The file, or one row of it, cannot be read.
    """
    return _columns(path, ("customer_id", *names))


def tags_of(path: Path) -> "pa.Table":
    """Return the tags that an earlier run wrote; errors as for `profile_of`."""
    from tiering.tags import TAG_COLUMNS

    return _columns(path, TAG_COLUMNS)


def _columns(path: Path, names: Sequence[str]) -> "pa.Table":
    import pyarrow as pa

    from service.files import read_frame

    frame = read_frame(path)
    present = [name for name in names if name in frame.columns]
    cells = {name: _cells(frame[name].tolist()) for name in present}
    return pa.table(cells)


def _cells(cells: list[object]) -> "pa.Array":
    """Return cells as numbers where all are, else as text; empty ones are null."""
    import pyarrow as pa

    known = [None if cell is None or cell == "" or cell != cell else cell for cell in cells]
    if all(cell is None or isinstance(cell, int | float | bool) for cell in known) and any(
        cell is not None for cell in known
    ):
        return pa.array(known)
    return pa.array([None if cell is None else str(cell) for cell in known], pa.string())
