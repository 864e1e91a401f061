"""The first bins of a series: how large it is must not pass for a rise."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from nlp.surveillance import Bin, Sensitivity, Verdict, detector
from tests.nlp.surveillance.test_simulated import alarms, drawn, incidents, usual

SERIES = 100
STEPS = {
    "10min": timedelta(minutes=10),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
NEW = {"10min": 144, "hour": 24, "day": 2, "week": 2}
ORDINARY = {
    # width, mean, dispersion, the others for each that is counted, bins, false incidents asked
    "few a day": ("day", 5.0, 2.0, 3.0, 60, 2.0),
    "60 a day": ("day", 60.0, 1.0, 3.0, 60, 2.0),
    "60 a day, in clumps": ("day", 60.0, 4.0, 3.0, 60, 2.0),
    "a thousand a day": ("day", 1000.0, 2.0, 3.0, 60, 2.0),
    "ten an hour": ("hour", 10.0, 2.0, 3.0, 336, 0.5),
    "three hundred an hour": ("hour", 300.0, 2.0, 3.0, 336, 0.5),
}


@pytest.mark.parametrize(
    ("width", "mean", "dispersion", "share", "bins", "asked"), ORDINARY.values(), ids=ORDINARY
)
def test_an_ordinary_series_is_not_loud_because_it_is_new(
    width, mean, dispersion, share, bins, asked
):
    source = np.random.default_rng([17, int(mean)])
    means = usual(width, bins, mean)
    counts = drawn(source, means, dispersion, SERIES)
    others = drawn(source, share * means, dispersion, SERIES)
    found = alarms(width, counts, asked / bins, others)
    assert incidents(found, NEW[width]) / SERIES < 1.1 * asked


@pytest.mark.parametrize("mean", [20.0, 60.0, 1000.0])
@pytest.mark.parametrize("width", ["hour", "day"])
def test_where_nothing_but_complaints_is_heard_they_are_soon_the_ordinary_course(width, mean):
    """They alarm, for nothing but complaints from the first bin on may be a crisis; not for long.

    Before, 60 a day alarmed for nine days, and 50 an hour for two weeks.
    """
    source, bins = np.random.default_rng(19), {"hour": 336, "day": 60}[width]
    counts = drawn(source, usual(width, bins, mean), 2.0, SERIES)
    found = alarms(width, counts, 1 / bins)
    assert found[: NEW[width]].any(axis=0).mean() > 0.8
    assert incidents(found[3 * NEW[width] :], NEW[width]) / SERIES < 1.1


def judged(width: str, counts: list[int]) -> list[Verdict]:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    state = detector("surge", Sensitivity(0.01, 5, width)).fit([])
    return [state.update(Bin(start + n * STEPS[width], own)) for n, own in enumerate(counts)]


@pytest.mark.parametrize("width", STEPS)
def test_without_totals_the_first_bins_are_not_judged(width):
    first, later = NEW[width], 30
    verdicts = judged(width, [60] * (first + later))
    assert not any(verdict.alarm for verdict in verdicts)
    assert [verdict.p for verdict in verdicts[:first]] == [1.0] * first
    assert verdicts[0].reasons[0].zh == f"未判断：没有总数时，前 {first} 格仅用于了解序列的规模"
    assert "not judged" not in verdicts[first].reasons[0].en
    assert 50 < verdicts[first].expected < 70


@pytest.mark.parametrize("width", STEPS)
@pytest.mark.parametrize("usually", [0, 60])
def test_without_totals_a_rise_after_the_first_bins_is_told(width, usually):
    *_, last = judged(width, [usually] * (NEW[width] + 6) + [usually + 150])
    assert last.alarm


def test_a_crisis_that_a_new_series_begins_with_is_told_for_a_day():
    start = datetime(2026, 3, 2, tzinfo=UTC)
    state = detector("surge", Sensitivity(width="hour")).fit([])
    bins = [Bin(start + timedelta(hours=n), 40, 45) for n in range(24)]
    assert all(state.update(step).alarm for step in bins)


@pytest.mark.parametrize("width", STEPS)
@pytest.mark.parametrize("place", [0, 1])
def test_a_huge_spike_among_the_first_bins_does_not_blind(width, place):
    """Of the first two days or weeks, one may be a spike: it is no size."""
    first = [5] * NEW[width]
    first[place] = 10**6
    verdicts = judged(width, [*first, *[5] * 6])
    assert verdicts[-1].expected < 20
    assert not any(verdict.alarm for verdict in verdicts[-3:])
