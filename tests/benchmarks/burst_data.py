"""Series for the benchmark of bursts: real or resampled backgrounds, real cascades put in.

Backgrounds, all of `DAYS` days from a Monday on, at which nothing is wrong by construction:

- hot search: titles that are new in the hourly list of Weibo's hot search since the list before,
  per category, June 2024: real counts, .2 to 4 an hour, between six in the morning and eleven at
  night mostly. Longer series are whole days of the month drawn with replacement, working days for
  working days; within the time between two lists a title comes at a uniform moment, which is a
  Poisson process given the counts.
- messages: citizens' messages to a city in 2019 with their seconds (附件3 of the 泰迪杯 2020)
  give the share of each hour of the day and of each weekday; a negative binomial of dispersion 2
  draws the hours at a mean of .5, 2 and 8 an hour, and moments are uniform within the hour.

Cascades: reposts of 3,387 Weibo posts with their seconds (CED), the first 24 hours of each from
its first repost on.
"""

import csv
import lzma
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.float64]
Span = tuple[int, int]

HOUR, DAY = 3600.0, 86400.0
LEARNED, DAYS = 28, 56
"""Days that only teach, and days in all: 28 are judged."""
MONDAY = datetime(2024, 6, 3, tzinfo=ZoneInfo("Asia/Shanghai"))
CATEGORIES, UNNAMED = 10, ("", "暂无")
LEVELS = (0.5, 2.0, 8.0)
DISPERSION = 2.0
TIMES = 10.0
"""A burst counts where its peak hour holds so many times the mean hour of the background."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Series over the same `DAYS`.

    Attributes
    ----------
    moments
        Of each series: seconds after Monday midnight, sorted.
    """

    moments: tuple[Moments, ...]

    def counts(self, width: float) -> NDArray[np.float64]:
        """Return the counts in bins of `width` seconds, bins x series."""
        bins = int(DAYS * DAY / width)
        own = [np.bincount((at // width).astype(int), minlength=bins) for at in self.moments]
        return np.stack(own, axis=1).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Injected:
    """A panel with one burst in each series.

    Attributes
    ----------
    starts
        Moment of the first repost, per series.
    tenfold
        Moment at which the last hour held `TIMES` times the background's mean hour.
    """

    panel: Panel
    starts: Moments
    tenfold: Moments


def hot_search(data: Path, ranks: slice, draws: int, seed: int) -> Panel:
    """Return `draws` resampled courses of each of the categories of these ranks."""
    path = data / "weibo-hot-search" / "hourly_2024-06.tsv"
    courses = _courses(path)
    source = np.random.default_rng([seed, 1])
    largest = sorted(courses, key=lambda name: -sum(map(len, courses[name].values())))
    chosen = largest[:CATEGORIES][ranks]
    return Panel(tuple(_drawn_days(courses[name], source) for name in chosen for _ in range(draws)))


def _courses(path: Path) -> dict[str, dict[date, list[Span]]]:
    """Return for each category and day the spans, in hours of the day, in which titles came."""
    lists: dict[tuple[date, int], list[tuple[str, str]]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            key = (date.fromisoformat(row["date"]), int(row["hour"]))
            lists[key].append((row["title"], row["category"].split("-")[0]))
    days = sorted({day for day, _ in lists})[1:]  # on the first every title seems new
    found: dict[str, dict[date, list[Span]]] = defaultdict(lambda: {day: [] for day in days})
    known: set[str] = set()
    before = 0
    for day, hour in sorted(lists):
        span = (before if before <= hour else 0, hour + 1)
        before = hour + 1
        for title, category in lists[day, hour]:
            if title not in known and category not in UNNAMED and day != min(lists)[0]:
                found[category][day].append(span)
            known.add(title)
    return found


def _drawn_days(own: dict[date, list[Span]], source: np.random.Generator) -> Moments:
    work = [day for day in own if day.weekday() < 5]
    free = [day for day in own if day.weekday() >= 5]
    moments: list[float] = []
    for day in range(DAYS):
        among = work if day % 7 < 5 else free
        spans = own[among[source.integers(len(among))]]
        moments += [day * DAY + source.uniform(*span) * HOUR for span in spans]
    return np.sort(np.array(moments))


def messages(data: Path, draws: int, seed: int) -> Panel:
    """Return `draws` series of each level, with the hours and weekdays of real messages."""
    hours, weekdays = _profile(data / "teddycup2020-gov-messages" / "附件3.xlsx")
    source = np.random.default_rng([seed, 2])
    week = np.outer(weekdays, hours).ravel()
    course = np.tile(week / week.mean(), DAYS // 7)
    series = [_drawn_hours(level * course, source) for level in LEVELS for _ in range(draws)]
    return Panel(tuple(series))


def _profile(path: Path) -> tuple[Moments, Moments]:
    """Return how many messages came in each hour of the day and on each weekday, plus one."""
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    rows = load_workbook(path, read_only=True).active.iter_rows(min_row=2, values_only=True)
    times = [_time(row[3]) for row in rows]
    hours, days = Counter(at.hour for at in times), Counter(at.weekday() for at in times)
    return (
        np.array([hours[n] + 1.0 for n in range(24)]),
        np.array([days[n] + 1.0 for n in range(7)]),
    )


def _time(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.strptime(value.replace("/", "-"), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007


def _drawn_hours(means: Moments, source: np.random.Generator) -> Moments:
    counts = source.negative_binomial(means / (DISPERSION - 1.0), 1.0 / DISPERSION)
    hours = np.repeat(np.arange(len(means)), counts)
    return np.sort((hours + source.random(len(hours))) * HOUR)


def cascades(data: Path) -> list[Moments]:
    """Return the moments of the reposts of each post from its first on, up to 24 hours."""
    found: dict[int, list[float]] = defaultdict(list)
    path = data / "ced-weibo-rumor" / "reposts_structure.tsv.xz"
    with lzma.open(path, "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            event, _, _, _, seconds, _ = line.split("\t")
            if float(seconds) >= 0.0:  # a repost before its post is a mistake of the set
                found[int(event)].append(float(seconds))
    sorted_ = (np.sort(np.array(own)) for own in found.values())
    return [at[at < at[0] + DAY] - at[0] for at in sorted_]


def injected(
    background: Panel, bursts: Sequence[Moments], seed: int, most: float = np.inf
) -> Injected:
    """Put into each series, at a random moment of the days judged, a cascade that is large there.

    Large: its peak hour holds at least `TIMES` times the mean hour of the series, and fewer than
    `most` times that, or the least of all cascades where there is none so small.
    """
    source = np.random.default_rng([seed, 3])
    peaks = np.array([_peak(at) for at in bursts])
    moments, starts, tenfold = [], [], []
    for own in background.moments:
        needed = TIMES * len(own) / (DAYS * 24)
        large = np.flatnonzero(peaks >= needed)
        fit = large[peaks[large] < most * needed]
        burst = bursts[source.choice(fit if len(fit) else large[[peaks[large].argmin()]])]
        start = source.uniform(LEARNED * DAY, (DAYS - 1.0) * DAY)
        moments.append(np.sort(np.concatenate([own, start + burst])))
        starts.append(start)
        tenfold.append(start + burst[_reaches(burst, needed)])
    return Injected(Panel(tuple(moments)), np.array(starts), np.array(tenfold))


def _lasthour(at: Moments) -> NDArray[np.intp]:
    """Return for each moment how many lie in the hour that ends with it, itself counted."""
    return np.arange(1, len(at) + 1) - np.searchsorted(at, at - HOUR, side="right")


def _peak(at: Moments) -> int:
    return int(_lasthour(at).max())


def _reaches(at: Moments, needed: float) -> int:
    return int(np.argmax(_lasthour(at) >= needed))
