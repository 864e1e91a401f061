"""Counts and ratings as platforms write them: 1,234 and 1.2万 and 10万+."""

import re
import unicodedata
from decimal import Decimal

from nlp.message import Message
from service.files.cells import is_filled
from service.files.contract.fault import Fault

NOTHING = frozenset(
    {"", "-", "--", "—", "——", "/", "null", "none", "nan", "n/a", "na", "\\n", "无"}
)
UNITS = {"": 1, "k": 1_000, "千": 1_000, "w": 10_000, "万": 10_000, "m": 1_000_000, "亿": 10**8}
WRITTEN = re.compile(r"(?P<sign>[+-]?)(?P<number>\d+(,\d{3})*(\.\d+)?)\s*(?P<unit>[kwm千万亿]?)\+?")
RATING = re.compile(r"(?P<number>\d+(\.\d+)?)\s*[星分]?")
LARGEST = 2**63 - 1

NEGATIVE = Fault(Message("a count below 0", "数量小于 0"))
NOT_WHOLE = Fault(Message("a count must be a whole number", "数量必须是整数"))
NOT_A_COUNT = Fault(
    Message("no count (as in 1234, 1,234 or 1.2万)", "不是数量（如 1234、1,234 或 1.2万）")
)
NOT_A_RATING = Fault(
    Message("no rating (a number from 0, as in 4.5)", "不是评分（0 以上的数字，如 4.5）")
)
TOO_LARGE = Fault(Message("a count beyond 9.2e18", "数量超过 9.2e18"))


def is_nothing(value: object) -> bool:
    """Return whether an optional cell stands for no value: empty, NaN, `-`, `null`, `无` ..."""
    if isinstance(value, str):
        return value.strip().lower() in NOTHING
    return not isinstance(value, list | dict) and not is_filled(value)


def read_count(value: object) -> int | Fault | None:
    """Return a cell as a whole number from 0 on, None when it holds nothing, or why it is none.

    `1.2万` is 12,000, and `10万+` its lower bound, 100,000.
    """
    if is_nothing(value):
        return None
    number = _written(value) if isinstance(value, str) else _number(value)
    if number is None:
        return NOT_A_COUNT
    if number < 0:
        return NEGATIVE
    if number != number.to_integral_value():
        return NOT_WHOLE
    return int(number) if number <= LARGEST else TOO_LARGE


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(value)
    return number if number.is_finite() else None


def _written(text: str) -> Decimal | None:
    found = WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if found is None:
        return None
    number = Decimal(found["sign"] + found["number"].replace(",", ""))
    return number * UNITS[found["unit"]]


def read_rating(value: object) -> float | Fault | None:
    """Return a cell as a rating from 0 on (`4.5`, `5星`), None when empty, or why it is none."""
    if is_nothing(value):
        return None
    if isinstance(value, str):
        found = RATING.fullmatch(unicodedata.normalize("NFKC", value).strip())
        return float(found["number"]) if found else NOT_A_RATING
    number = _number(value)
    return float(number) if number is not None and number >= 0 else NOT_A_RATING
