"""What `surge` knows of the calendar: holidays, working weekends, seasons of the year, weeks."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from nlp.surveillance import Bin, Sensitivity, Verdict, detector
from nlp.surveillance.detectors.arithmetic import Many, One
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.holidays import HOLIDAYS, kind_of_day
from nlp.surveillance.detectors.surge import SurgeModel

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YEAR, SPRING, TOMBS, LABOUR, BOATS, AUTUMN, NATIONAL = (7 * (n + 1) for n in range(7))
KINDS = {
    # a day in Shanghai, its kind
    "an ordinary Tuesday": (date(2024, 10, 22), 1),
    "an ordinary Sunday": (date(2024, 10, 20), 6),
    "National Day, a Tuesday": (date(2024, 10, 1), NATIONAL + 1),
    "National Day, a Sunday": (date(2023, 10, 1), NATIONAL + 6),
    "a Saturday worked for National Day": (date(2024, 10, 12), 4),
    "a Sunday worked for National Day": (date(2024, 9, 29), 0),
    "Spring Festival's Monday": (date(2024, 2, 12), SPRING),
    "Labour Day": (date(2023, 5, 1), LABOUR),
    "New Year's Day": (date(2024, 1, 1), NEW_YEAR),
    "Tomb-sweeping Day": (date(2024, 4, 4), TOMBS + 3),
    "Dragon Boat Festival": (date(2024, 6, 10), BOATS),
    "Mid-autumn Festival": (date(2024, 9, 17), AUTUMN + 1),
    "the parade of 2015, no yearly holiday": (date(2015, 9, 3), 3),
    "before the years that are known": (date(2001, 10, 1), 0),
    "after the years that are known": (date(2090, 10, 1), 6),
}


@pytest.mark.parametrize(("day", "kind"), KINDS.values(), ids=KINDS)
def test_a_day_is_of_its_kind(day, kind):
    assert kind_of_day(datetime.combine(day, time(9), SHANGHAI)) == kind


@pytest.mark.parametrize("zone", [UTC, ZoneInfo("Europe/Berlin")], ids=str)
def test_elsewhere_holidays_are_days_of_the_week(zone):
    assert kind_of_day(datetime(2024, 10, 1, 9, tzinfo=zone)) == 1


def test_the_table_of_holidays_is_that_of_the_library():
    named = {kind_of_day(datetime(2024, 1, 1, tzinfo=SHANGHAI) + timedelta(n)) for n in range(366)}
    assert {kind // 7 for kind in named} == set(range(len(HOLIDAYS) + 1))


# ------------------------------------------------------------------------- holidays


def usual(at: datetime, holiday: float) -> float:
    """Return a shop's mean: fewer at weekends, `holiday` times a weekday on National Day."""
    kind = kind_of_day(at)
    if kind // 7 * 7 == NATIONAL:
        return 100.0 * holiday
    return 40.0 if kind % 7 > 4 and kind < 7 else 100.0


def shop(until: date, holiday: float, seed: int = 3) -> list[Bin]:
    """Return a little over two years of such days, drawn with dispersion 2."""
    source, start = np.random.default_rng(seed), datetime(2022, 8, 1, tzinfo=SHANGHAI)
    days = (datetime.combine(until, time(), SHANGHAI) - start).days
    times = [start + timedelta(days=n) for n in range(days)]
    means = np.array([usual(at, holiday) for at in times])
    counts = source.negative_binomial(means, 0.5)
    return [Bin(at, int(count)) for at, count in zip(times, counts, strict=True)]


def asked(history: list[Bin], news: list[int], width: str = "day") -> list[Verdict]:
    """Return the verdicts on what follows."""
    state = detector("surge", Sensitivity(width=width)).fit(history)
    step = CADENCES[width].step
    first = history[-1].start + step
    return [state.update(Bin(first + n * step, count)) for n, count in enumerate(news)]


