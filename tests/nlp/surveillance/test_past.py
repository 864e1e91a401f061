"""The past of a series, found by the wall clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from nlp.surveillance import Bin
from nlp.surveillance.detectors.past import Past

HOUR = timedelta(hours=1)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def filled(counts: dict[int, int], keep: int = 10_000) -> Past:
    past = Past(HOUR * keep)
    for hour, count in counts.items():
        past.add(Bin(NOON + HOUR * hour, count))
    return past


def at(hour: int) -> datetime:
    return (NOON + HOUR * hour).replace(tzinfo=None)


def test_a_block_sums_what_is_known_and_says_how_much():
    past = filled({0: 1, 1: 2, 3: 4, 4: 8, 7: 16})
    assert past.block(at(4), HOUR, 2) == (12, 2)
    assert past.block(at(4), HOUR, 4) == (14, 3)
    assert past.block(at(6), HOUR, 3) == (8, 1)
    assert past.block(at(6), HOUR, 2) == (0, 0)
    assert past.block(at(7), HOUR, 99) == (31, 5)
    assert past.recent(at(4), HOUR, 4) == 14


def test_what_is_missing_is_not_zero():
    past = filled({0: 0, 2: 3})
    assert [past.count(at(hour)) for hour in range(3)] == [0, None, 3]
    assert list(past.before(at(2))) == [(at(0), 0)]


def test_what_is_too_old_is_forgotten_and_the_sums_stay_right():
    past = filled(dict.fromkeys(range(5000), 2), keep=9)
    assert past.count(at(4989)) is None
    assert past.count(at(4990)) == 2
    assert past.block(at(4999), HOUR, 100) == (20, 10)
    assert len(list(past.before(at(4999)))) == 9


def test_the_hour_that_comes_twice_is_one_place_and_loses_no_count():
    berlin, past = ZoneInfo("Europe/Berlin"), Past(HOUR * 1000)
    first = datetime(2026, 10, 24, 23, tzinfo=UTC)  # 01:00 in Berlin, two hours before the change
    for hour in range(4):
        past.add(Bin((first + HOUR * hour).astimezone(berlin), 2**hour))
    assert past.count(datetime.fromisoformat("2026-10-25T02:00")) == 4
    assert past.block(datetime.fromisoformat("2026-10-25T03:00"), HOUR, 3) == (15, 3)
