"""The contract that every detector keeps, and what `surge` says of series anybody can judge."""

import copy
import pickle
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy import stats

from nlp.surveillance import (
    DETECTORS,
    Bin,
    BinError,
    Sensitivity,
    UnknownDetectorError,
    Verdict,
    WatchSettingsError,
    detector,
)
from nlp.surveillance.detectors.arithmetic import Many, One
from nlp.surveillance.detectors.baseline import Expected
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.evidence import gain, growth, size_of, tail, upper_of
from nlp.surveillance.detectors.surge import SurgeModel

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, tzinfo=SHANGHAI)
QUIET, USUAL, BUSY = (0, 0), (1, 3), (10, 30)
STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


def bins(pairs: Sequence[tuple[int, int]], width: str = "hour") -> list[Bin]:
    """Return bins from Monday on, of (count, others)."""
    return [Bin(MONDAY + STEP[width] * n, c, c + o) for n, (c, o) in enumerate(pairs)]


def judged(
    history: Sequence[tuple[int, int]], news: Sequence[tuple[int, int]], **sensitivity: object
) -> list[Verdict]:
    """Return the verdicts on `news` after `history`."""
    chosen = Sensitivity(**sensitivity)
    series = bins([*history, *news], chosen.width)
    state = detector("surge", chosen).fit(series[: len(history)])
    return [state.update(step) for step in series[len(history) :]]


ALARMS = {
    "40 at once, no history": ([], [(40, 0)], {}),
    "40 in three hours, no history": ([], [(13, 0), (13, 0), (14, 0)], {}),
    "40 on the first day": ([], [(40, 5)], {"width": "day"}),
    "burst after a quiet month": ([QUIET] * 720, [(6, 0)], {}),
    "burst after a usual month": ([USUAL] * 720, [(12, 3)], {}),
    "complaints alone triple": ([BUSY] * 720, [(34, 30)], {}),
    "a slow climb": ([BUSY] * 720, [(19, 30)] * 6, {}),
    "only complaints are heard": ([(5, 0)] * 720, [(25, 0)], {}),
    "one huge spike long ago": ([*[USUAL] * 360, (500, 3), *[USUAL] * 360], [(14, 3)], {}),
    "a crisis of two days a week ago": (
        [*[USUAL] * 480, *[(30, 5)] * 48, *[USUAL] * 168],
        [(25, 3)],
        {},
    ),
    "a bad day": ([(20, 60)] * 60, [(60, 60)], {"width": "day"}),
    "after the others fell silent": ([BUSY] * 720, [(40, 0)], {}),
    "no total is known": ([(2, 0)] * 200, [(20, 0)], {}),
}
SILENCES = {
    "one mention, no history": ([], [(1, 0)], {}),
    "two mentions, no history": ([], [(2, 0)], {}),
    "two after a year of nothing": ([QUIET] * 8760, [(2, 0)], {}),
    "all zeros": ([QUIET] * 100, [QUIET] * 100, {}),
    "four are below the minimum": ([QUIET] * 720, [(4, 0)], {}),
    "nine below a minimum of ten": ([QUIET] * 720, [(9, 0)], {"minimum_count": 10}),
    "the usual": ([USUAL] * 720, [USUAL] * 48, {}),
    "twice the usual for an hour": ([BUSY] * 720, [(20, 30)], {}),
    "a sale: ten times as many of all": ([BUSY] * 720, [(100, 300)] * 10, {}),
    "a sale after low counts": ([USUAL] * 720, [(10, 30)] * 10, {}),
    "a normal beginning, many voices": ([], [(10, 25)] * 12, {}),
    "a normal first day": ([], [(60, 150)] * 3, {"width": "day"}),
    "good news: praise only": ([USUAL] * 720, [(0, 80)] * 5, {}),
}


@pytest.mark.parametrize(("history", "news", "sensitivity"), ALARMS.values(), ids=ALARMS)
def test_it_speaks_up(history, news, sensitivity):
    verdicts = judged(history, news, **sensitivity)
    assert any(verdict.alarm for verdict in verdicts), verdicts[-1]


@pytest.mark.parametrize(("history", "news", "sensitivity"), SILENCES.values(), ids=SILENCES)
def test_it_keeps_silent(history, news, sensitivity):
    loud = [verdict for verdict in judged(history, news, **sensitivity) if verdict.alarm]
    assert loud == []


