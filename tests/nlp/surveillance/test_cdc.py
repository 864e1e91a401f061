"""The CDC method against numbers worked out by hand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from scipy.stats import norm

from nlp.surveillance import Bin, BinError, Sensitivity, Verdict, WatchSettingsError, detector
from nlp.surveillance.detectors import Cdc

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2015, 1, 5)
WEEKS = 280
STEPS = {"week": timedelta(weeks=1), "day": timedelta(days=1)}


def at(number: int, width: str = "week") -> datetime:
    day = MONDAY + STEPS[width] * number
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def bins(count: Callable[[int], int], number: int, width: str = "week") -> list[Bin]:
    return [Bin(at(n, width), count(n)) for n in range(number)]


def judged(chosen, history: list[Bin], count: int) -> Verdict:
    return chosen.fit(history).update(Bin(at(WEEKS), count))


def yearly(week: int) -> int:
    """Return 5 or 6: one year 20 in four weeks, the next 24."""
    return 5 + ((WEEKS - week + 26) // 52) % 2


# Five years of three blocks: nine of 24 and six of 20, mean 22.4, squared deviations
# 9 x 1.6^2 + 6 x 2.4^2 = 57.6, variance 57.6 / 14 = 4.114286; times 1 + 1/15: 4.388571,
# deviation 2.094892; z of 0.0005 is 3.290527: limit 22.4 + 6.893298 = 29.293.
DEVIATION = 2.094892


@pytest.mark.parametrize(("count", "alarm"), [(14, False), (15, True)])
def test_the_limit_worked_out_by_hand(count, alarm):
    verdict = judged(Cdc(), bins(yearly, WEEKS), count)  # the three weeks before hold 5 each
    assert verdict.alarm is alarm
    assert verdict.upper == 14
    assert verdict.expected == pytest.approx(22.4 / 4)
    assert verdict.p == pytest.approx(norm.sf((15 + count - 22.4) / DEVIATION), rel=1e-4)
    assert f"{15 + count} in four weeks where 22 are expected" in verdict.reasons[0].en
    assert "15 个四周合计" in verdict.reasons[-1].zh


def test_a_rise_begins_with_the_first_of_its_alarms():
    state = Cdc().fit(bins(yearly, WEEKS))
    told = [state.update(Bin(at(WEEKS + n), count)) for n, count in enumerate([40, 5, 5, 5, 5])]
    assert [verdict.since for verdict in told] == [at(WEEKS)] * 4 + [None]


@pytest.mark.parametrize("learned", [0, 2, 40, 56])
def test_a_short_history_is_told_and_raises_no_alarm(learned):
    verdict = Cdc().fit(bins(lambda n: 3, learned)).update(Bin(at(learned), 900))
    assert not verdict.alarm
    assert verdict.p == 1.0
    assert "not judged" in verdict.reasons[0].en
    assert "未判断" in verdict.reasons[0].zh


def test_nothing_but_zeros_never_alarms():
    state = Cdc().fit(bins(lambda n: 0, WEEKS))
    assert not any(state.update(Bin(at(WEEKS + n), 0)).alarm for n in range(60))


def test_a_spike_in_the_baseline_raises_the_limit():
    history = bins(lambda n: 500 if n == WEEKS - 104 else 5, WEEKS)
    assert judged(Cdc(), history, 60).upper > 400


def test_missing_weeks_are_scaled_up_and_not_taken_for_zero():
    missing = {WEEKS - 1, WEEKS - 52, WEEKS - 104, WEEKS - 105}
    history = [step for n, step in enumerate(bins(lambda n: 5, WEEKS)) if n not in missing]
    verdict = judged(Cdc(), history, 5)
    assert not verdict.alarm
    assert verdict.expected == pytest.approx(5)
    assert "20 in four weeks" in verdict.reasons[0].en


def test_blocks_with_less_than_half_of_their_weeks_do_not_count():
    missing = {WEEKS - 52, WEEKS - 53, WEEKS - 54}
    history = [step for n, step in enumerate(bins(lambda n: 5, WEEKS)) if n not in missing]
    assert "baseline: 14 four-week" in judged(Cdc(), history, 5).reasons[-1].en


def test_days_are_added_up_to_four_weeks():
    days = 800
    state = Cdc(width="day").fit(bins(lambda n: 1 + n % 2, days, "day"))
    verdict = state.update(Bin(at(days, "day"), 60))
    assert verdict.alarm
    assert verdict.expected == pytest.approx(1.5)


@pytest.mark.parametrize(("least", "alarm"), [(30, True), (31, False)])
def test_a_sensitivity_sets_rate_and_least_count(least, alarm):
    chosen = detector("cdc", Sensitivity(0.0005, least, "week"))
    verdict = judged(chosen, bins(yearly, WEEKS), 15)
    assert verdict.alarm is alarm
    assert (f"the last 4 bins must hold {least}" in verdict.reasons[1].en) is not alarm


def test_bins_that_go_back_are_refused():
    with pytest.raises(BinError, match="does not follow"):
        Cdc().fit(bins(lambda n: 1, 3)[::-1])


@pytest.mark.parametrize("setting", ["years", "blocks", "alpha", "minimum_count"])
def test_bad_settings_are_refused(setting):
    with pytest.raises(WatchSettingsError, match=setting):
        Cdc(**{setting: 0})
