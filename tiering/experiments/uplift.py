"""Whom to treat: uplift along a score, with Qini and the area under the uplift curve.

Customers were treated or not by lot. Best score first, the gain of treating the best share q is
q times the uplift among them; a line from 0 to the uplift of all is what a random order gains.
`area` (AUUC) is the area under the gains, `qini` that area above the random line, both per
customer in the unit of the outcome. That is the Qini of `econml.validate.DRTester`, sum over q of
q (uplift of the best q - uplift of all), with the difference of means for its doubly robust
outcomes. Radcliffe 2007, Using control groups to target on predicted lift.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp import evaluation
from nlp.evaluation import Floats
from tiering.arrays import demand_alike, equal_groups, finite
from tiering.errors import ExperimentError
from tiering.experiments.difference import Difference, compared, mean_of

FEWEST_EACH = 10
"""Treated and untreated customers that there must be to speak of uplift at all."""


@dataclass(frozen=True, slots=True)
class UpliftGroup:
    """Customers of neighbouring scores, the best first; no difference where an arm has below 2."""

    number: int
    treated: int
    untreated: int
    least: float
    most: float
    found: Difference | None


@dataclass(frozen=True, slots=True, eq=False)
class Uplift:
    """Uplift along a score.

    `shares` and `gains` are the curve: the gain per customer of all when the best share is
    treated. Intervals are 95 %, by the bootstrap over customers; `beats_random` is whether the
    interval of `qini` lies above 0.
    """

    all: Difference
    groups: tuple[UpliftGroup, ...]
    shares: Floats
    gains: Floats
    area: float
    area_interval: tuple[float, float]
    qini: float
    qini_interval: tuple[float, float]

    def beats_random(self) -> bool:
        """Return whether the score orders customers by uplift better than a lot would."""
        return self.qini_interval[0] > 0


def uplift(
    scores: Sequence[float] | Floats,
    treated: Sequence[bool] | npt.NDArray[np.bool_],
    outcomes: Sequence[float] | Floats,
    *,
    groups: int = 10,
    draws: int = 500,
    seed: int = 1,
) -> Uplift:
    """Return the uplift of a treatment along a score.

    Parameters
    ----------
    scores
        Higher means treated first; equal scores are treated together.
    treated
        By lot, whether each customer was treated.
    outcomes
        What each did later: 1 for who came back, or fen.
    groups
        Of equal size, along the score; a group never parts equal scores, so there may be fewer.
    draws, seed
        Of the bootstrap; time and memory grow with customers times draws.

    Raises
    ------
    ExperimentError
        Columns differ in length or are not finite, or there are fewer than ten of an arm.
    """
    demand_alike(ExperimentError, scores=scores, treated=treated, outcomes=outcomes)
    score, outcome = finite("scores", scores), finite("outcomes", outcomes)
    arm = np.asarray(treated, dtype=bool)
    _demand_arms(arm)
    order = np.argsort(-score, kind="stable")
    score, outcome, arm = score[order], outcome[order], arm[order]
    curve = _Curve(outcome, arm, np.flatnonzero(np.diff(score, append=np.nan) != 0))
    weights = np.ones((1, len(score)))
    area, qini = (float(of(weights)[0]) for of in (curve.area, curve.qini))
    shares, gains = curve.points(weights)
    return Uplift(
        compared(mean_of(outcome[~arm]), mean_of(outcome[arm])),
        tuple(_groups(score, arm, outcome, groups)),
        shares[0],
        gains[0],
        area,
        evaluation.bootstrap(curve.area, len(score), draws, seed),
        qini,
        evaluation.bootstrap(curve.qini, len(score), draws, seed),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """The gains of weighted customers, best first; `ends` are the last of each equal score."""

    outcome: Floats
    arm: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.intp]

    def points(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return shares and gains (draws, points + 1), from (0, 0) on."""
        whole = np.cumsum(weights, axis=1)[:, self.ends]
        shares = whole / whole[:, -1:]
        means = [self._mean(weights * of) for of in (self.arm, ~self.arm)]
        gains = shares * (means[0] - means[1])
        start = np.zeros((len(weights), 1))
        return np.hstack([start, shares]), np.hstack([start, gains])

    def _mean(self, weights: Floats) -> Floats:
        """Return the running mean of the outcome of one arm; 0 before its first customer."""
        counted = np.cumsum(weights, axis=1)[:, self.ends]
        total = np.cumsum(weights * self.outcome, axis=1)[:, self.ends]
        return np.divide(total, counted, out=np.zeros_like(total), where=counted > 0)

    def area(self, weights: Floats) -> Floats:
        """Return the area under the gains (draws,)."""
        shares, gains = self.points(weights)
        return np.asarray(np.trapezoid(gains, shares, axis=1))

    def qini(self, weights: Floats) -> Floats:
        """Return the area above the line of a random order (draws,)."""
        shares, gains = self.points(weights)
        return np.asarray(np.trapezoid(gains, shares, axis=1) - gains[:, -1] / 2)


def _groups(
    score: Floats, arm: npt.NDArray[np.bool_], outcome: Floats, groups: int
) -> list[UpliftGroup]:
    made = []
    for number, rows in enumerate(equal_groups(score, groups)):
        parts = [outcome[rows][of] for of in (~arm[rows], arm[rows])]
        enough = min(map(len, parts)) > 1
        found = compared(mean_of(parts[0]), mean_of(parts[1])) if enough else None
        untreated, treated = map(len, parts)
        made.append(
            UpliftGroup(
                number + 1,
                treated,
                untreated,
                float(score[rows].min()),
                float(score[rows].max()),
                found,
            )
        )
    return made


def _demand_arms(arm: npt.NDArray[np.bool_]) -> None:
    counts = int((~arm).sum()), int(arm.sum())
    if min(counts) < FEWEST_EACH:
        raise ExperimentError(
            f"{counts[0]} untreated and {counts[1]} treated customers: each needs {FEWEST_EACH}",
            f"未干预 {counts[0]} 位、干预 {counts[1]} 位：每组至少 {FEWEST_EACH} 位",
        )
