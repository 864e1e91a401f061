"""Working time: what is due when, over nights, holidays and changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.response.calendars import Always, Business, Calendar
from service.response.spans import Shift, read_shift
from service.response.working_time import Pause, due, elapsed, working_from

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
NINE = (read_shift("09:00-18:00"),)
WORKDAYS = (*(NINE,) * 5, (), ())


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def weekly(*shifts: str, zone: ZoneInfo = SHANGHAI, holidays: str = "none", **special) -> Business:
    return Business(zone, (tuple(map(read_shift, shifts)),) * 7, holidays, **special)


OFFICE = Business(SHANGHAI, WORKDAYS, "china", makeup=NINE)
PLAIN = Business(SHANGHAI, WORKDAYS)
CLOSED_DAY = Business(SHANGHAI, WORKDAYS, special={date(2026, 5, 12): ()})
LATE_DAY = Business(SHANGHAI, WORKDAYS, special={date(2026, 5, 16): (read_shift("10:00-12:00"),)})
DUE = {
    # calendar, started, span -> due
    "at once": (OFFICE, "2026-05-11T10:00", 0 * HOUR, "2026-05-11T10:00"),
    "at once, though closed": (OFFICE, "2026-05-10T10:00", 0 * HOUR, "2026-05-10T10:00"),
    "within the day": (OFFICE, "2026-05-11T10:00", 2 * HOUR, "2026-05-11T12:00"),
    "with the day's last minute": (OFFICE, "2026-05-11T10:00", 8 * HOUR, "2026-05-11T18:00"),
    "over night": (OFFICE, "2026-05-11T17:30", HOUR, "2026-05-12T09:30"),
    "before work": (OFFICE, "2026-05-11T03:00", HOUR, "2026-05-11T10:00"),
    "over the weekend": (OFFICE, "2026-05-15T17:00", 2 * HOUR, "2026-05-18T10:00"),
    "over National Day": (OFFICE, "2026-09-30T17:00", 2 * HOUR, "2026-10-08T10:00"),
    "without holidays": (PLAIN, "2026-09-30T17:00", 2 * HOUR, "2026-10-01T10:00"),
    "on a 调休 Saturday": (OFFICE, "2026-10-09T17:00", 2 * HOUR, "2026-10-10T10:00"),
    "a year nobody has announced": (OFFICE, "2031-10-01T10:00", HOUR, "2031-10-01T11:00"),
    "over a day of one's own": (CLOSED_DAY, "2026-05-11T17:00", 2 * HOUR, "2026-05-13T10:00"),
    "on an open day of one's own": (LATE_DAY, "2026-05-15T17:00", 2 * HOUR, "2026-05-16T11:00"),
    "to midnight": (weekly("18:00-24:00"), "2026-05-11T20:00", 4 * HOUR, "2026-05-12T00:00"),
    "through midnight": (weekly("00:00-24:00"), "2026-05-11T20:00", 5 * HOUR, "2026-05-12T01:00"),
    "over lunch": (
        weekly("09:00-12:00", "13:30-18:00"),
        "2026-05-11T11:00",
        2 * HOUR,
        "2026-05-11T14:30",
    ),
    "always": (Always(), "2026-05-16T23:00", 26 * HOUR, "2026-05-18T01:00"),
}


@pytest.mark.parametrize(("calendar", "start", "span", "end"), DUE.values(), ids=DUE)
def test_when_it_is_due(calendar: Calendar, start: str, span: timedelta, end: str) -> None:
    assert due(calendar, at(start), span) == at(end)
    assert elapsed(calendar, at(start), at(end)) == span


CLOCK_CHANGES = {
    # Berlin sets its clocks on at 02:00 on 2026-03-29 and back at 03:00 on 2026-10-25.
    "a short day": ("00:00-24:00", "2026-03-29T00:00", "2026-03-30T00:00", 23 * HOUR),
    "a long day": ("00:00-24:00", "2026-10-25T00:00", "2026-10-26T00:00", 25 * HOUR),
    "a shift over the gap": ("01:00-04:00", "2026-03-29T00:00", "2026-03-30T00:00", 2 * HOUR),
    "a shift that the gap swallows": (
        "02:00-03:00",
        "2026-03-29T00:00",
        "2026-03-30T00:00",
        0 * HOUR,
    ),
    "a shift over the hour twice": (
        "01:00-04:00",
        "2026-10-25T00:00",
        "2026-10-26T00:00",
        4 * HOUR,
    ),
}


@pytest.mark.parametrize(
    ("shift", "start", "end", "hours"), CLOCK_CHANGES.values(), ids=CLOCK_CHANGES
)
def test_days_on_which_clocks_change(shift: str, start: str, end: str, hours: timedelta) -> None:
    calendar = weekly(shift, zone=BERLIN)
    assert elapsed(calendar, at(start, BERLIN), at(end, BERLIN)) == hours


NOON = at("2026-05-11T12:00")
PAUSED = {
    # pauses in hours after noon -> due of 2 hours, in hours after noon; None: never
    "none": ([], 2),
    "before": ([(-3, -1)], 2),
    "at the start": ([(-1, 1)], 3),
    "in between": ([(1, 4)], 5),
    "two that overlap": ([(1, 3), (2, 4)], 5),
    "two that touch": ([(1, 2), (2, 4)], 5),
    "after it": ([(3, 4)], 2),
    "from its end on": ([(2, None)], 2),
    "without end": ([(1, None)], None),
    "without end, and another in it": ([(1, None), (1.5, 2)], None),
    "ends before it starts": ([(1, 0.5)], 2),
}


@pytest.mark.parametrize(("spans", "hours"), PAUSED.values(), ids=PAUSED)
def test_pauses_do_not_count(spans, hours) -> None:
    pauses = [
        Pause(NOON + start * HOUR, None if end is None else NOON + end * HOUR)
        for start, end in spans
    ]
    found = due(Always(), NOON, 2 * HOUR, pauses)
    assert found == (None if hours is None else NOON + hours * HOUR)
    if found is not None:
        assert elapsed(Always(), NOON, found, pauses) == 2 * HOUR


def test_time_before_the_start_is_none() -> None:
    assert elapsed(Always(), NOON, NOON - HOUR) == timedelta(0)


ZONES = [
    ZoneInfo(name)
    for name in ("Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "UTC")
]


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    if draw(st.integers(0, 9)) == 0:
        return Always()
    days = [draw(st.lists(st.integers(0, 1440), max_size=4, unique=True)) for _ in range(7)]
    shifts = [
        tuple(Shift(start, end) for start, end in list(pairwise(sorted(day)))[::2]) for day in days
    ]
    shifts[draw(st.integers(0, 6))] = NINE
    holidays = draw(st.sampled_from(["china", "none"]))
    return Business(draw(st.sampled_from(ZONES)), tuple(shifts), holidays, makeup=NINE)


MOMENTS = st.datetimes(
    datetime.fromisoformat("2011-12-01"),
    datetime.fromisoformat("2027-12-31"),
    timezones=st.sampled_from(ZONES),
)
SPANS = st.timedeltas(timedelta(0), timedelta(hours=60))


@st.composite
def pauses_near(draw: st.DrawFn, start: datetime) -> list[Pause]:
    edges = draw(st.lists(st.timedeltas(-24 * HOUR, 200 * HOUR), max_size=6))
    return [Pause(start + a, start + b) for a, b in zip(edges[::2], edges[1::2], strict=False)]


@settings(max_examples=300, deadline=None)
@given(calendars(), MOMENTS, SPANS, st.data())
def test_elapsed_undoes_due(calendar, start, span, data) -> None:
    pauses = data.draw(pauses_near(start.astimezone(UTC)))
    end = due(calendar, start, span, pauses)
    assert end is not None
    assert end >= start
    assert elapsed(calendar, start, end, pauses) == span


@settings(max_examples=150, deadline=None)
@given(calendars(), MOMENTS, SPANS, SPANS, st.timedeltas(timedelta(0), 300 * HOUR))
def test_more_time_and_a_later_start_are_never_due_earlier(calendar, start, span, more, later):
    start = start.astimezone(UTC)
    assert due(calendar, start, span + more) >= due(calendar, start, span)
    assert due(calendar, start + later, span) >= due(calendar, start, span)


@settings(max_examples=150, deadline=None)
@given(calendars(), MOMENTS, *(st.timedeltas(timedelta(0), 300 * HOUR),) * 2)
def test_two_parts_make_the_whole(calendar, start, first, second) -> None:
    start = start.astimezone(UTC)
    middle, end = start + first, start + first + second
    whole = elapsed(calendar, start, end)
    assert elapsed(calendar, start, middle) + elapsed(calendar, middle, end) == whole
    assert timedelta(0) <= whole <= first + second


@settings(max_examples=100, deadline=None)
@given(calendars(), MOMENTS)
def test_open_spans_come_in_order(calendar, start) -> None:
    found = []
    for span in working_from(calendar, start, ()):
        found.append(span)
        if len(found) == 20:
            break
    assert all(begin < end for begin, end in found)
    assert all(first[1] <= second[0] for first, second in pairwise(found))
