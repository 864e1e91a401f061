"""Ten minutes within an hour: bursts found early, false alarms kept, bad input, counts by reach."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from nlp.surveillance import (
    Bin,
    BinError,
    Mention,
    Sensitivity,
    WatchSettings,
    WatchSettingsError,
    detector,
    judge,
    surveil,
    weight_of,
)
from nlp.surveillance.scan import scan
from nlp.surveillance.series import Entries, Key, Ledger, ledger_of, timeline
from nlp.surveillance.windows import Column

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, tzinfo=SHANGHAI)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHARP = START + 30 * DAY + 10 * HOUR + 55 * MINUTE


def mention(number: str, at: datetime, **fields: object) -> Mention:
    """Return a complaint about the kettle; `fields` say what is different."""
    usual = Mention(
        number, at, "水壶", True, ("quality",), 1, f"a{number}", 1, "不好用", "review", None
    )
    return replace(usual, **fields)


def ordinary(a_day: float = 60, days: int = 30, seed: int = 1) -> list[Mention]:
    """Return complaints at random moments."""
    random = Random(seed)
    return [
        mention(f"o{n}", START + days * DAY * random.random()) for n in range(int(a_day * days))
    ]


def sharp(count: int = 16, minutes: float = 10, at: datetime = SHARP) -> list[Mention]:
    """Return a burst that begins five minutes before the hour is over."""
    return [mention(f"b{n}", at + n * minutes / count * MINUTE) for n in range(count)]


def audience(times: int, at: datetime = SHARP) -> list[Mention]:
    """Return the voices of a month, two for each complaint, and `times` as many at `at`."""
    month = [
        mention(f"v{n}", START + n * 12 * MINUTE, negative=False, complaint=())
        for n in range(30 * 120)
    ]
    rush = [
        mention(f"r{n}", at + n * 10 / times * MINUTE, negative=False, complaint=())
        for n in range(times)
    ]
    return month + rush


def test_a_sharp_burst_over_the_turn_of_an_hour_is_told_by_ten_minutes():
    now = SHARP + 9 * MINUTE
    known = ordinary() + [one for one in sharp() if one.at <= now]
    [surge] = surveil(known, as_of=now, since=SHARP - HOUR)
    assert surge.bins == ("10min",)
    assert surge.onset == SHARP
    assert surge.until == now
    assert {f"b{n}" for n in range(15)} <= set(surge.ids)
    assert surge.observed > surge.upper > surge.expected
    assert "十分钟" in " ".join(reason.zh for reason in surge.reasons)


def test_it_ends_as_finely():
    known = ordinary() + sharp(40, 30)
    [surge] = surveil(known, as_of=SHARP + 20 * HOUR, since=SHARP - HOUR)
    assert (surge.onset, surge.until) == (SHARP, SHARP + 35 * MINUTE)
    assert surge.bins == ("10min", "hour")


SALES = {"a sale is none": (160, 0), "nor a larger one": (400, 0), "no sale": (1, 1)}


@pytest.mark.parametrize(("times", "surges"), SALES.values(), ids=SALES)
def test_ten_minutes_of_a_rush_excuse_as_many_complaints(times, surges):
    now = SHARP + 10 * MINUTE
    found = surveil(ordinary() + sharp() + audience(times), as_of=now, since=SHARP - MINUTE)
    assert len(found) == surges


def shuffled(mentions: list[Mention]) -> list[Mention]:
    """Return them in another order."""
    return Random(5).sample(mentions, len(mentions))


NOW = SHARP + 2 * HOUR
SAME: dict[str, Callable[[list[Mention]], list[Mention]]] = {
    "any order": shuffled,
    "each twice": lambda mentions: mentions + mentions,
    "other zones": lambda mentions: [replace(one, at=one.at.astimezone(UTC)) for one in mentions],
    "events of the future": lambda mentions: (
        mentions + [replace(one, id=f"{one.id}f") for one in sharp(at=NOW + MINUTE)]
    ),
    "somebody in 1971": lambda mentions: [
        *mentions,
        mention("old", datetime(1971, 1, 1, tzinfo=UTC)),
    ],
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_the_same_mentions_give_the_same_surges(change):
    mentions = ordinary() + sharp()
    assert surveil(change(mentions), as_of=NOW) == surveil(mentions, as_of=NOW) != ()


CLOCKS = {
    "New York, an hour is missing": ("America/New_York", datetime(2026, 3, 8, 6, 55, tzinfo=UTC)),
    "New York, an hour comes twice": ("America/New_York", datetime(2026, 11, 1, 5, 55, tzinfo=UTC)),
    "Lord Howe, half an hour": ("Australia/Lord_Howe", datetime(2026, 4, 4, 14, 55, tzinfo=UTC)),
    "Kolkata, half past": ("Asia/Kolkata", datetime(2026, 4, 4, 14, 25, tzinfo=UTC)),
}


@pytest.mark.parametrize(("zone", "at"), CLOCKS.values(), ids=CLOCKS)
def test_clocks_that_change_leave_ten_minutes_alone(zone, at):
    back = SHARP - at
    known = [replace(one, at=one.at - back) for one in ordinary() + sharp()]
    settings = WatchSettings(zone=zone)
    [surge] = surveil(known, as_of=at + 10 * MINUTE, since=at - HOUR, settings=settings)
    assert surge.onset.astimezone(UTC) == at
    assert surge.bins[0] == "10min"


def test_a_gap_is_silence_and_a_burst_after_it_is_told():
    known = [one for one in ordinary() if not 20 * DAY < one.at - START < 30 * DAY]
    [surge] = surveil(known + sharp(), as_of=NOW, since=SHARP - HOUR)
    assert surge.bins[0] == "10min"
    assert surge.onset == SHARP


@pytest.mark.parametrize("minute", [0, 9, 31, 59])
def test_a_burst_with_which_everything_begins_is_told(minute):
    at = START + minute * MINUTE
    [surge] = surveil(sharp(at=at), as_of=at + 10 * MINUTE)
    assert (surge.onset, surge.observed) == (at, 16)


QUIET = {
    "nothing": [],
    "all zeros": audience(1),
    "fewer than the minimum": sharp(4),
}


@pytest.mark.parametrize("mentions", QUIET.values(), ids=QUIET)
def test_what_never_alarms(mentions):
    assert surveil(mentions, as_of=NOW) == ()


def test_a_huge_spike_long_ago_does_not_deafen_it():
    spike = [replace(one, id=f"s{one.id}") for one in sharp(3000, 20, SHARP - 20 * DAY)]
    [surge] = surveil(ordinary() + spike + sharp(), as_of=NOW, since=SHARP - HOUR)
    assert surge.bins[0] == "10min"


def test_the_sums_of_a_stretch_are_those_counted_one_by_one():
    source = np.random.default_rng(3)
    at, code = source.uniform(-3600, 5 * 3600, 400), source.integers(0, 3, 400)
    weight = source.integers(1, 6, 400)
    column = Column(Entries(at, code, weight), 0.0, 5)
    for series in range(3):
        for last in range(30):
            for bins in (1, 3, 6):
                inside = (
                    (code == series) & (at >= (last + 1 - bins) * 600) & (at < (last + 1) * 600)
                )
                asked = np.array([series]), np.array([last])
                assert column.within(*asked, bins)[0] == weight[inside].sum()


def simulated(mean: float, dispersion: float, weights: bool, series: int = 60) -> Ledger:
    """Return 8 weeks of hours, negative binomial, at moments spread over the hour, by series."""
    source = np.random.default_rng([23, int(10 * mean), int(dispersion)])
    shape = (56 * 24, series)
    counts = (
        source.poisson(mean, shape)
        if dispersion == 1
        else source.negative_binomial(mean / (dispersion - 1), 1 / dispersion, shape)
    )
    hour, code = (np.repeat(part.ravel(), counts.ravel()) for part in np.indices(shape))
    at = START.timestamp() + 3600 * (hour + source.random(len(hour)))
    reach = source.pareto(1.0, len(hour)).astype(int)
    each = np.minimum(np.log10(1 + reach).astype(int), 4) + 1 if weights else np.ones_like(code)
    none = np.array([], dtype=np.intp)
    keys = tuple(Key(f"p{n}", None) for n in range(series))
    audience_ = Entries(np.array([]), none, none)
    return Ledger(keys, np.arange(series), Entries(at, code, each), audience_)


SIMULATED = [
    (mean, dispersion, weights)
    for mean in (0.2, 1.0, 6.0)
    for dispersion in (1.0, 2.0)
    for weights in (False, True)
]


@pytest.mark.parametrize(("mean", "dispersion", "weights"), SIMULATED)
def test_false_alarms_stay_under_what_was_asked(mean, dispersion, weights):
    """One a series-month is asked of all; hours and ten minutes have three fifths of it."""
    settings = WatchSettings(false_alarms_per_series_month=1, false_alarms_per_month=10_000)
    line = timeline(START, START + 56 * DAY - MINUTE, SHANGHAI, "hour")
    found = scan(simulated(mean, dispersion, weights), line, settings).alarms
    ends: dict[str, list[datetime]] = {}
    for alarm in sorted(found, key=lambda alarm: alarm.end):
        if alarm.start >= START + 14 * DAY:
            ends.setdefault(alarm.key.product, []).append(alarm.end)
    incidents = sum(
        1 + sum(late - early > DAY for early, late in pairwise(own)) for own in ends.values()
    )
    assert incidents / (60 * 42 / 30) < 0.75


WEIGHTS = [(0, 1), (8, 1), (9, 2), (98, 2), (99, 3), (9_998, 4), (9_999, 5), (10_000_000, 5)]


@pytest.mark.parametrize(("reach", "weight"), WEIGHTS)
def test_a_mention_weighs_one_more_for_every_factor_of_ten(reach, weight):
    one = mention("1", START, reach=reach)
    assert (weight_of(one, "reach"), weight_of(one, "mentions")) == (weight, 1)


def test_by_reach_few_wide_posts_are_a_surge_and_one_alone_is_none():
    wide = [replace(one, reach=200_000) for one in sharp(6, 60)]
    settings = WatchSettings(weight="reach")
    known, since = ordinary(a_day=30) + wide, SHARP - HOUR
    assert surveil(known, as_of=NOW, since=since) == ()
    [surge] = surveil(known, as_of=NOW, since=since, settings=settings)
    assert {one.id for one in wide} <= set(surge.ids)
    assert any("传播力" in reason.zh for reason in surge.reasons)
    assert surveil(wide[:1], as_of=NOW, settings=settings) == ()


def test_an_unknown_weight_is_refused():
    with pytest.raises(WatchSettingsError, match="'likes'; known: mentions, reach"):
        WatchSettings(weight="likes")


def test_a_ledger_adds_weights():
    ledger = ledger_of([mention(str(n), START, reach=99) for n in range(5)], 5, "reach")
    assert ledger.entries.weight.sum() == 2 * 15


def test_surge_takes_bins_of_ten_minutes():
    sensitivity = Sensitivity(false_alarms=1 / 4320, width="10min")
    bins = [Bin(START + n * 10 * MINUTE, n % 5 == 0, 1) for n in range(10 * 144)]
    state = detector("surge", sensitivity).fit(bins)
    quiet = state.update(Bin(START + 10 * DAY, 1, 1))
    loud = state.update(Bin(START + 10 * DAY + 10 * MINUTE, 12, 12))
    assert (quiet.alarm, loud.alarm, loud.since) == (False, True, START + 10 * DAY)
    with pytest.raises(BinError):
        state.update(Bin(START, 1))


def test_judge_says_the_same_whenever_an_hour_is_looked_at():
    """What alarms in a running hour goes on alarming: later complaints only add."""
    known = ordinary() + sharp(30, 60)
    first = None
    for minutes in range(0, 120, 10):
        now = SHARP + minutes * MINUTE
        found = judge([one for one in known if one.at <= now], as_of=now, since=SHARP - HOUR)
        first = first or (found.surges and now)
        assert bool(found.surges) == bool(first)
    assert first <= SHARP + 30 * MINUTE
