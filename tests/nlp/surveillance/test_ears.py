"""EARS C1, C2 and C3 against numbers worked out by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from scipy.stats import norm

from nlp.surveillance import (
    Bin,
    EarsC1,
    EarsC2,
    EarsC3,
    Sensitivity,
    Verdict,
    WatchSettingsError,
    detector,
)

START = datetime(2026, 3, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
DAY = timedelta(days=1)
RAMP = (1, 2, 3, 4, 5, 6, 7)
"""Mean 4, standard deviation sqrt(28 / 6) = 2.1602; with z = 3.0902 the limit is 10.68."""
LIMIT = 4 + 3.090232 * sqrt(28 / 6)


def bins(counts: Sequence[int], first: datetime = START) -> list[Bin]:
    return [Bin(first + DAY * n, count) for n, count in enumerate(counts)]


def verdicts(chosen, history: Sequence[int], news: Sequence[int]) -> list[Verdict]:
    series = bins([*history, *news])
    state = chosen.fit(series[: len(history)])
    return [state.update(step) for step in series[len(history) :]]


BY_HAND = {
    "C1 at the limit": (EarsC1(), RAMP, 10, False),
    "C1 above it": (EarsC1(), RAMP, 11, True),
    "C1 sees only seven bins": (EarsC1(), (500, *RAMP), 11, True),
    "C2 leaves two bins out": (EarsC2(), (*RAMP, 50, 60), 11, True),
    "C2 at the limit": (EarsC2(), (*RAMP, 0, 0), 10, False),
    "C1 at 2 deviations": (EarsC1(alpha=0.0227502), RAMP, 9, True),
    "C1 of three bins": (EarsC1(baseline=3), (9, 9, 9, 1, 2, 3), 6, True),
    "below the least count": (EarsC1(minimum_count=12), RAMP, 11, False),
}


@pytest.mark.parametrize(("chosen", "history", "count", "alarm"), BY_HAND.values(), ids=BY_HAND)
def test_limits_worked_out_by_hand(chosen, history, count, alarm):
    [verdict] = verdicts(chosen, history, [count])
    assert verdict.alarm is alarm


@pytest.mark.parametrize("count", [0, 4, 10, 11, 30])
def test_a_verdict_holds_mean_limit_and_tail(count):
    [verdict] = verdicts(EarsC1(), RAMP, [count])
    assert verdict.expected == 4
    assert verdict.upper == 10 == int(LIMIT)
    assert verdict.p == pytest.approx(norm.sf((count - 4) / sqrt(28 / 6)))
    assert "the last 7 bins: mean 4, standard deviation 2.2" in verdict.reasons[-1].en
    assert "此前 7 格，均值 4，标准差 2.2" in verdict.reasons[-1].zh


def test_a_rise_begins_with_the_first_of_its_alarms():
    told = verdicts(EarsC2(), (*RAMP, 4, 4), [30, 31, 32, 4])
    assert [verdict.since for verdict in told] == [START + 9 * DAY] * 3 + [None]


ZEROS = (0,) * 11
"""With a least deviation of 1 the score of C2 is the count itself, and a bin adds count - 1."""
SUMS = {
    "as in R, two bins before": (EarsC3(minimum_sigma=1.0), [3, 3, 0, 0], [0, 0, 1, 0]),
    "as published, this bin too": (
        EarsC3(minimum_sigma=1.0, sum_judged=True),
        [3, 3, 0, 0],
        [0, 1, 1, 0],
    ),
    "no alarm by C2, one by C3": (EarsC3(minimum_sigma=1.0, sum_judged=True), [3, 2, 2], [0, 0, 1]),
    "one is not enough": (EarsC3(minimum_sigma=1.0, sum_judged=True), [4], [0]),
    "one large one is": (EarsC3(minimum_sigma=1.0, sum_judged=True), [5, 0, 0], [1, 1, 1]),
    "a large one a bin late": (EarsC3(minimum_sigma=1.0), [9, 0, 0, 0], [0, 1, 1, 0]),
}


@pytest.mark.parametrize(("chosen", "news", "alarms"), SUMS.values(), ids=SUMS)
def test_c3_sums_by_how_much_c2_exceeds_one(chosen, news, alarms):
    assert [verdict.alarm for verdict in verdicts(chosen, ZEROS, news)] == [bool(a) for a in alarms]


def test_c3_tells_its_sum_and_where_the_rise_began():
    [_, verdict] = verdicts(EarsC3(minimum_sigma=1.0, sum_judged=True), ZEROS, [3, 3])
    assert verdict.p == pytest.approx(norm.sf(4.0))
    assert verdict.since == START + 11 * DAY
    assert verdict.upper == 2  # z + 1 - 2 of the bin before = 2.09
    assert "by 4.0 standard deviations, up to 3.1 is chance" in verdict.reasons[0].en
    assert "共 4.0 个标准差" in verdict.reasons[0].zh


def test_c3_orders_the_bins_without_any_excess_too():
    tails = [
        verdicts(EarsC3(minimum_sigma=1.0, sum_judged=True), (3,) * 11, [n])[0].p for n in range(7)
    ]
    assert tails == sorted(tails, reverse=True)
    assert tails[4] == pytest.approx(norm.sf(0.0))


FIRST_JUDGED = {"ears-c1": 8, "ears-c2": 10, "ears-c3": 12}


@pytest.mark.parametrize(("name", "first"), FIRST_JUDGED.items())
def test_a_short_history_is_told_and_raises_no_alarm(name, first):
    told = verdicts(detector(name), [], [1000] * (first - 1))
    assert not any(verdict.alarm for verdict in told)
    assert {verdict.p for verdict in told} == {1.0}
    assert f"{first - 1} earlier bins are needed and there are 0" in told[0].reasons[0].en
    assert "未判断" in told[-1].reasons[0].zh
    [judged] = verdicts(detector(name), [1000] * (first - 1), [1000])
    assert "baseline" in judged.reasons[-1].en


@pytest.mark.parametrize("name", FIRST_JUDGED)
def test_nothing_but_zeros_never_alarms(name):
    told = verdicts(detector(name), [0] * 30, [0] * 30)
    assert not any(verdict.alarm for verdict in told)
    assert {verdict.upper for verdict in told} == {0}


def test_after_zeros_one_count_alarms_unless_the_deviation_has_a_least_value():
    [bare] = verdicts(EarsC1(), [0] * 30, [1])
    assert bare.alarm
    [told] = verdicts(EarsC1(minimum_sigma=0.5), [0] * 30, [1])
    assert not told.alarm
    assert told.p == pytest.approx(norm.sf(2.0))
    [kept] = verdicts(detector("ears-c1", Sensitivity(0.001, 5, "day")), [0] * 30, [4])
    assert not kept.alarm
    assert "must hold 5 or more" in kept.reasons[1].en


def test_without_deviation_larger_counts_are_stronger_evidence():
    tails = [verdicts(EarsC1(), [0] * 30, [count])[0].p for count in (0, 1, 2, 40)]
    assert tails == sorted(tails, reverse=True)
    assert len(set(tails)) == 4


def test_a_spike_in_the_baseline_blinds_c1_but_c2_only_later():
    calm = [4, 5, 6, 5, 4, 5, 6, 5, 4, 5, 6, 5]
    [blind], [seeing] = (verdicts(chosen, [*calm, 300], [40]) for chosen in (EarsC1(), EarsC2()))
    assert blind.upper > 300
    assert not blind.alarm
    assert seeing.upper < 10
    assert seeing.alarm


@pytest.mark.parametrize("name", FIRST_JUDGED)
def test_a_gap_is_left_out_and_not_taken_for_zero(name):
    dense = bins([3, 5, 4, 6, 3, 5, 4, 6, 3, 5, 4, 6])
    late = [*dense[:6], *(Bin(step.start + 40 * DAY, step.count) for step in dense[6:])]
    whole, broken = (detector(name).fit(series[:-1]) for series in (dense, late))
    one, other = whole.update(dense[-1]), broken.update(late[-1])
    assert (one.expected, one.upper, one.p) == (other.expected, other.upper, other.p)


BAD = {
    "alpha": {"alpha": 0.0},
    "baseline": {"baseline": 1},
    "minimum_sigma": {"minimum_sigma": -1.0},
    "minimum_count": {"minimum_count": 0},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_settings_are_refused(name):
    with pytest.raises(WatchSettingsError, match=name) as refused:
        EarsC1(**BAD[name])
    assert "请给出" in refused.value.text("zh")


@pytest.mark.parametrize("name", FIRST_JUDGED)
def test_an_update_costs_less_than_50_microseconds(name):
    series = bins([n * 7 % 11 for n in range(1100)])
    state, spent = detector(name).fit(series[:100]), []
    for block in range(100, 1100, 100):
        before = process_time()
        for step in series[block : block + 100]:
            state.update(step)
        spent.append((process_time() - before) / 100)
    assert min(spent) < 50e-6
