"""How well a score foretold what came later: deciles with lift and gains, Gini, its best possible.

Customers stand in the order of the score, the best first; the gains curve is what share of the
outcome the best share of customers brought. Gini is twice the area between it and the line of a
random order; divided by that of the outcome's own order (the best there can be) it is normalised:
1 foretells the order perfectly, 0 as a lot, below 0 the wrong way round. Equal scores have no
order among them: the curve runs straight through them. The normalised Gini is what Wang, Liu and
Miao 2019 (arXiv 1912.07753) compare values of customers by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp import evaluation
from nlp.evaluation import Floats
from tiering.arrays import demand_alike, equal_groups, finite
from tiering.errors import LiftError

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class LiftGroup:
    """Customers of neighbouring scores, the best first.

    `mean` is their mean outcome with its interval, `lift` that over the mean of all. `share` is
    how much of the whole outcome they brought and `gains` what they and the better ones did.
    """

    number: int
    customers: int
    least: float
    most: float
    mean: float
    mean_interval: Ends
    lift: float
    share: float
    gains: float


@dataclass(frozen=True, slots=True)
class Lift:
    """A score against a later outcome; intervals are 95 %, by the bootstrap over customers.

    `top` is the share of the outcome that the best tenth brought (equal scores at its edge in
    part), `top_best` what it is at best. Figures are nan where nobody had any outcome, and the
    ginis too where all had the same.
    """

    customers: int
    mean: float
    groups: tuple[LiftGroup, ...]
    gini: float
    gini_best: float
    normalised: float
    normalised_interval: Ends
    top: float
    top_interval: Ends
    top_best: float


def lift(
    scores: Sequence[float] | Floats,
    outcomes: Sequence[float] | Floats,
    *,
    groups: int = 10,
    draws: int = 500,
    seed: int = 1,
) -> Lift:
    """Return how well a score foretold an outcome.

    Parameters
    ----------
    scores
        As of a day, higher is better.
    outcomes
        After that day: 1 for who bought, or fen; 0 or more.
    groups
        Of about equal size; equal scores stay together, so there may be fewer.
    draws, seed
        Of the bootstrap.

    Raises
    ------
    LiftError
        Columns differ in length, are empty or not finite, or an outcome is negative.
    """
    demand_alike(LiftError, scores=scores, outcomes=outcomes)
    score, outcome = finite("scores", scores, LiftError), finite("outcomes", outcomes, LiftError)
    if (outcome < 0).any():
        raise LiftError(
            f"an outcome is {outcome.min():g}; shares of a whole need outcomes of 0 or more",
            f"结果中有 {outcome.min():g}；计算占比要求结果不小于 0",
        )
    if not 1 <= groups <= len(score):
        raise LiftError(
            f"{groups} groups of {len(score)} customers: give from 1 to {len(score)}",
            f"{len(score)} 位顾客分 {groups} 组：须为 1 至 {len(score)}",
        )
    order = np.argsort(-score, kind="stable")
    score, outcome = score[order], outcome[order]
    own = np.argsort(-outcome, kind="stable")
    curve, best = _Gains.of(score, outcome), _Gains.of(outcome[own], outcome[own])
    once = np.ones((1, len(score)))
    gini, gini_best = (float(each.gini(once)[0]) for each in (curve, best))

    def normalised(weights: Floats) -> Floats:
        return _over(curve.gini(weights), best.gini(weights[:, own]))

    return Lift(
        len(score),
        float(outcome.mean()),
        tuple(_groups(score, outcome, groups, draws, seed)),
        gini,
        gini_best,
        float(normalised(once)[0]),
        evaluation.bootstrap(normalised, len(score), draws, seed),
        float(curve.top(once)[0]),
        evaluation.bootstrap(curve.top, len(score), draws, seed),
        float(best.top(once)[0]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Gains:
    """The gains of weighted customers, best first; `ends` are the last of each equal score."""

    outcome: Floats
    ends: npt.NDArray[np.intp]

    @staticmethod
    def of(score: Floats, outcome: Floats) -> "_Gains":
        return _Gains(outcome, np.flatnonzero(np.diff(score, append=np.nan) != 0))

    def points(self, weights: Floats) -> tuple[Floats, Floats]:
        """Return shares of customers and of the outcome (draws, points + 1), from (0, 0) on."""
        start = np.zeros((len(weights), 1))
        sums = [np.cumsum(each, axis=1)[:, self.ends] for each in (weights, weights * self.outcome)]
        people, brought = (np.hstack([start, _over(each, each[:, -1:])]) for each in sums)
        return people, brought

    def gini(self, weights: Floats) -> Floats:
        """Return the Gini coefficient (draws,), from -1 to 1."""
        people, brought = self.points(weights)
        return np.asarray(2 * np.trapezoid(brought, people, axis=1) - 1)

    def top(self, weights: Floats, share: float = 0.1) -> Floats:
        """Return what the best share of customers brought (draws,)."""
        people, brought = self.points(weights)
        return np.array([np.interp(share, *pair) for pair in zip(people, brought, strict=True)])


def _over(part: Floats, whole: Floats) -> Floats:
    """Return part over whole, nan where the whole is nothing but rounding."""
    empty = np.full(np.broadcast(part, whole).shape, np.nan)
    return np.asarray(np.divide(part, whole, out=empty, where=np.abs(whole) > 1e-12))


def _groups(score: Floats, outcome: Floats, groups: int, draws: int, seed: int) -> list[LiftGroup]:
    whole, mean, before = float(outcome.sum()), float(outcome.mean()), 0.0
    made = []
    for number, rows in enumerate(equal_groups(score, groups)):
        part = outcome[rows]
        share = float(part.sum()) / whole if whole else float("nan")
        before += share
        made.append(
            LiftGroup(
                number + 1,
                len(part),
                float(score[rows].min()),
                float(score[rows].max()),
                float(part.mean()),
                _mean_interval(part, draws, seed),
                float(part.mean()) / mean if mean else float("nan"),
                share,
                before,
            )
        )
    return made


def _mean_interval(part: Floats, draws: int, seed: int) -> Ends:
    """Return Wilson's interval of a share, the bootstrap's of any other mean."""
    if np.isin(part, (0, 1)).all():
        return evaluation.wilson(float(part.sum()), len(part))
    return evaluation.bootstrap(evaluation.mean_of(part), len(part), draws, seed)
