"""The models of purchases by name, and how each is fitted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from nlp.evaluation import Floats
from tiering.errors import FitError
from tiering.lifetime.bgnbd import BgNbd
from tiering.lifetime.fitting import Fit, fit_rows
from tiering.lifetime.gammagamma import GammaGamma, Spends
from tiering.lifetime.histories import Histories, merged
from tiering.lifetime.mbgnbd import MbgNbd
from tiering.lifetime.paretonbd import ParetoNbd


class PurchaseModel(Protocol):
    """How often customers buy, and whether they still do; times in the unit of the histories."""

    def likelihood(self, rows: Histories, /) -> tuple[Floats, Floats]:
        """Return the log likelihood of each row, and its slopes (parameters, rows)."""
        ...

    def p_alive(self, rows: Histories, /) -> Floats:
        """Return the probability that each customer has not left by the end of the window."""
        ...

    def expected_purchases(self, rows: Histories, horizon: float, /) -> Floats:
        """Return the expected purchases of each customer in the next `horizon`."""
        ...

    def p_no_purchase(self, rows: Histories, horizon: float, /) -> Floats:
        """Return the probability that each customer buys nothing in the next `horizon`."""
        ...

    def expected_from_new(self, horizon: float, /) -> float:
        """Return the expected repeat purchases of a new customer in the first `horizon`."""
        ...


MODELS: Mapping[str, type[PurchaseModel]] = MappingProxyType(
    {"bg-nbd": BgNbd, "mbg-nbd": MbgNbd, "pareto-nbd": ParetoNbd}
)


def fit_purchases(
    name: str, rows: Histories, *, pull: float = 0.0, least_repeaters: int = 1
) -> Fit[PurchaseModel]:
    """Return the named model fitted to the histories; equal rows are merged first.

    `pull` is the precision of a prior on the log parameters (see `fitting.fit_rows`); 0 is plain
    maximum likelihood, which needs many customers: of a few hundred, one parameter often runs
    away.

    Raises
    ------
    FitError
        The name is none of `MODELS`, fewer than `least_repeaters` customers bought a second time,
        or no optimum was found.
    """
    if name not in MODELS:
        known = ", ".join(MODELS)
        raise FitError(
            f"no model {name!r}; take one of {known}", f"没有模型 {name!r}；可用的为 {known}"
        )
    _demand_repeaters(rows, least_repeaters)
    once, _ = merged(rows)
    return fit_rows(MODELS[name], once, _starts(name, once), pull)


def fit_spend(
    count: Floats, mean: Floats, weights: Floats | None = None, *, pull: float = 0.0
) -> Fit[GammaGamma]:
    """Return the Gamma-Gamma model of mean spends; rows without count or spend are left out.

    Raises
    ------
    FitError
        Fewer than two customers have a count and a spend above 0, all spend the same, or no
        optimum was found.
    """
    held = np.ones(count.size) if weights is None else weights
    used = (count > 0) & (mean > 0)
    rows = Spends(count[used], mean[used], held[used])
    if rows.mean.size < 2 or float(np.ptp(rows.mean)) == 0:
        raise FitError(
            f"spend cannot be fitted to {rows.mean.size} customers with "
            f"{np.unique(rows.mean).size} different mean spends; give at least two different ones",
            f"{rows.mean.size} 个客户、{np.unique(rows.mean).size} 种平均消费额无法拟合；"
            "请至少提供两种不同的金额",
        )
    middle = float(np.average(rows.mean, weights=rows.weights))
    starts = ((2.0, 3.0, middle), (6.0, 4.0, middle / 2), (1.0, 10.0, 5 * middle))
    return fit_rows(GammaGamma, rows, starts, pull)


def _demand_repeaters(rows: Histories, least: int) -> None:
    repeated, customers = rows.weights[rows.frequency > 0].sum(), rows.weights.sum()
    if repeated < least:
        raise FitError(
            f"of {customers:.0f} customers {repeated:.0f} bought a second time, {least} must have, "
            "so that something tells how often they come back; take a longer window or more "
            "customers",
            f"{customers:.0f} 个客户中仅 {repeated:.0f} 个有复购，至少须 {least} 个，"
            "否则无法得知回购频率；请延长观察期或增加客户",
        )


def _starts(name: str, rows: Histories) -> list[tuple[float, float, float, float]]:
    """Return starts by the length of the window: alpha and beta are in units of time."""
    age = float(np.average(rows.age, weights=rows.weights)) or 1.0
    if name == "pareto-nbd":
        return [(0.5, age / 3, 0.5, age / 3), (2.0, age, 1.0, age)]
    return [(0.5, age / 3, 1.0, 2.5), (2.0, age, 0.5, 1.0)]
