"""How the constants of the forecast were learned: cascades to moments, moments to a decay."""

import csv
import io
import lzma
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.stats import nbinom

from nlp.surveillance.story.forecast import UNSEEN, Decay, rates

CASCADES = Path("ced-weibo-rumor") / "reposts_structure.tsv.xz"
AGES = (1, 2, 4, 8, 12, 24, 36, 48, 72)
LEAST_SEEN, LEAST_RECENT = 10, 3
COVERED = 0.8


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments of cascades: age, present rates, posts of the last hour, and what came after."""

    age: np.ndarray
    rates: np.ndarray
    last_hour: np.ndarray
    came: dict[int, np.ndarray]


def cascades(data: Path) -> dict[int, np.ndarray]:
    """Return the hours of the reposts of every event, ascending; negative ones left out."""
    found: dict[int, list[float]] = defaultdict(list)
    with lzma.open(data / CASCADES) as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8"), delimiter="\t"):
            if (seconds := int(row["t_sec"])) >= 0:
                found[int(row["event"])].append(seconds / 3600.0)
    return {event: np.sort(hours) for event, hours in found.items()}


def moments(events: list[np.ndarray], horizons: tuple[int, ...]) -> Moments:
    """Return the moments at which an alert would stand: ten posts so far, three in three hours."""
    rows = [
        (age, rates(age - past, age), (past > age - 1).sum(), _came(hours, age, horizons))
        for hours in events
        for age in AGES
        if (past := hours[hours <= age]).size >= LEAST_SEEN
        and (past > age - 3).sum() >= LEAST_RECENT
    ]
    ages, present, last, came = zip(*rows, strict=True)
    after = np.array(came)
    return Moments(
        np.array(ages, dtype=float),
        np.array(present),
        np.array(last),
        {horizon: after[:, n] for n, horizon in enumerate(horizons)},
    )


def fitted(seen: Moments, hours: int) -> Decay:
    """Return the constants of the highest likelihood, and the tail that covers 80 %."""
    latest, middle, day = np.log(seen.rates.T + UNSEEN)
    base = np.log(hours) + latest
    design = np.column_stack(
        [np.ones(base.size), middle - latest, day - latest, np.log(seen.age + 1)]
    )
    came = seen.came[hours]

    def loss(theta: np.ndarray) -> float:
        mean, size = _law(base + design @ theta[:4], theta[4:])
        return -nbinom.logpmf(came, size, size / (size + mean)).mean()

    theta = minimize(loss, [0.0, 0.3, 0.3, -0.3, 0.0, 0.0], method="L-BFGS-B").x
    mean, size = _law(base + design @ theta[:4], theta[4:])
    tails = np.linspace(0.05, 0.25, 101)
    covers = [_covered(came, mean, size, tail) for tail in tails]
    tail = tails[np.argmin(np.abs(np.array(covers) - COVERED))]
    return Decay(*(float(value) for value in (*theta, tail)))


def _came(hours: np.ndarray, age: int, horizons: tuple[int, ...]) -> list[int]:
    return [((hours > age) & (hours <= age + horizon)).sum() for horizon in horizons]


def _law(log_mean: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return np.exp(log_mean), np.exp(size[0] + size[1] * log_mean)


def _covered(came: np.ndarray, mean: np.ndarray, size: np.ndarray, tail: float) -> float:
    low, high = (nbinom.ppf(level, size, size / (size + mean)) for level in (tail, 1 - tail))
    return float(((low <= came) & (came <= high)).mean())
