"""How many customers an experiment needs, and what it can see with those it has."""

from math import ceil, isfinite, sqrt
from statistics import NormalDist

from tiering.errors import ExperimentError

NORMAL = NormalDist()


def customers_for_shares(
    base: float, other: float, *, power: float = 0.8, level: float = 0.05, ratio: float = 1.0
) -> tuple[int, int]:
    """Return how many customers each group needs to tell two shares apart.

    The normal approximation with the pooled variance under "no difference" (Fleiss, Levin and
    Paik 2003, section 4.2, without continuity correction), two-sided.

    Parameters
    ----------
    base, other
        The share in the control group and the one that must not be missed, both inside 0 to 1.
    power, level
        How often it is found when it is there; how often found when it is not.
    ratio
        Customers in the treatment group for each one in the control group.

    Returns
    -------
    tuple[int, int]
        Customers of the control and the treatment group.

    Raises
    ------
    ExperimentError
        A share, the power, the level or the ratio is out of its range, or the shares are equal.

    >>> customers_for_shares(0.20, 0.25)
    (1094, 1094)
    """
    _demand_inside(base=base, other=other, power=power, level=level)
    _demand_ratio(ratio)
    _demand_some(other - base)
    pooled = (base + ratio * other) / (1 + ratio)
    null = NORMAL.inv_cdf(1 - level / 2) * sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    real = NORMAL.inv_cdf(power) * sqrt(base * (1 - base) + other * (1 - other) / ratio)
    needed = ((null + real) / (other - base)) ** 2
    return ceil(needed), ceil(needed * ratio)


def power_of_shares(
    base: float, other: float, customers: tuple[int, int], *, level: float = 0.05
) -> float:
    """Return how often the difference of two shares is found with so many customers.

    Raises
    ------
    ExperimentError
        A share or the level is out of its range, or a group has nobody.
    """
    _demand_inside(base=base, other=other, level=level)
    _demand_customers(customers)
    control, treated = customers
    pooled = (base * control + other * treated) / (control + treated)
    null = sqrt(pooled * (1 - pooled) * (1 / control + 1 / treated))
    real = sqrt(base * (1 - base) / control + other * (1 - other) / treated)
    return NORMAL.cdf((abs(other - base) - NORMAL.inv_cdf(1 - level / 2) * null) / real)


def customers_for_means(
    difference: float,
    deviation: float,
    *,
    power: float = 0.8,
    level: float = 0.05,
    ratio: float = 1.0,
) -> tuple[int, int]:
    """Return how many customers each group needs to tell two means apart (Student's t).

    Parameters
    ----------
    difference
        Of the means, that must not be missed.
    deviation
        Standard deviation of the metric among customers; with CUPED, times the square root of
        what of the variance remains.
    power, level, ratio
        As in `customers_for_shares`.

    Raises
    ------
    ExperimentError
        A figure is out of its range.
    """
    from statsmodels.stats.power import TTestIndPower

    _demand_inside(power=power, level=level)
    _demand_ratio(ratio)
    effect = _effect(difference, deviation)
    # the solver starts from 2 customers and finds none where 2 are already enough
    if power_of_means(difference, deviation, (2, max(2, ceil(2 * ratio))), level=level) >= power:
        return 2, max(2, ceil(2 * ratio))
    needed = float(
        TTestIndPower().solve_power(effect_size=effect, power=power, alpha=level, ratio=ratio)
    )
    return ceil(needed), ceil(needed * ratio)


def power_of_means(
    difference: float, deviation: float, customers: tuple[int, int], *, level: float = 0.05
) -> float:
    """Return how often the difference of two means is found with so many customers.

    Raises
    ------
    ExperimentError
        A figure is out of its range, or a group has fewer than two customers.
    """
    from statsmodels.stats.power import TTestIndPower

    _demand_inside(level=level)
    _demand_customers(customers, fewest=2)
    control, treated = customers
    effect = _effect(difference, deviation)
    return float(TTestIndPower().power(effect, control, level, ratio=treated / control))


def _effect(difference: float, deviation: float) -> float:
    _demand_some(difference)
    if not (isfinite(deviation) and deviation > 0):
        raise ExperimentError(
            f"deviation {deviation:g} must be above 0: the standard deviation among customers",
            f"标准差 {deviation:g} 须大于 0，即顾客之间的标准差",
        )
    return abs(difference) / deviation


def _demand_some(difference: float) -> None:
    if not isfinite(difference) or difference == 0:
        raise ExperimentError(
            f"difference {difference:g}: name the smallest that must not be missed, not 0",
            f"差异 {difference:g}：请给出不可错过的最小差异，不能为 0",
        )


def _demand_inside(**figures: float) -> None:
    for name, figure in figures.items():
        if not 0 < figure < 1:
            raise ExperimentError(
                f"{name} {figure:g} must lie between 0 and 1, such as 0.1",
                f"{name} {figure:g} 须在 0 与 1 之间，例如 0.1",
            )


def _demand_ratio(ratio: float) -> None:
    if not (isfinite(ratio) and ratio > 0):
        raise ExperimentError(
            f"ratio {ratio:g} must be above 0, such as 1 for groups of equal size",
            f"比例 {ratio:g} 须大于 0，例如 1 表示两组人数相等",
        )


def _demand_customers(customers: tuple[int, int], fewest: int = 1) -> None:
    if min(customers) < fewest:
        raise ExperimentError(
            f"customers {customers}: each group needs at least {fewest}",
            f"人数 {customers}：每组至少 {fewest} 位",
        )
