"""Minutes from the beginning of a real burst to its alarm, at one false alarm a series-month.

`python -m tests.benchmarks.bench_bursts DATA`. Real repost cascades are put, one a series, into
backgrounds at which nothing is wrong (see `burst_data`). The threshold of each detector is the
most sensitive one that gives at most one false alarm a series-month on other series than those
measured: other categories of the hot search, other draws of the messages. False alarms are then
counted on the series measured, without their bursts; alarms within a day of each other are one.
The last line is no rival at that rate: it is the watch at its default, without categories, which
is quieter than it was asked to be and slower for it. A chance alarm within the day after a burst
begins counts as found, for every detector alike.

Two ways to look: "as it comes" judges whenever somebody says something, the count so far against
a whole bin, as the service does; "at its end" waits for the end of the bin. What alarms before the
end alarms at the end, so both have the same false alarms.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from nlp.surveillance import WatchSettings
from tests.benchmarks.burst_data import (
    DAY,
    DAYS,
    LEARNED,
    Injected,
    Moments,
    Panel,
    cascades,
    hot_search,
    injected,
    messages,
)
from tests.benchmarks.burst_rules import (
    Bins,
    Rule,
    cut,
    day_above_week,
    ears_c2,
    surge,
    watch_within_a_day,
)

Rows = list[tuple[str, str]]

ACCEPTED = 1.0
DEFAULT = WatchSettings()
SERIES_MONTHS = (DAYS - LEARNED) / 30
SIZES = {"10x and more": np.inf, "10x to 20x": 2.0}
RULES: dict[str, tuple[Rule, tuple[str, ...]]] = {
    "mean of 24 hours above 7 days": (day_above_week(), ("at its end",)),
    "EARS C2, hours": (ears_c2(), ("at its end", "as it comes")),
    "surge, hours": (surge("hour"), ("at its end", "as it comes")),
    "surge, ten minutes": (surge("10min"), ("at its end", "as it comes")),
    "watch (hours, windows within)": (watch_within_a_day(), ("at its end", "as it comes")),
    "the same as shipped, 0.5 asked": (
        replace(watch_within_a_day(), thresholds=(DEFAULT.false_alarms_per_series_month,)),
        ("as it comes",),
    ),
}


@dataclass(frozen=True, slots=True)
class Background:
    """Series at which nothing is wrong, others to choose the threshold on, and bursts put in.

    `bursts` are by the size of the cascades.
    """

    name: str
    others: Panel
    quiet: Panel
    bursts: dict[str, Injected]


def run(data: Path, draws: int = 20) -> Rows:
    """Return a line for each background, size of burst, detector and way to look."""
    rows: Rows = []
    for background in backgrounds(data, draws):
        thresholds = {
            name: calibrated(background.others, rule) for name, (rule, _) in RULES.items()
        }
        false = {
            name: false_alarms(rule.alarms(background.quiet, thresholds[name]))
            for name, (rule, _) in RULES.items()
        }
        rows += [(f"{background.name}: {name}", f"{false[name]:.2f} false") for name in RULES]
        for size, bursts in background.bursts.items():
            rows.append((f"{background.name}, bursts of {size}", _about(bursts)))
            for name, (rule, ways) in RULES.items():
                told = lines(bursts, rule, thresholds[name], ways)
                rows += [(f"  {name}, {way}", figures) for way, figures in told]
    return rows


def backgrounds(data: Path, draws: int) -> list[Background]:
    """Return both; into each go cascades of any size above tenfold, and the smallest of those."""
    known = cascades(data)
    panels = {
        "hot search": [hot_search(data, slice(rank, None, 2), 2 * draws, rank) for rank in (0, 1)],
        "messages": [messages(data, 3 * draws, seed) for seed in (0, 1)],
    }
    return [
        Background(
            name,
            others,
            quiet,
            {size: injected(quiet, known, 5, most) for size, most in SIZES.items()},
        )
        for name, (others, quiet) in panels.items()
    ]


def lines(
    bursts: Injected, rule: Rule, threshold: float, ways: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the figures of a detector, one line for each way to look."""
    ends = found_at_end(bursts, rule.alarms(bursts.panel, threshold))
    told = []
    for way in ways:
        late = way == "at its end"
        at = ends if late else found_as_it_comes(bursts, rule, threshold, ends)
        told.append((way, _figures(bursts, at)))
    return told


def calibrated(panel: Panel, rule: Rule) -> float:
    """Return the most sensitive threshold with at most the accepted false alarms."""
    chosen = rule.thresholds[0]
    for threshold in rule.thresholds:
        if false_alarms(rule.alarms(panel, threshold)) > ACCEPTED:
            break
        chosen = threshold
    return chosen


def false_alarms(found: Sequence[Bins]) -> float:
    """Return how many there are a series-month; alarms within a day of each other are one."""
    total = 0
    for bins in found:
        ends = bins[bins[:, 0] >= LEARNED * DAY, 1]
        total += int((np.diff(ends, prepend=-np.inf) > DAY).sum())
    return total / (len(found) * SERIES_MONTHS)


def found_at_end(bursts: Injected, found: Sequence[Bins]) -> Moments:
    """Return the end of the first alarming bin that holds or follows each burst's beginning."""
    first = [
        min(bins[bins[:, 1] > start, 1], default=np.inf)
        for bins, start in zip(found, bursts.starts, strict=True)
    ]
    return np.array(first)


def found_as_it_comes(bursts: Injected, rule: Rule, threshold: float, ends: Moments) -> Moments:
    """Return the moment of the mention with which each burst alarms, by halving.

    Later mentions of a bin only add to its count, so a bin goes on alarming once it does.
    """
    said = bursts.panel.moments
    least = np.array([np.searchsorted(at, s) for at, s in zip(said, bursts.starts, strict=True)])
    most = np.array([np.searchsorted(at, end) for at, end in zip(said, ends, strict=True)]) - 1
    while (most > least).any():
        middle = (least + most) // 2
        now = np.array([at[n] for at, n in zip(said, middle, strict=True)])
        found = rule.alarms(cut(bursts.panel, now), threshold)
        hit = np.array(
            [
                bool(((bins[:, 1] > start) & (bins[:, 0] <= end)).any())
                for bins, start, end in zip(found, bursts.starts, now, strict=True)
            ]
        )
        most, least = np.where(hit, middle, most), np.where(hit, least, middle + 1)
        least = np.minimum(least, most)
    moments = np.array([at[n] for at, n in zip(said, most, strict=True)])
    return np.where(np.isfinite(ends), moments, np.inf)


def _figures(bursts: Injected, at: Moments) -> str:
    minutes, after = (at - bursts.starts) / 60.0, (at - bursts.tenfold) / 60.0
    shares = (f"{(minutes <= most).mean():.0%}" for most in (30, 60, 24 * 60))
    within = "/".join(shares)
    return f"{_quartiles(minutes)} min, {_quartiles(after)} from 10x, {within} in 30/60 min/a day"


def _quartiles(values: Moments) -> str:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75), method="inverted_cdf")
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"


def _about(bursts: Injected) -> str:
    minutes = (bursts.tenfold - bursts.starts) / 60.0
    return f"{len(minutes)} series; 10x is reached after {_quartiles(minutes)} min"


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1]), *map(int, sys.argv[2:])):
        print(f"{label:45} {value}", flush=True)
