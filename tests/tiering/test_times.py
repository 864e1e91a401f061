"""Times: written in many ways, one moment; and what a day of scoring means."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pytest

from tests.tiering.tables import native
from tiering.errors import AsOfError
from tiering.latest import newest_day
from tiering.times import CHINA, EPOCH, MICROSECOND, moment_of
from tiering.written_times import parse_times

MORNING = datetime(2026, 1, 5, 9, 5, tzinfo=CHINA)

SAME_MOMENT = (
    "2026-01-05 09:05",
    "2026-01-05 09:05:00",
    "2026-01-05T09:05:00.000",
    "2026-01-05T09:05:00+08:00",
    "2026-01-05T01:05:00Z",
    "2026-01-05 01:05:00 UTC",
    "2026-01-04T20:05:00-0500",
    "2026/1/5 9:05",
    "2026.01.05 9:05",
    "2026年1月5日 9:05",
    "2026年1月5日9时5分",
    "2026年1月5日9点05分0秒",
    "20260105090500",
    "  2026-01-05 09:05  ",
    "1767575100",
    "1767575100000",
)
NO_MOMENT = (
    "",
    "soon",
    "1/5/2026",
    "05-01-2026",
    "2026-13-01",
    "2026-02-29",
    "2026-00-10",
    "2026-01-05 24:00",
    "2026-01-05 09:60",
    "2026-01-05 09:05 CET",
    "2026",
    "123",
)


@pytest.mark.parametrize("text", SAME_MOMENT)
def test_one_moment_however_written(text: str) -> None:
    assert parse_times(pa.array([text])).to_pylist() == [(MORNING - EPOCH) // MICROSECOND]


@pytest.mark.parametrize("text", NO_MOMENT)
def test_what_is_no_moment(text: str) -> None:
    assert parse_times(pa.array([text])).to_pylist() == [None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("20240229", date(2024, 2, 29)),
        ("2000-02-29", date(2000, 2, 29)),
        ("2026年12月31日", date(2026, 12, 31)),
    ],
)
def test_days_begin_at_midnight_in_china(text: str, day: date) -> None:
    begin = datetime(day.year, day.month, day.day, tzinfo=CHINA)
    assert parse_times(pa.array([text])).to_pylist() == [(begin - EPOCH) // MICROSECOND]


def test_fractions_and_empty_columns() -> None:
    fraction = parse_times(pa.array(["1970-01-01T08:00:00.1234567", None]))
    assert fraction.to_pylist() == [123_456, None]
    assert parse_times(pa.chunked_array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize(
    ("as_of", "last", "text"),
    [
        (date(2026, 3, 1), datetime(2026, 3, 2, tzinfo=CHINA) - MICROSECOND, "2026-03-01"),
        ("2026-03-01", datetime(2026, 3, 2, tzinfo=CHINA) - MICROSECOND, "2026-03-01"),
        (
            datetime(2026, 3, 1, 12),  # noqa: DTZ001  # without a zone: China's time
            datetime(2026, 3, 1, 12, tzinfo=CHINA),
            "2026-03-01T12:00:00+08:00",
        ),
        (
            "2026-03-01T12:00+00:00",
            datetime(2026, 3, 1, 12, tzinfo=UTC),
            "2026-03-01T12:00:00+00:00",
        ),
    ],
    ids=["date", "text", "naive", "zoned"],
)
def test_the_moment_of_scoring(as_of: date | str, last: datetime, text: str) -> None:
    moment = moment_of(as_of)
    assert EPOCH + timedelta(microseconds=moment.us) == last
    assert moment.text == text
    local = last.astimezone(CHINA).date()
    assert EPOCH.date() + timedelta(days=moment.day) == local


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "01/05/2026", ""])
def test_a_day_of_scoring_that_is_none(text: str) -> None:
    with pytest.raises(AsOfError, match="write 2026-03-01") as caught:
        moment_of(text)
    assert "2026-03-01" in caught.value.text("zh")


def test_the_newest_day_passes_over_a_clock_that_ran_ahead() -> None:
    orders = native("polars", [{"ordered_at": "2026-05-02 23:30"}, {"ordered_at": "2099-01-01"}])
    events = native("polars", [{"at": "2026-05-01"}, {"at": "never"}])
    until = datetime(2026, 6, 1, tzinfo=CHINA)
    assert newest_day({"orders": orders, "engagement": events}, until) == date(2026, 5, 2)
    assert newest_day({"engagement": native("polars", [{"at": "never"}])}, until) is None
