"""Paths of touches from files: written paths, or touches and the orders that followed."""

from datetime import tzinfo
from pathlib import Path

from service.commands.columns_input import Reading, moment, number, read_columns, text
from service.files import open_table
from tiering.attribution import Conversion, Touch, walked_paths
from tiering.attribution import Path as Way

BETWEEN = ">"


def read_paths(path: Path) -> list[Way]:
    """Return written paths, as `微博 > 小红书`; each is one order where nothing else is said.

    Raises
    ------
    InputError
        See `read_columns`.
    """
    there = open_table(path).columns
    readings: dict[str, Reading] = {"path": _written}
    readings |= {name: _count for name in ("conversions", "value", "nulls") if name in there}
    read = read_columns(path, readings)
    size = len(read["path"])
    plain = {"conversions": [1.0] * size, "value": [0.0] * size, "nulls": [0.0] * size}
    counts = plain | {name: read[name] for name in readings if name != "path"}
    columns = (read["path"], counts["conversions"], counts["value"], counts["nulls"])
    return [Way(*row) for row in zip(*columns, strict=True)]


def read_touches(
    touches: Path, conversions: Path, days: float, zone: tzinfo
) -> list[tuple[str, Way]]:
    """Return the paths that touches and conversions make, each with who walked it.

    Raises
    ------
    InputError
        See `read_columns`.
    """
    met = read_columns(touches, {"customer_id": text, "channel": text, "at": moment(zone)})
    bought = read_columns(conversions, {"customer_id": text, "at": moment(zone), "value": number})
    return walked_paths(
        [Touch(*row) for row in zip(*met.values(), strict=True)],
        [Conversion(*row) for row in zip(*bought.values(), strict=True)],
        days,
    )


def _written(cell: object) -> tuple[str, ...]:
    """Return the channels of a written path; an empty one is an order that nothing led to."""
    whole = "" if cell is None else str(cell).strip()
    return tuple(channel.strip() for channel in whole.split(BETWEEN)) if whole else ()


def _count(cell: object) -> object:
    return 0.0 if cell in (None, "") else number(cell)
