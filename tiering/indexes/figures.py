"""Figures of an account over a period: none below 0, days at least one."""

from collections.abc import Mapping
from math import isfinite

from tiering.errors import IndexFigureError


def demand_counts(**figures: float) -> None:
    """Raise where a count or mean is below 0 or no finite number.

    Raises
    ------
    IndexFigureError
        Names the figure, its value and what is allowed.
    """
    _demand(figures, 0.0)


def demand_periods(**figures: float) -> None:
    """Raise where a number of days or articles, by which is divided, is below 1.

    Raises
    ------
    IndexFigureError
        As for `demand_counts`.
    """
    _demand(figures, 1.0)


def _demand(figures: Mapping[str, float], least: float) -> None:
    for name, value in figures.items():
        if not (isfinite(value) and value >= least):
            raise IndexFigureError(
                f"{name} is {value!r}; it must be a finite number of at least {least:g}",
                f"{name} 为 {value!r}；须为不小于 {least:g} 的有限数字",
            )
