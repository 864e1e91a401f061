"""What one cell looks like in a file, and what it was before."""

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

STARTS = r"[=+\-@\t\r\n＝＋－＠]"
"""What a spreadsheet takes for the start of a formula; some take full width for it too."""
FORMULA = re.compile("'*" + STARTS)
GUARDED = re.compile("'+" + STARTS)
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a cell as JSON holds it: no NaN, times in ISO 8601, arrays as lists.

    >>> plain({"at": date(2026, 1, 5), "share": float("nan")})
    {'at': '2026-01-05', 'share': None}
    """
    match value:
        case None | str() | bool() | int():
            return value
        case float():
            return value if value - value == 0 else None
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case date():
            return value.isoformat() if is_filled(value) else None
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
    return plain(value.tolist()) if hasattr(value, "tolist") else str(value)


def is_filled(value: object) -> bool:
    """Return whether a cell holds anything: not None, not NaN, not NaT."""
    return value is not None and bool(value == value)


def json_line(row: dict[str, Any]) -> bytes:
    """Return a row as one line of JSON in UTF-8, its line end included."""
    text = json.dumps(plain(row), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", errors="replace") + b"\n"


def flat(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a cell as CSV and Excel hold it: scalars as they are, the rest as JSON text.

    >>> flat(["request", "complaint"])
    '["request", "complaint"]'
    """
    value = plain(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def nested(cell: str) -> object:
    """Return the list or object that a cell holds as JSON text, else the cell itself."""
    if not (cell[:1] in ("[", "{") and cell[-1:] in ("]", "}")):
        return cell
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return cell


def guarded(cell: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a CSV cell that no spreadsheet runs as a formula: a quote goes before it.

    >>> guarded("=1+1"), guarded("-5"), guarded("好")
    ("'=1+1", '-5', '好')
    """
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def unguarded(cell: str) -> str:
    """Return a CSV cell without the quote that `guarded` put before it.

    >>> unguarded("'=1+1")
    '=1+1'
    """
    return cell[1:] if GUARDED.match(cell) else cell
