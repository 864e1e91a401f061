"""Forecasts of real repost cascades, beside "the last hour goes on", on events held out.

The constants are learned again from the even events and printed beside the shipped ones; what is
measured are the shipped ones, on the odd events. `python -m tests.benchmarks.bench_forecast DATA`.
"""

import sys
from collections.abc import Iterator
from dataclasses import astuple
from pathlib import Path

import numpy as np
from scipy.stats import poisson

from nlp.surveillance.story.forecast import DECAYS, interval, mean_excess
from tests.benchmarks.forecast_fit import COVERED, Moments, cascades, fitted, moments

Rows = list[tuple[str, str]]


def run(data: Path) -> Rows:
    """Return the rows of the table."""
    events = cascades(data)
    horizons = tuple(sorted(DECAYS))
    halves = [[own for event, own in events.items() if event % 2 == part] for part in (0, 1)]
    taught, held = (moments(half, horizons) for half in halves)
    rows = [
        ("cascades learned from / held out", f"{len(halves[0]):,} / {len(halves[1]):,}"),
        ("moments learned from / held out", f"{taught.age.size:,} / {held.age.size:,}"),
    ]
    for hours in horizons:
        again = np.array(astuple(fitted(taught, hours)))
        shipped = np.array(astuple(DECAYS[hours]))
        rows.append((f"{hours} h: constants shipped", _told(shipped)))
        rows.append((f"{hours} h: learned again", _told(again)))
        rows.extend(measured(held, hours))
    return rows


def measured(held: Moments, hours: int) -> Iterator[tuple[str, str]]:
    """Yield coverage, tails, width and error on the events held out, ours and the naive one's."""
    came = held.came[hours]
    naive = held.last_hour * hours
    systems = {
        "tingyin": np.array(
            [
                interval(mean_excess(now, age, hours, DECAYS[hours]), 0.0, DECAYS[hours])
                for now, age in zip(held.rates, held.age, strict=True)
            ]
        ),
        "the last hour goes on": np.column_stack(
            [poisson.ppf(level, naive) for level in ((1 - COVERED) / 2, 0.5, (1 + COVERED) / 2)]
        ),
    }
    for name, found in systems.items():
        low, median, high = found.T
        inside = ((low <= came) & (came <= high)).mean()
        told = (
            f"80 % interval covers {inside:.1%}, below {(came < low).mean():.1%}, above "
            f"{(came > high).mean():.1%}; median error {np.abs(came - median).mean():.1f}, "
            f"median width {np.median(high - low):.0f}"
        )
        yield f"{hours} h: {name}", told
    yield f"{hours} h: posts that came", f"mean {came.mean():.1f}, median {np.median(came):.0f}"


def _told(constants: np.ndarray) -> str:
    return " ".join(f"{value:.3f}" for value in constants)


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1])):
        print(f"{label:<34}  {value}")
