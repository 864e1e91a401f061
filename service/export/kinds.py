"""What the columns of a file of scores are, whatever format it has: one type a column."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tiering import SCORE_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

FLAGS, LISTS, COUNTS = ("care",), ("reasons", "changes", "actions"), ("runs_beyond",)
TEXTS = (
    "customer_id",
    "as_of",
    "tier",
    "band",
    "score_tier",
    "features_version",
    "policy_version",
    "previous_tier",
)
NUMBERS = ("previous_score",)
TRUE, FALSE = ("true", "1", "1.0"), ("false", "0", "0.0")
KINDS: dict[str, str] = {
    **dict.fromkeys(SCORE_COLUMNS, "number"),
    **dict.fromkeys(NUMBERS, "number"),
    **dict.fromkeys(COUNTS, "count"),
    **dict.fromkeys(TEXTS, "text"),
    **dict.fromkeys(FLAGS, "flag"),
    **dict.fromkeys(LISTS, "list"),
}
"""What is known of the columns that Tingyin writes; others are numbers where all of them are."""


def kind_of(known: str | None, cell: object) -> str | None:
    """Return the kind of a column after one more cell: None, `number` or `text`."""
    if cell is None or cell == "" or known == "text":
        return known
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return (
        "number" if is_number or (isinstance(cell, str) and _number(cell) is not None) else "text"
    )


def typed(row: Mapping[str, object], kinds: Mapping[str, str]) -> dict[str, object]:
    """Return the row with every column of `kinds`, each cell of its kind or None."""
    return {name: _cell(row.get(name), kind) for name, kind in kinds.items()}


def schema_of(kinds: Mapping[str, str]) -> "pa.Schema":
    """Return the types of the columns in Parquet; lists of things are lists of texts."""
    import pyarrow as pa

    sentence = pa.struct([("en", pa.string()), ("zh", pa.string())])
    todo = pa.struct([(name, pa.string()) for name in TODO])
    lists = {"reasons": pa.list_(sentence), "actions": pa.list_(todo)}
    plain = {
        "number": pa.float64(),
        "count": pa.int64(),
        "flag": pa.bool_(),
        "text": pa.string(),
        "list": pa.list_(pa.string()),
    }
    return pa.schema([(name, lists.get(name, plain[kind])) for name, kind in kinds.items()])


TODO = ("action_id", "action", "kind", "channel", "priority", "gives", "valid_until")
"""What stands of an action beside its customer, all as text."""


def columns(names: Iterable[str]) -> list[str]:
    """Return the names without those that an export adds by itself."""
    added = ("changes", "previous_tier", "previous_score", "actions")
    return [name for name in names if name not in added]


def _cell(cell: object, kind: str) -> object:
    if cell is None or cell == "":
        return [] if kind == "list" else None
    if kind == "list":
        return cell if isinstance(cell, list) else [str(cell)]
    if kind == "flag":
        return _flag(cell)
    if kind in ("number", "count"):
        number = _number(cell)
        return int(number) if kind == "count" and number is not None else number
    return cell if isinstance(cell, str) else str(cell)


def _flag(cell: object) -> bool | None:
    text = str(cell).lower()
    return True if text in TRUE else False if text in FALSE else None


def _number(cell: object) -> float | None:
    try:
        number = float(str(cell))
    except ValueError:
        return None
    return number if number - number == 0 else None
