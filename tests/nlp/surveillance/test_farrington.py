"""Farrington and Farrington Flexible against numbers worked out by hand."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from scipy.stats import norm

from nlp.surveillance import Bin, BinError, Sensitivity, Verdict, WatchSettingsError, detector
from nlp.surveillance.detectors import Farrington, FarringtonFlexible
from nlp.surveillance.detectors.references import lags

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2022, 1, 3)
WEEKS = 170
"""Of history: three years of windows need 159, and those of Flexible 160."""
BOTH = {"farrington": Farrington(), "farrington-flexible": FarringtonFlexible()}


def at(week: int) -> datetime:
    day = MONDAY + timedelta(weeks=week)
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def weekly(count: Callable[[int], int], weeks: int = WEEKS) -> list[Bin]:
    return [Bin(at(week), count(week)) for week in range(weeks)]


def judged(chosen, history: list[Bin], *counts: int) -> Verdict:
    """Return the verdict on the last of the counts of the weeks after the history."""
    state = chosen.fit(history)
    return [state.update(Bin(at(WEEKS + n), count)) for n, count in enumerate(counts)][-1]


# 21 references of 4: mean 4, dispersion 1, variance 4 + 4 / 21 = 4.190476, deviation 2.047065.
# Two-sided 1 %: 4 (1 + 2/3 x 2.575829 x 2.047065 / 4)^1.5 = 4 x 1.878821^1.5 = 10.3011
# One-sided 1 %: 4 (1 + 2/3 x 2.326348 x 2.047065 / 4)^1.5 = 4 x 1.793702^1.5 = 9.6091
BY_HAND = {"farrington": 10, "farrington-flexible": 9}


@pytest.mark.parametrize(("name", "upper"), BY_HAND.items())
def test_limits_worked_out_by_hand(name, upper):
    history = weekly(lambda week: 4)
    for count in (upper, upper + 1):
        verdict = judged(BOTH[name], history, count)
        assert verdict.alarm == (count > upper)
        assert verdict.upper == upper
        assert verdict.expected == pytest.approx(4)


def test_the_tail_worked_out_by_hand():
    # (10^(2/3) - 4^(2/3)) / (2/3 x 4^(-1/3) x 2.047065) = 2.121747 / 0.859719 = 2.46795
    verdict = judged(Farrington(), weekly(lambda week: 4), 10)
    assert verdict.p == pytest.approx(norm.sf(2.46795), rel=1e-4)
    assert 0.005 < verdict.p < 0.01


POWERS = {2 / 3: 10, 0.5: 11, 1.0: 9}
"""By hand: 4 (1 + .5 x 2.575829 x 2.047065 / 4)^2 = 11.01; 4 + 2.575829 x 2.047065 = 9.3."""


@pytest.mark.parametrize(("power", "upper"), POWERS.items())
def test_the_power_is_that_of_the_count(power, upper):
    assert judged(Farrington(power=power), weekly(lambda week: 4), 4).upper == upper


def test_the_references_of_both_methods():
    classic = [lag.weeks for lag in lags([52, 104, 156], 3, periods=1, left_out=0)]
    assert classic == [*range(159, 152, -1), *range(107, 100, -1), *range(55, 48, -1)]
    flexible = lags([52, 104, 157], 3, periods=1, left_out=26)
    assert [lag.weeks for lag in flexible][:7] == list(range(160, 153, -1))
    assert {lag.year for lag in flexible} == {1, 2, 3}


def test_ten_periods_are_seven_weeks_and_nine_times_five():
    placed = lags([52, 104, 156], 3, periods=10, left_out=26)
    assert [lag.weeks for lag in placed] == list(range(159, 26, -1))
    year = [lag.period for lag in placed if 101 <= lag.weeks < 153]
    assert sorted(year.count(period) for period in range(10)) == [5] * 9 + [7]
    assert all(lag.period == 0 for lag in placed if abs(lag.weeks - 104) <= 3)


def test_one_reference_that_is_no_week_away_moves_nothing():
    loud = {WEEKS - weeks for weeks in (48, 56, 100, 108, 152, 160)}
    history = weekly(lambda week: 300 if week in loud else 4)
    assert judged(Farrington(), history, 4).expected == pytest.approx(4)


def test_a_past_outbreak_weighs_little():
    history = weekly(lambda week: 200 if WEEKS - 53 <= week <= WEEKS - 52 else 3 + week % 3)
    kept = judged(Farrington(reweight=False), history, 5)
    weighted = judged(Farrington(), history, 5)
    assert kept.expected == pytest.approx((2 * 200 + 19 * 4) / 21, abs=0.3)
    assert weighted.expected < kept.expected / 2
    assert weighted.upper < kept.upper * 0.7


@pytest.mark.parametrize("name", BOTH)
def test_a_trend_is_followed_where_it_is_clear(name):
    history = weekly(lambda week: round(60 * 0.99**week))
    verdict = judged(BOTH[name], history, 5)
    assert verdict.expected == pytest.approx(60 * 0.99**WEEKS, rel=0.05)
    flat = judged(type(BOTH[name])(trend=False), history, 5)
    references = [60 * 0.99 ** (WEEKS - lag) for k in (52, 104, 156) for lag in range(k - 3, k + 4)]
    assert flat.expected == pytest.approx(sum(references) / 21, rel=0.1)


def test_a_trend_is_told_and_not_followed_beyond_all_that_was_seen():
    falling = judged(Farrington(), weekly(lambda week: round(60 * 0.99**week)), 5)
    assert "with a trend" in falling.reasons[-1].en
    assert "，含趋势" in falling.reasons[-1].zh
    rising = judged(Farrington(), weekly(lambda week: round(5 * 1.02**week)), 5)
    assert "without a trend" in rising.reasons[-1].en
    untested = judged(
        FarringtonFlexible(trend_p=1.0), weekly(lambda week: round(5 * 1.02**week)), 5
    )
    assert "with a trend" in untested.reasons[-1].en
    assert untested.expected > 2 * rising.expected


def test_fewer_than_five_in_four_weeks_never_alarm():
    quiet = weekly(lambda week: 0)
    few = judged(Farrington(), quiet, 1, 1, 2)
    assert not few.alarm
    assert "the last 4 bins must hold 5 or more" in few.reasons[1].en
    assert judged(Farrington(), quiet, 1, 1, 3).alarm
    assert judged(Farrington(cases=0), quiet, 3).alarm


@pytest.mark.parametrize("name", BOTH)
def test_nothing_but_zeros_never_alarms(name):
    state = detector(name).fit(weekly(lambda week: 0))
    told = [state.update(Bin(at(WEEKS + n), 0)) for n in range(60)]
    assert not any(verdict.alarm for verdict in told)
    assert all(0 < verdict.expected < 0.1 for verdict in told)


@pytest.mark.parametrize("name", BOTH)
def test_a_short_history_is_told_and_raises_no_alarm(name):
    state = detector(name).fit(weekly(lambda week: 3, 50))
    verdict = state.update(Bin(at(50), 900))
    assert not verdict.alarm
    assert verdict.p == 1.0
    assert "7 bins at the same time of past years are needed" in verdict.reasons[0].en
    assert "往年同期 7 格" in verdict.reasons[0].zh


@pytest.mark.parametrize("name", BOTH)
def test_one_year_of_references_is_enough_without_a_trend(name):
    state = detector(name).fit(weekly(lambda week: 4, 60))
    verdict = state.update(Bin(at(60), 30))
    assert verdict.alarm
    assert "7 bins at the same time of 1 past year, without a trend" in verdict.reasons[-1].en


@pytest.mark.parametrize("name", BOTH)
def test_missing_weeks_are_left_out_and_the_others_found_by_date(name):
    history = weekly(lambda week: 4)
    missing = {WEEKS - 52, WEEKS - 51, WEEKS - 105, WEEKS - 20, WEEKS - 1}
    kept = [step for week, step in enumerate(history) if week not in missing]
    verdict = judged(BOTH[name], kept, 30)
    assert verdict.alarm
    assert verdict.expected == pytest.approx(4)
    assert "18 bins" in verdict.reasons[-1].en


def daily(days: int, count: Callable[[date], int]) -> list[Bin]:
    every = [MONDAY + timedelta(days=n) for n in range(days)]
    return [Bin(datetime(d.year, d.month, d.day, tzinfo=SHANGHAI), count(d)) for d in every]


@pytest.mark.parametrize("name", BOTH)
def test_days_are_compared_with_the_same_weekday(name):
    series = daily(1207, lambda day: 40 if day.weekday() == 6 else 10)
    state = detector(name, Sensitivity(0.005, 5, "day")).fit(series[:-7])
    expected = [state.update(step).expected for step in series[-7:]]
    assert expected == pytest.approx(
        [40.0 if s.start.weekday() == 6 else 10.0 for s in series[-7:]]
    )


@pytest.mark.parametrize("width", ["10min", "hour"])
def test_hours_are_compared_with_the_same_hour_of_the_week(width):
    step = timedelta(minutes=10) if width == "10min" else timedelta(hours=1)
    first, back = datetime(2025, 3, 3, 9, tzinfo=SHANGHAI), timedelta(weeks=52)
    noon = [first - back + timedelta(weeks=w) + step * n for w in range(-3, 4) for n in range(2)]
    history = [Bin(start, 30 if n % 2 else 5) for n, start in enumerate(noon)]
    state = Farrington(width=width).fit(history)
    assert [state.update(Bin(first + step * n, 6)).expected for n in range(2)] == pytest.approx(
        [5, 30]
    )


def test_a_rise_that_the_history_ends_with_is_followed_back():
    series = weekly(lambda week: 60 if week >= WEEKS - 3 else 4)
    fitted, grown_up = Farrington().fit(series), Farrington().fit([])
    for step in series:
        grown_up.update(step)
    loud, quiet = Bin(at(WEEKS), 60), Bin(at(WEEKS + 1), 4)
    verdict = fitted.update(loud)
    assert verdict == grown_up.update(loud)
    assert verdict.since == at(WEEKS - 3)
    assert fitted.update(quiet).since is None
    assert fitted.update(Bin(at(WEEKS + 2), 60)).since == at(WEEKS + 2)


@pytest.mark.parametrize("name", BOTH)
def test_a_sensitivity_is_the_tail_of_the_limit(name):
    history = weekly(lambda week: 4)
    chosen = detector(name, Sensitivity(0.02, 9, "week"))
    upper = judged(chosen, history, 4).upper
    assert judged(chosen, history, upper).p > 0.02 > judged(chosen, history, upper + 1).p
    assert not judged(detector(name, Sensitivity(0.02, 12, "week")), history, 11).alarm
    assert judged(detector(name, Sensitivity(0.02, 11, "week")), history, 11).alarm


@pytest.mark.parametrize("name", BOTH)
def test_bins_that_repeat_are_refused(name):
    history = weekly(lambda week: 4)
    with pytest.raises(BinError, match="does not follow"):
        BOTH[name].fit([*history, history[-1]])


BAD = {
    "years": {"years": 0},
    "half_window": {"half_window": 0},
    "alpha": {"alpha": 0.0},
    "trend_p": {"trend_p": 2.0},
    "power": {"power": 2.0},
    "cases_bins": {"cases_bins": 0},
}


@pytest.mark.parametrize("setting", BAD)
@pytest.mark.parametrize("name", BOTH)
def test_bad_settings_are_refused(name, setting):
    with pytest.raises(WatchSettingsError, match=setting):
        type(BOTH[name])(**BAD[setting])


def test_ten_periods_expect_what_is_usual_at_that_time_of_the_year():
    source = np.random.default_rng(4)
    season = [12 + 9 * np.cos(2 * np.pi * week / 52) for week in range(WEEKS + 1)]
    history = weekly(lambda week: int(source.poisson(season[week])))
    verdict = judged(FarringtonFlexible(periods=10, trend_p=1.0), history, 5)
    assert verdict.expected == pytest.approx(season[WEEKS], rel=0.35)
    assert "134 bins in periods of 3 past years" in verdict.reasons[-1].en