NATIONAL_WEEK = date(2024, 10, 1)
HOLIDAY_WEEKS = {
    # what National Day does, the counts of its days, whether one alarms
    "thrice as many, as in the years before": (3.0, [300] * 5, False),
    "thrice as many, where it was quiet before": (0.3, [300] * 5, True),
    "quiet, as in the years before": (0.3, [30] * 5, False),
    "a crisis in a busy holiday": (3.0, [300, 310, 900], True),
    "a crisis in a quiet holiday": (0.3, [30, 29, 110], True),
    "an ordinary day's count in a quiet holiday": (0.3, [30, 100, 100], True),
}


@pytest.mark.parametrize(("holiday", "news", "alarms"), HOLIDAY_WEEKS.values(), ids=HOLIDAY_WEEKS)
def test_a_holiday_is_known_from_the_years_before(holiday, news, alarms):
    verdicts = asked(shop(NATIONAL_WEEK, holiday), news)
    assert any(verdict.alarm for verdict in verdicts) == alarms, verdicts


WORKED = {
    # the first day asked, its count, whether it alarms
    "a Saturday that is worked": (date(2024, 10, 12), 110, False),
    "a Sunday that is worked": (date(2024, 9, 29), 110, False),
    "a Saturday that is free": (date(2024, 10, 19), 110, True),
    "a crisis on a Saturday that is worked": (date(2024, 10, 12), 240, True),
}


@pytest.mark.parametrize(("day", "count", "alarms"), WORKED.values(), ids=WORKED)
def test_a_worked_weekend_is_a_weekday(day, count, alarms):
    [verdict] = asked(shop(day, 1.0), [count])
    assert verdict.alarm == alarms, verdict


# --------------------------------------------------------------------------- seasons


def season_means(width: str, years: int, level: float, wave: float) -> np.ndarray:
    """Return the mean of each bin of `season`."""
    times = season_times(width, years)
    turns = np.array([at.timetuple().tm_yday for at in times]) / 365.25
    return level * np.exp(wave * np.cos(2 * np.pi * (turns - 0.5)))


def season_times(width: str, years: int) -> list[datetime]:
    """Return the starts of years of bins, from a Monday on."""
    step, start = CADENCES[width].step, datetime(2019, 1, 7, tzinfo=UTC)
    return [start + n * step for n in range(int(years * timedelta(days=364) / step))]


def season(width: str, years: int, level: float, wave: float, seed: int = 5) -> list[Bin]:
    """Return years of bins from a Monday on that swing with the year, dispersion 1.5."""
    times, means = season_times(width, years), season_means(width, years, level, wave)
    counts = np.random.default_rng(seed).negative_binomial(2 * means, 2 / 3)
    return [Bin(at, int(count)) for at, count in zip(times, counts, strict=True)]


SEASONS = {"days": ("day", 20.0), "weeks": ("week", 100.0)}


