"""Weeks that are restless every year: what widens, what does not, and what still alarms."""

import math
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from nlp.surveillance import Bin, Sensitivity, detector
from nlp.surveillance.detectors.arithmetic import Many, One
from nlp.surveillance.detectors.restless import Restless

FIRST = date(2021, 1, 1)
MEAN = 20.0
CALM, LOUD = MEAN, 3 * MEAN


def after(loud: set[tuple[int, int]], until: date) -> Restless[float]:
    """Return what was learnt of days that are loud in those (year, week) and else as expected."""
    restless = Restless(One())
    for n in range((until - FIRST).days):
        day = FIRST + timedelta(days=n)
        number = day.timetuple().tm_yday
        count = LOUD if (day.year, (number - 1) // 7) in loud else CALM
        restless.learn(number, count, MEAN, MEAN)
    return restless


@pytest.mark.parametrize(
    ("loud", "day", "wider"),
    [
        pytest.param({(2022, 25), (2023, 25)}, 180, True, id="both years"),
        pytest.param({(2022, 24), (2023, 26)}, 180, True, id="a week early and a week late"),
        pytest.param({(2022, 25), (2023, 25)}, 240, False, id="another time of the year"),
        pytest.param({(2023, 25)}, 180, False, id="a crisis of one year"),
        pytest.param({(2022, 25)}, 180, False, id="a crisis of the year before"),
        pytest.param({(2021, 25), (2022, 25)}, 180, False, id="two years, and then no more"),
        pytest.param({(2022, 51), (2023, 51)}, 2, True, id="over New Year's Eve"),
        pytest.param(set(), 366, False, id="the last day of a leap year"),
    ],
)
def test_what_was_loud_in_both_of_the_last_years_is_wide(loud, day, wider):
    factor = after(loud, date(2024, 1, 1)).look(day)
    assert factor > 3 if wider else factor == 1.0


def test_nothing_is_wide_in_the_first_two_years():
    loud = {(2021, 25), (2022, 25)}
    assert after({(2021, 25)}, date(2022, 1, 1)).look(180) == 1.0
    assert after(loud, date(2022, 6, 1)).look(180) == 1.0
    assert after(loud, date(2023, 1, 1)).look(180) > 3


def test_chance_is_no_unrest():
    source = np.random.default_rng(7)
    panel = Restless(Many(200))
    factors = []
    for n in range(4 * 365):
        day = n % 365 + 1
        panel.learn(day, source.poisson(MEAN, 200).astype(float), np.full(200, MEAN), MEAN)
        factors.append(panel.look(day))
    widened = np.array(factors[2 * 365 :])
    assert (widened > 1.2).mean() < 0.02


def test_a_panel_says_what_single_series_say():
    counts = np.random.default_rng(3).poisson(MEAN, (900, 3)).astype(float)
    counts[100:110, 0] = counts[465:475, 0] = 90.0
    panel, singles = Restless(Many(3)), [Restless(One()) for _ in range(3)]
    for n, row in enumerate(counts):
        day = n % 365 + 1
        panel.learn(day, row, np.full(3, MEAN), np.full(3, MEAN))
        for single, count in zip(singles, row, strict=True):
            single.learn(day, float(count), MEAN, MEAN)
        assert panel.look(day) == pytest.approx([single.look(day) for single in singles])


def sale(year: int, extra: int) -> list[tuple[datetime, int]]:
    """Return a year of days, 20 each, with a sale of a week that begins about 10 June."""
    start = datetime(year, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai")) + timedelta(days=year % 3 * 3)
    first = datetime(year, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    days = [first + timedelta(days=n) for n in range(365)]
    return [
        (day, 20 + int(6 * math.sin(n)) + (extra if 0 <= (day - start).days < 7 else 0))
        for n, day in enumerate(days)
    ]


@pytest.mark.parametrize(
    ("last", "news"),
    [
        pytest.param(30, False, id="the sale of every year"),
        pytest.param(150, True, id="five times the sale of every year"),
    ],
)
def test_a_sale_of_every_year_is_no_news_and_a_crisis_in_it_is(last, news):
    rows = [row for year in (2021, 2022, 2023) for row in sale(year, 30)]
    state = detector("surge", Sensitivity(false_alarms=0.001, minimum_count=5, width="day")).fit(
        [Bin(day, count) for day, count in rows]
    )
    found = [state.update(Bin(day, count)) for day, count in sale(2025, last)]
    assert any(verdict.alarm for verdict in found) == news
