"""Written times to microseconds, a whole column at once, the same for every engine."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tiering.times import DAY_US, OFFSET_US

WRITTEN = (
    r"^(?P<y>\d{4})"
    r"(?:[-/.年](?P<mo>\d{1,2})[-/.月](?P<d>\d{1,2})日?|(?P<mo8>\d{2})(?P<d8>\d{2}))"
    r"(?:[T\s]*(?P<h>\d{1,2})[:：时点](?P<mi>\d{1,2})分?"
    r"(?:[:：]?(?P<s>\d{1,2})秒?(?:[.,](?P<f>\d{1,9}))?)?"
    r"|(?P<h14>\d{2})(?P<mi14>\d{2})(?P<s14>\d{2}))?"
    r"\s*(?P<z>Z|UTC|[+-]\d{2}:?\d{2})?$"
)
UNIX = {r"^1\d{9}$": 1_000_000, r"^1\d{12}$": 1_000}

Integers = NDArray[np.int64]


def parse_times(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return written times as microseconds since 1970 UTC; null where a text is no time.

    Read are year, month, day with `-`, `/`, `.` or 年月日 or as eight digits; hour and minute with
    or without seconds and fractions; `Z` or an offset (none: China's time); 14 digits; Unix time
    in 10 (seconds) or 13 digits (milliseconds). A year at the end (`1/5/2026`) is not read: day
    and month could be swapped.

    >>> parse_times(pa.array(["1970-01-01T08:00:00.5", "1970/1/1 00:00Z", "soon"])).to_pylist()
    [500000, 0, None]
    """
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    trimmed = pc.utf8_trim_whitespace(whole.cast(pa.string()))
    parts = pc.extract_regex(trimmed, WRITTEN)
    days, is_day = _days(parts)
    clock, is_clock = _clock(parts)
    good = pc.is_valid(parts).to_numpy(zero_copy_only=False) & is_day & is_clock
    written = pa.array(days * DAY_US + clock - _offset(parts), mask=~good)
    return pc.coalesce(written, *(_unix(trimmed, *form) for form in UNIX.items()))


def _part(parts: pa.StructArray, *names: str) -> Integers:
    """Return the first of the named groups that was found, as a number; 0 where none was."""
    fields = [pc.struct_field(parts, name) for name in names]
    found = [pc.if_else(pc.equal(field, ""), None, field) for field in fields]
    numbers: Integers = pc.coalesce(*found, "0").cast(pa.int64()).to_numpy(zero_copy_only=False)
    return numbers


def _days(parts: pa.StructArray) -> tuple[Integers, NDArray[np.bool_]]:
    year, month = _part(parts, "y"), _part(parts, "mo", "mo8")
    day = _part(parts, "d", "d8")
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    first = months.astype("datetime64[D]").astype(np.int64)
    after = (months + 1).astype("datetime64[D]").astype(np.int64)
    is_day = (month >= 1) & (month <= 12) & (day >= 1) & (day <= after - first)
    return first + day - 1, is_day


def _clock(parts: pa.StructArray) -> tuple[Integers, NDArray[np.bool_]]:
    hour, minute = _part(parts, "h", "h14"), _part(parts, "mi", "mi14")
    second = _part(parts, "s", "s14")
    digits = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.struct_field(parts, "f"), 6, "0"), 0, 6)
    fraction: Integers = pc.coalesce(digits, "0").cast(pa.int64()).to_numpy(zero_copy_only=False)
    is_clock = (hour < 24) & (minute < 60) & (second < 60)
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + fraction, is_clock


def _offset(parts: pa.StructArray) -> Integers:
    zones = pc.coalesce(pc.struct_field(parts, "z"), "").dictionary_encode()
    known = np.array([_offset_us(zone) for zone in zones.dictionary.to_pylist()], np.int64)
    return known[zones.indices.to_numpy()] if len(known) else np.zeros(0, np.int64)


def _offset_us(zone: str) -> int:
    if not zone:
        return OFFSET_US
    if zone in ("Z", "UTC"):
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return (minutes if zone[0] == "+" else -minutes) * 60_000_000


def _unix(texts: pa.Array, pattern: str, microseconds: int) -> pa.Array:
    digits = pc.if_else(pc.match_substring_regex(texts, pattern), texts, None)
    return pc.multiply(digits.cast(pa.int64()), microseconds)
