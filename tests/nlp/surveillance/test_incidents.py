"""Which alarms are one incident, how bad it is, and whether it looks arranged."""

from datetime import UTC, datetime, timedelta

import pytest

from nlp.surveillance import Mention
from nlp.surveillance.coordination import coordinated
from nlp.surveillance.incidents import incidents_of
from nlp.surveillance.levels import (
    Gravity,
    Velocity,
    level_of,
    points_of,
    severity_of,
    velocity_of,
)
from nlp.surveillance.scan import Alarm
from nlp.surveillance.series import Key

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MIDNIGHT = NOON.replace(hour=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def hour(at: float, key: tuple[str, str | None] = ("k", None), p: float = 1e-6) -> Alarm:
    """Return an hourly alarm `at` hours after noon, whose rise began an hour earlier."""
    start = NOON + HOUR * at
    return Alarm(Key(*key), "hour", start - HOUR, start, start + HOUR, p)


def day(at: int, key: tuple[str, str | None] = ("k", None), p: float = 1e-6) -> Alarm:
    """Return a daily alarm `at` days after this one."""
    start = MIDNIGHT + DAY * at
    return Alarm(Key(*key), "day", start, start, start + DAY, p)


MERGES = {
    "none": ([], []),
    "one hour": ([hour(0)], [("k", None, -1, 1)]),
    "neighbours": ([hour(0), hour(1)], [("k", None, -1, 2)]),
    "a night between": ([hour(0), hour(14)], [("k", None, -1, 15)]),
    "exactly the gap": ([hour(0), hour(25)], [("k", None, -1, 26)]),
    "more than the gap": ([hour(0), hour(25.1)], [("k", None, -1, 1), ("k", None, 24.1, 26.1)]),
    "any order": ([hour(14), hour(0)], [("k", None, -1, 15)]),
    "two products": (
        [hour(0), hour(0, ("l", None))],
        [("k", None, -1, 1), ("l", None, -1, 1)],
    ),
    "hour and its day": ([day(0), hour(0)], [("k", None, -1, 1)]),
    "hour and the day after": ([hour(0), day(1)], [("k", None, -1, 36)]),
    "day before and hour": ([day(-1), hour(0)], [("k", None, -36, 1)]),
    "days alone": ([day(0), day(1)], [("k", None, -12, 36)]),
    "category and all": ([hour(0, ("k", "safety"), 1e-9), hour(1)], [("k", None, -1, 2)]),
    "category alone": ([hour(0, ("k", "safety"))], [("k", "safety", -1, 1)]),
    "clearest category leads": (
        [hour(0, ("k", "price"), 1e-4), hour(3, ("k", "safety"), 1e-9)],
        [("k", "safety", 2, 4)],
    ),
    "category by day, another by hour": (
        [day(0, ("k", "price"), 1e-9), hour(3, ("k", "safety"), 1e-4)],
        [("k", "price", -12, 12)],
    ),
}


@pytest.mark.parametrize(("alarms", "expected"), MERGES.values(), ids=MERGES)
def test_what_lies_together_is_one(alarms, expected):
    found = [
        (i.product, i.leader.category, (i.onset - NOON) / HOUR, (i.until - NOON) / HOUR)
        for i in incidents_of(alarms, timedelta(hours=24))
    ]
    assert found == expected


def test_an_incident_keeps_widths_and_the_clearest_p():
    [found] = incidents_of([day(0, p=1e-3), hour(0, p=1e-8), hour(1, p=1e-4)], DAY)
    assert found.widths == ("hour", "day")
    assert found.p == 1e-8
    assert found.last == MIDNIGHT + DAY


LEVELS = [
    # severity, observed, expected, reach, sensitive -> points, level
    ((0, 8, 2.0, 0, 0), 0, 4),
    ((0, 8, 1.0, 0, 0), 1, 4),
    ((1, 8, 0.5, 0, 0), 1, 4),
    ((2, 25, 6.0, 500, 0), 1, 4),
    ((2, 40, 2.0, 500, 0), 3, 3),
    ((1, 40, 20.0, 500, 8), 2, 4),
    ((1, 40, 2.0, 500, 8), 4, 3),
    ((1, 40, 2.0, 500, 7), 2, 4),
    ((1, 40, 8.0, 0, 0), 2, 4),
    ((1, 40, 8.1, 0, 0), 1, 4),
    ((3, 31, 0.1, 42, 31), 7, 2),
    ((3, 90, 9.0, 24_653, 86), 8, 1),
    ((3, 130, 27.0, 9_999, 0), 5, 2),
    ((2, 300, 200.0, 100_000, 0), 5, 2),
    ((3, 500, 10.0, 1_000_000, 0), 9, 1),
    ((3, 500, 10.0, 1_000_000, 400), 11, 1),
]


@pytest.mark.parametrize(("figures", "points", "level"), LEVELS)
def test_the_level_follows_the_written_rule(figures, points, level):
    gravity = Gravity(*figures)
    assert (points_of(gravity), level_of(gravity)) == (points, level)


VELOCITIES = [
    # last hour, hour before -> points
    ((0, 0), 0),
    ((9, 0), 0),
    ((10, 0), 1),
    ((10, 5), 1),
    ((10, 6), 0),
    ((29, 0), 1),
    ((30, 0), 2),
    ((30, 7), 2),
    ((30, 8), 1),
    ((30, 15), 1),
    ((30, 16), 0),
    ((400, 300), 0),
]


@pytest.mark.parametrize(("figures", "points"), VELOCITIES)
def test_the_velocity_counts_beside_the_size(figures, points):
    for severity, own in ((0, 0), (2, 1), (3, 3)):
        gravity = Gravity(severity, 20, 15.0, 0, 0, Velocity(*figures))
        assert points_of(gravity) == own + points


def test_the_level_rises_with_the_wave_and_falls_after_it():
    wave = [NOON + timedelta(minutes=minute) for minute in (*range(0, 60, 10), *range(60, 120))]
    levels = [
        level_of(Gravity(2, 66, 1.0, 0, 0, velocity_of(wave, NOON + hours * HOUR)))
        for hours in (0.9, 2, 4)
    ]
    assert levels == [3, 2, 3]


SEVERITIES = [
    ([], 0),
    ([2], 2),
    ([3, 1], 1),
    ([3, 3, 1], 3),
    ([3] + [1] * 9, 1),
    ([3, 2] + [1] * 9, 2),
    ([3] * 3 + [1] * 27, 3),
    ([3] * 2 + [1] * 27, 1),
    ([3] * 2 + [1] * 28, 1),
]


@pytest.mark.parametrize(("severities", "severity"), SEVERITIES)
def test_the_severity_is_one_that_several_reach(severities, severity):
    assert severity_of(severities) == severity


COPY = "内部员工爆料这款坚果全部是过期原料翻新的吃了会致癌大家赶紧扔掉"
TAILS = ("", "！！！", "😡", "速看", "求扩散", "[怒]")
OWN = (
    "昨天收到的壶把手松动，差点烫到孩子，客服一直不回",
    "用了三天就漏水了，退货还要我自己出运费",
    "包装破了，里面的配件少了一个螺丝",
    "声音特别大，晚上根本不敢开，和宣传的静音不符",
    "发热很慢，等了二十分钟水还没有开",
    "颜色和图片差太多了，客服说是光线问题",
)


def posts(texts: list[str], minutes: float = 2, authors: int = 6) -> list[Mention]:
    """Return posts `minutes` apart by `authors` authors in turn; 0 authors: unknown."""
    return [
        Mention(
            f"m{n}",
            NOON + timedelta(minutes=minutes * n),
            "坚果",
            True,
            (),
            1,
            f"a{n % authors}" if authors else None,
            0,
            text,
            "comment",
            None,
        )
        for n, text in enumerate(texts)
    ]


ARRANGED = {
    "nothing": ([], 0),
    "one": (posts([COPY]), 0),
    "copies with other tails": (posts([COPY + tail for tail in TAILS]), 6),
    "copies by one author": (posts([COPY + tail for tail in TAILS], authors=1), 0),
    "copies by two authors": (posts([COPY + tail for tail in TAILS], authors=2), 0),
    "copies by nobody known": (posts([COPY + tail for tail in TAILS], authors=0), 0),
    "copies days apart": (posts([COPY + tail for tail in TAILS], minutes=3 * 1440), 0),
    "everybody in own words": (posts(list(OWN)), 0),
    "everybody writes 差评": (posts(["差评", "差评！", "差评差评", "垃圾"] * 3), 0),
    "a few copies in a crowd": (posts([*OWN, COPY, COPY + "！", COPY + "速看"]), 3),
    "a chain over hours": (posts([COPY] * 12, minutes=100, authors=12), 12),
}


@pytest.mark.parametrize(("mentions", "count"), ARRANGED.values(), ids=ARRANGED)
def test_what_looks_arranged(mentions, count):
    found = coordinated(mentions)
    assert len(found) == count
    assert list(found) == [mention.id for mention in mentions if mention.id in set(found)]


def test_a_flood_of_copies_costs_no_square():
    crowd = posts([COPY + str(n % 7) for n in range(3000)], minutes=0.1, authors=400)
    assert len(coordinated(crowd)) == 3000