@pytest.mark.parametrize(("width", "level"), SEASONS.values(), ids=SEASONS)
def test_the_season_is_expected_after_some_years(width, level):
    """In spring, when counts double within ten weeks, the expectation does not lag behind."""
    series = season(width, 5, level, 1.0)
    bins = round(timedelta(days=364) / CADENCES[width].step)
    state = detector("surge", Sensitivity(width=width)).fit(series[: 4 * bins])
    verdicts = [state.update(step) for step in series[4 * bins :]]
    spring = slice(bins // 6, bins // 3)
    expected = sum(verdict.expected for verdict in verdicts[spring])
    true = season_means(width, 5, level, 1.0)[4 * bins :][spring].sum()
    assert expected == pytest.approx(true, rel=0.06)
    assert sum(verdict.alarm for verdict in verdicts) <= 1


def test_a_crisis_out_of_season_is_found():
    """Forty a day is usual in summer; the series ends in winter."""
    series = season("day", 4, 20.0, 1.0)
    [verdict] = asked(series, [40])
    assert verdict.expected < 12
    assert verdict.alarm


FEW_YEARS = {"half a year": 26, "a year less a week": 51}


@pytest.mark.parametrize("weeks", FEW_YEARS.values(), ids=FEW_YEARS)
def test_before_a_year_there_is_no_season(weeks):
    """Growth of half a year is not taken for a season that will turn."""
    start = datetime(2023, 1, 2, tzinfo=UTC)
    series = [Bin(start + timedelta(days=n), 20 + n // 14) for n in range(7 * weeks)]
    [verdict] = asked(series, [series[-1].count])
    assert verdict.expected == pytest.approx(series[-1].count, rel=0.12)
    assert not verdict.alarm


WEEKLY: dict[str, tuple[Callable[[], list[Bin]], list[int], bool]] = {
    "one week a little high": (lambda: season("week", 3, 100.0, 0.0), [150], False),
    "a usual week": (lambda: season("week", 3, 100.0, 0.0), [101], False),
    "a bad week": (lambda: season("week", 3, 100.0, 0.0), [190], True),
    "four weeks a little high": (lambda: season("week", 3, 100.0, 0.0), [150] * 4, True),
    "all zeros, then three": (lambda: quiet_weeks(), [3], False),
    "all zeros, then twenty": (lambda: quiet_weeks(), [20], True),
    "no history": (lambda: quiet_weeks()[:1], [2], False),
}


def quiet_weeks() -> list[Bin]:
    """Return two years of weeks without a count."""
    start = datetime(2023, 1, 2, tzinfo=SHANGHAI)
    return [Bin(start + timedelta(weeks=n), 0) for n in range(104)]


@pytest.mark.parametrize(("history", "news", "alarms"), WEEKLY.values(), ids=WEEKLY)
def test_weekly_series(history, news, alarms):
    verdicts = asked(history(), news, "week")
    assert any(verdict.alarm for verdict in verdicts) == alarms, verdicts


# ----------------------------------------------------------- several days together


WINDOWS = {
    # the days after a usual year of about 100, whether one alarms
    "one day a little high": ([142], False),
    "eight days a little high": ([142] * 8, True),
    "a spike of one day, then the usual": ([100, 100, 2000, 100, 101, 99, 100, 102, 98], True),
}


@pytest.mark.parametrize(("news", "alarms"), WINDOWS.values(), ids=WINDOWS)
def test_days_are_weighed_together(news, alarms):
    verdicts = asked(season("day", 1, 100.0, 0.0), news)
    assert any(verdict.alarm for verdict in verdicts) == alarms, verdicts


def test_a_spike_of_one_day_is_not_told_for_weeks():
    history = season("day", 1, 100.0, 0.0)
    verdicts = asked(history, [5000, *[100, 96, 103, 99] * 6])
    assert verdicts[0].alarm
    assert not any(verdict.alarm for verdict in verdicts[1:])


@pytest.mark.parametrize("width", ["day", "week"])
def test_a_panel_says_what_single_series_say(width):
    """Over three years, so that season, windows and holidays are at work."""
    cadence = CADENCES[width]
    bins = 1100 if width == "day" else 160
    source = np.random.default_rng(8)
    counts = source.poisson([0.1, 2.0, 40.0], (bins, 3)).astype(float)
    counts[-40:-37] += 25
    panel = SurgeModel(cadence, Many(3), np.full(3, 1e-3), 5)
    singles = [SurgeModel(cadence, One(), 1e-3, 5) for _ in range(3)]
    start = datetime(2022, 1, 3, tzinfo=SHANGHAI)
    for n in range(bins):
        slots = cadence.slots(start + n * cadence.step)
        found = panel.step(slots, counts[n], np.zeros(3))
        alone = [single.step(slots, float(counts[n, k]), 0.0) for k, single in enumerate(singles)]
        assert found.alarm.tolist() == [one.alarm for one in alone]
        assert found.p == pytest.approx([one.p for one in alone])
        assert found.started.tolist() == [one.started for one in alone]
