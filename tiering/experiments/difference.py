"""The difference of two groups with its interval: of means, of shares, of ratios."""

from dataclasses import dataclass, replace
from math import isfinite, nan, sqrt
from statistics import NormalDist

import numpy as np

from nlp import evaluation
from nlp.evaluation import Floats
from tiering.errors import ExperimentError

NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of one group with the variance of its error, from so many customers."""

    figure: float
    variance: float
    customers: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Treatment minus control.

    `low` and `high` are the interval of the difference, `p` is two-sided; `relative` is the
    difference as a share of the control's figure, with an interval by Fieller's theorem; its ends
    are nan where the control's figure cannot be told from 0. `method` is `welch`, `newcombe`,
    `delta`, or one of these and `anytime`.
    """

    control: Estimate
    treatment: Estimate
    difference: float
    low: float
    high: float
    p: float
    relative: float
    relative_low: float
    relative_high: float
    method: str


def mean_of(values: Floats) -> Estimate:
    """Return the mean of a group of at least two customers.

    Raises
    ------
    ExperimentError
        There are fewer.
    """
    _demand_two(len(values))
    return Estimate(float(values.mean()), float(values.var(ddof=1)) / len(values), len(values))


def ratio_of(values: Floats, per: Floats) -> Estimate:
    """Return the sum of one measure over the sum of another, as fen per order.

    Customers were drawn, not orders: the variance is that of the ratio of two means by the delta
    method (Deng, Knoblich and Lu 2018, Applying the delta method in metric analytics, eq. 4).

    Raises
    ------
    ExperimentError
        There are fewer than two customers, or what it is divided by is 0 for all together.
    """
    _demand_two(len(values))
    below = float(per.mean())
    if below == 0:
        raise ExperimentError(
            "a ratio is divided by 0: nobody of a group has any of its second measure",
            "比率的分母为 0：某一组中无人有该指标的第二项",
        )
    ratio = float(values.mean()) / below
    linear = (values - ratio * per) / below
    return Estimate(ratio, float(linear.var(ddof=1)) / len(values), len(values))


def compared(
    control: Estimate, treatment: Estimate, level: float = 0.05, method: str = "welch"
) -> Difference:
    """Return the difference of two estimates, by Welch's t test.

    Where neither group varies, the interval has no width, and p is 1 or 0.
    """
    from scipy.stats import t

    difference = treatment.figure - control.figure
    error = sqrt(control.variance + treatment.variance)
    if error == 0:
        p, half, quantile = float(difference == 0), 0.0, 0.0
    else:
        freedom = _freedom(control, treatment)
        quantile = float(t.ppf(1 - level / 2, freedom))
        p, half = float(2 * t.sf(abs(difference) / error, freedom)), quantile * error
    low, high = difference - half, difference + half
    return Difference(
        control,
        treatment,
        difference,
        low,
        high,
        p,
        *_fieller(control, treatment, quantile),
        method,
    )


def shares_compared(
    control: tuple[int, int], treatment: tuple[int, int], level: float = 0.05
) -> Difference:
    """Return the difference of two shares (successes, customers).

    The interval is Newcombe's (1998, Statistics in Medicine 17: 873-890, method 10); p is of the
    score test with the pooled share, which is the chi-square without correction.

    Raises
    ------
    ExperimentError
        A group has nobody.
    """
    (hits, trials), (hits_treated, trials_treated) = control, treatment
    if not trials or not trials_treated:
        _demand_two(0)
    z = NORMAL.inv_cdf(1 - level / 2)
    base, other = hits / trials, hits_treated / trials_treated
    low, high = evaluation.wilson(hits, trials, z)
    low_treated, high_treated = evaluation.wilson(hits_treated, trials_treated, z)
    down = sqrt((other - low_treated) ** 2 + (high - base) ** 2)
    up = sqrt((high_treated - other) ** 2 + (base - low) ** 2)
    first = Estimate(base, base * (1 - base) / trials, trials)
    second = Estimate(other, other * (1 - other) / trials_treated, trials_treated)
    difference = other - base
    return Difference(
        first,
        second,
        difference,
        difference - down,
        difference + up,
        _score_p(first, second),
        *_fieller(first, second, z),
        "newcombe",
    )


def with_quantile(found: Difference, quantile: float) -> Difference:
    """Return a difference with intervals of so many standard errors to each side."""
    half = quantile * sqrt(found.control.variance + found.treatment.variance)
    relative, low, high = _fieller(found.control, found.treatment, quantile)
    return replace(
        found,
        low=found.difference - half,
        high=found.difference + half,
        relative=relative,
        relative_low=low,
        relative_high=high,
        method=f"{found.method} anytime",
    )


def _score_p(control: Estimate, treatment: Estimate) -> float:
    total = control.customers + treatment.customers
    pooled = sum(each.figure * each.customers for each in (control, treatment)) / total
    error = sqrt(pooled * (1 - pooled) * (1 / control.customers + 1 / treatment.customers))
    if error == 0:  # nobody, or everybody, in both
        return 1.0
    return 2 * NORMAL.cdf(-abs(treatment.figure - control.figure) / error)


def _freedom(control: Estimate, treatment: Estimate) -> float:
    """Return Satterthwaite's degrees of freedom."""
    parts = [(each.variance, each.customers) for each in (control, treatment)]
    whole = sum(variance for variance, _ in parts)
    return float(whole**2 / sum(variance**2 / (n - 1) for variance, n in parts))


def _fieller(control: Estimate, treatment: Estimate, z: float) -> tuple[float, float, float]:
    """Return the relative difference with Fieller's interval (1954), of independent groups."""
    if control.figure == 0:
        return nan, nan, nan
    relative = treatment.figure / control.figure - 1
    first = control.figure**2 - z**2 * control.variance
    last = treatment.figure**2 - z**2 * treatment.variance
    middle = treatment.figure * control.figure
    root = middle**2 - first * last
    if first <= 0 or root < 0 or not isfinite(root):
        return relative, nan, nan
    ends = sorted((middle + sign * sqrt(root)) / first - 1 for sign in (-1, 1))
    return relative, ends[0], ends[1]


def _demand_two(customers: int) -> None:
    if customers < 2:
        raise ExperimentError(
            f"a group has {customers} customers with an outcome; it takes two at least",
            f"某组仅有 {customers} 位顾客有结果；至少需要两位",
        )


def share_counts(values: Floats) -> tuple[int, int]:
    """Return (successes, customers) of values above 0."""
    return int(np.count_nonzero(values > 0)), len(values)
