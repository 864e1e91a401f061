"""Points in time as people and systems write them, read into time-zone-aware datetimes."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal

from nlp.message import Message
from service.files.cells import is_filled
from service.files.contract.fault import Fault

FIRST_YEAR, LAST_YEAR = 1990, 2100
EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
EXCEL_DAYS = (32_874, 73_415)
EPOCH_UNITS = ((10, 1), (13, 1_000), (16, 1_000_000), (19, 1_000_000_000))
COMPACT = ((8, "%Y%m%d"), (12, "%Y%m%d%H%M"), (14, "%Y%m%d%H%M%S"))
HOUR, HOUR_DIGITS = "%Y%m%d%H", 10
NUMERIC = re.compile(r"\d+(\.\d+)?")
SLASHED = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-](\d{4}|\d{2})\b.*")
WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[\sT,]*(?:(?:星期|周)[一二三四五六日天])?[\s,]*(?P<half>上午|下午|中午|晚上|凌晨|早上)?\s*"
    r"(?P<hour>\d{1,2})\s*[:时點点]\s*(?:(?P<minute>\d{1,2})\s*分?)?"
    r"(?:\s*:?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?"
)
HALF_DAY = 12
LATE_MORNING = 10

UNKNOWN = Fault(
    Message("no date that Tingyin can read", "无法识别的日期"),
    Message(
        "write it as 2026-01-05 08:03, or name its form: --date-format '%d.%m.%Y %H:%M'",
        "请写成 2026-01-05 08:03，或用 --date-format '%d.%m.%Y %H:%M' 指定格式",
    ),
)
AMBIGUOUS = Fault(
    Message(
        "the order of day and month, or the century, is open", "日期有歧义：日、月顺序或世纪不明确"
    ),
    Message(
        "name the form: --date-format %m/%d/%Y or --date-format %d/%m/%Y",
        "请指定格式：--date-format %m/%d/%Y 或 --date-format %d/%m/%Y",
    ),
)
HOUR_OR_SECONDS = Fault(
    Message(
        "ten digits are open: year, month, day and hour, or seconds since 1970",
        "十位数字有歧义：年月日时，或 1970 年以来的秒数",
    ),
    Message(f"name the form: --date-format {HOUR}", f"请指定格式：--date-format {HOUR}"),
)
MISSING = Fault(
    Message("there is no date", "缺少日期"),
    Message(
        "fill it in, or give a default: --at 2026-01-05", "请补上，或给出默认值：--at 2026-01-05"
    ),
)
IMPLAUSIBLE = Fault(
    Message(
        f"the year is not within {FIRST_YEAR} to {LAST_YEAR}",
        f"年份不在 {FIRST_YEAR} 到 {LAST_YEAR} 之间",
    )
)


def read_moment(value: object, zone: tzinfo, form: str | None = None) -> datetime | Fault:
    """Return a cell as a time in `zone`, or why it is none.

    Read are ISO 8601 with and without a zone, `2026/1/5 8:03`, `2026年1月5日 8时3分`, `20260105`
    (with or without hours), seconds, milliseconds, microseconds or nanoseconds since 1970, Excel's
    day numbers, and Weibo's `Mon Jan 05 08:03:00 +0800 2026`. Times without a zone are in `zone`.
    `01/05/2026` is refused, because it has two readings, and so is `2026010508`.

    Parameters
    ----------
    value
        Text, number, date or datetime.
    zone
        The zone of times that name none, and of the result.
    form
        `strptime` directives; when given, text is read by it alone, and so is a number that has
        two readings.
    """
    if not is_filled(value) or value == "":
        return MISSING
    try:
        moment = _read(value, zone, form)
        if isinstance(moment, Fault):
            return moment
        moment = moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        return UNKNOWN
    return moment if FIRST_YEAR <= moment.year <= LAST_YEAR else IMPLAUSIBLE


def _read(value: object, zone: tzinfo, form: str | None) -> datetime | Fault:
    if isinstance(value, datetime):
        return datetime.combine(value.date(), value.time(), value.tzinfo)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return _from_number(f"{value:.6f}".rstrip("0").rstrip("."), form)
    return _from_text(value, form) if isinstance(value, str) else UNKNOWN


def _from_text(value: str, form: str | None) -> datetime | Fault:
    text = unicodedata.normalize("NFKC", value).strip()
    if form:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone
    if not text:
        return MISSING
    if NUMERIC.fullmatch(text):
        return _from_digits(text) or UNKNOWN
    if SLASHED.fullmatch(text):
        return AMBIGUOUS
    return _from_written(text) or _from_standard(text)


def _from_number(digits: str, form: str | None) -> datetime | Fault:
    moment = _from_digits(digits) or UNKNOWN
    return _from_text(digits, form) if form and moment is HOUR_OR_SECONDS else moment


def _from_digits(text: str) -> datetime | Fault | None:
    """Read a bare number; how many digits it has decides what it counts."""
    whole = text.partition(".")[0]
    if _names_an_hour(text):
        return HOUR_OR_SECONDS
    for digits, form in COMPACT:
        if text == whole and len(whole) == digits:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone
    for digits, per_second in EPOCH_UNITS:
        if len(whole) == digits:
            return datetime.fromtimestamp(float(text) / per_second, UTC)
    if EXCEL_DAYS[0] <= float(text) < EXCEL_DAYS[1]:
        # A day number is a double: its seconds are only right after rounding.
        seconds = round(float(text) * 86_400)
        return (EXCEL_EPOCH + timedelta(seconds=seconds)).replace(tzinfo=None)
    return None


def _names_an_hour(text: str) -> bool:
    """Return whether ten digits may be year, month, day, hour: as seconds they lie after 2033."""
    if len(text) != HOUR_DIGITS:
        return False
    try:
        year = datetime.strptime(text, HOUR).year  # noqa: DTZ007 - only the year is looked at
    except ValueError:
        return False
    return FIRST_YEAR <= year <= LAST_YEAR


def _from_written(text: str) -> datetime | None:
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second = (
        int(found[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
    )
    hour = _hour(found["half"], hour)
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller adds it


def _hour(half: str | None, hour: int) -> int:
    """Return the hour of the day that 上午, 中午, 下午 ... and an hour name."""
    if half is None or hour > HALF_DAY:
        return hour
    if half == "中午":
        return hour if hour >= LATE_MORNING else hour + HALF_DAY
    if half == "晚上" and hour == HALF_DAY:
        raise ValueError("midnight: of which day?")
    return hour % HALF_DAY + (HALF_DAY if half in ("下午", "晚上") else 0)


def _from_standard(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y")