def test_a_verdict_says_how_many_since_when_and_why():
    [*_, verdict] = judged([BUSY] * 720, [BUSY, (19, 30), (22, 30), (26, 30), (30, 30)])
    assert verdict.alarm
    assert 8 < verdict.expected < 13
    assert verdict.upper < 30
    assert verdict.p < 1 / 720
    assert verdict.since == MONDAY + timedelta(hours=721)
    assert "30 where 1" in verdict.reasons[0].en
    assert "自 2026-04-01 01:00 起上升" in verdict.reasons[0].zh


def test_no_history_is_told():
    [verdict] = judged([], [(40, 0)])
    assert [reason.zh for reason in verdict.reasons[1:]] == ["该序列没有历史数据，预期值为先验假设"]
    [verdict] = judged([QUIET] * 5, [(40, 0)])
    assert "only 5 bins" in verdict.reasons[1].en
    [verdict] = judged([QUIET] * 500, [(40, 0)])
    assert len(verdict.reasons) == 1


def test_the_expectation_learns_hours_and_weekdays():
    hours = np.array([2, 1, 1, 1, 1, 2, 4, 8, 10, 10, 10, 10] * 2)
    week = [(int(n * (2 if day > 4 else 1)), 0) for day in range(7) for n in hours]
    verdicts = judged(week * 8, week)
    expected = np.array([verdict.expected for verdict in verdicts])
    observed = np.array([count for count, _ in week], dtype=float)
    assert np.corrcoef(expected, observed)[0, 1] > 0.97
    assert expected.sum() == pytest.approx(observed.sum(), rel=0.1)


def test_a_lasting_change_becomes_the_new_normal():
    verdicts = judged([USUAL] * 720, [(8, 3)] * (24 * 24))
    assert verdicts[2].alarm
    assert not any(verdict.alarm for verdict in verdicts[-48:])
    assert verdicts[-1].expected > 4


def test_a_past_crisis_leaves_the_expectation_alone():
    calm = judged([USUAL] * 720, [USUAL])[0].expected
    after = judged([*[USUAL] * 500, *[(60, 5)] * 30, *[USUAL] * 190], [USUAL])[0].expected
    assert after < 1.6 * calm


def test_a_gap_teaches_nothing():
    series = bins([USUAL] * 720)
    state = detector("surge").fit(series)
    late = Bin(MONDAY + timedelta(days=60), 1, 4)
    assert state.update(late).expected == pytest.approx(1.0, rel=0.3)


def test_clock_changes_are_just_hours():
    zone = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 24, tzinfo=UTC)
    state = detector("surge").fit([])
    for n in range(72):
        state.update(Bin((start + timedelta(hours=n)).astimezone(zone), 1))


BAD_BINS = {
    "no zone": lambda: Bin(MONDAY.replace(tzinfo=None), 1),
    "negative": lambda: Bin(MONDAY, -1),
    "count above total": lambda: Bin(MONDAY, 3, 2),
    "twice the same": lambda: detector("surge").fit([Bin(MONDAY, 1), Bin(MONDAY, 1)]),
    "backwards": lambda: detector("surge").fit(bins([USUAL] * 2)[::-1]),
}


@pytest.mark.parametrize("make", BAD_BINS.values(), ids=BAD_BINS)
def test_bad_bins_are_refused(make):
    with pytest.raises(BinError) as refused:
        make()
    assert refused.value.text("zh") != refused.value.text("en")


BAD_SENSITIVITY = {
    "never": {"false_alarms": 0.0},
    "always": {"false_alarms": 0.5},
    "not a number": {"false_alarms": float("nan")},
    "none counts": {"minimum_count": 0},
    "a width nobody knows": {"width": "fortnight"},
}


@pytest.mark.parametrize("values", BAD_SENSITIVITY.values(), ids=BAD_SENSITIVITY)
def test_a_bad_sensitivity_is_refused(values):
    with pytest.raises(WatchSettingsError, match=next(iter(values))):
        Sensitivity(**values)


def test_an_unknown_detector_lists_the_known_ones():
    with pytest.raises(UnknownDetectorError, match=r"'prophet'; known: .*surge"):
        detector("prophet")


CHECKS = (
    "deterministic",
    "input not changed",
    "picklable",
    "documented",
    "fit is update",
    "reasons always",
)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("name", sorted(DETECTORS))
def test_every_detector_keeps_the_contract(name, check):
    generator = np.random.default_rng(1)
    series = bins([(int(c), int(o)) for c, o in generator.poisson(3, (300, 2))])
    before = copy.deepcopy(series)
    state = detector(name).fit(series[:200])
    match check:
        case "picklable":
            twin = pickle.loads(pickle.dumps(state))
            assert twin.update(series[200]) == state.update(series[200])
        case "documented":
            assert len(type(state).__doc__ or "") > 40
            assert len(DETECTORS[name].__doc__ or "") > 40
        case "fit is update":
            other = detector(name).fit(series[:100])
            for step in series[100:200]:
                other.update(step)
            assert other.update(series[200]) == state.update(series[200])
        case _:
            verdicts = [state.update(step) for step in series[200:]]
            again = detector(name).fit(series[:200])
            assert verdicts == [again.update(step) for step in series[200:]]
            assert all(verdict.reasons for verdict in verdicts)
            assert series == before


def test_a_panel_says_what_single_series_say():
    generator = np.random.default_rng(2)
    counts = generator.poisson([0.05, 0.5, 2, 10, 60], (400, 5)).astype(float)
    others = generator.poisson([0.0, 1, 4, 5, 200], (400, 5)).astype(float)
    counts[300:303] += 30
    rates = np.array([1e-3, 1e-4, 1e-3, 1e-5, 1e-3])
    cadence = CADENCES["hour"]
    panel = SurgeModel(cadence, Many(5), rates, 5)
    singles = [SurgeModel(cadence, One(), rate, 5) for rate in rates.tolist()]
    for n in range(400):
        slots = cadence.slots(MONDAY + timedelta(hours=n))
        found = panel.step(slots, counts[n], others[n])
        alone = [
            single.step(slots, float(counts[n, k]), float(others[n, k]))
            for k, single in enumerate(singles)
        ]
        assert found.alarm.tolist() == [one.alarm for one in alone]
        assert found.p == pytest.approx([one.p for one in alone])
        assert found.expected.mean == pytest.approx([one.expected.mean for one in alone])
        assert found.started.tolist() == [one.started for one in alone]


def test_judging_does_not_teach():
    cadence, number = CADENCES["hour"], One()
    model = SurgeModel(cadence, number, 1e-3, 5)
    first = model.judge((9, 0), 4.0, 1.0)
    assert model.judge((9, 0), 4.0, 1.0) == first == model.step((9, 0), 4.0, 1.0)


NEGATIVE_BINOMIALS = list(
    chain(zip((0.05, 0.7, 4.0, 90.0), repeat(2.5), strict=False), [(30.0, 1.02)])
)


@pytest.mark.parametrize(("mean", "dispersion"), NEGATIVE_BINOMIALS)
@pytest.mark.parametrize("doubt", [0.0, 0.4])
def test_the_tail_is_that_of_scipy(mean, dispersion, doubt):
    expected = Expected(mean, dispersion, doubt)
    size = size_of(expected)
    reference = stats.nbinom(size, size / (size + mean))
    assert reference.mean() == pytest.approx(mean)
    assert reference.var() == pytest.approx(mean * (dispersion + mean * doubt))
    counts = np.array([0, 1, 2, 5, 40], dtype=float)
    many = Expected(*(np.full(5, value) for value in expected))
    assert tail(Many(5), counts, many) == pytest.approx(reference.sf(counts - 1))
    assert tail(One(), 5.0, expected) == pytest.approx(reference.sf(4))
    for rate in (0.05, 1e-3, 1e-6):
        assert upper_of(expected, rate) == reference.ppf(1 - rate)


@pytest.mark.parametrize("extra", [0.5, 1.0])
def test_the_gain_is_a_likelihood_ratio(extra):
    expected = Expected(3.0, 1.8, 0.1)
    size, raised = size_of(expected), 6.0 + extra
    normal = stats.nbinom(size, size / (size + 3.0))
    rise = stats.nbinom(size, size / (size + raised))
    counts = np.arange(200)
    ratios = np.array([gain(One(), float(count), expected, extra) for count in counts])
    assert ratios[:60] == pytest.approx((rise.logpmf(counts) - normal.logpmf(counts))[:60])
    assert (np.exp(ratios) * normal.pmf(counts)).sum() == pytest.approx(1.0)


GROWTHS = {
    "as many as ever": (30.0, 1.0),
    "ten times as many": (309.0, 10.0),
    "silence": (0.0, 1.0),
}


@pytest.mark.parametrize(("others", "factor"), GROWTHS.values(), ids=GROWTHS)
def test_the_audience_excuses_what_grows_with_it(others, factor):
    lift, doubt = growth(One(), others, 30.0, 0.01)
    assert lift == pytest.approx(factor)
    assert (doubt > 0) == (factor > 1)
