"""The models of purchases by name, and how each is fitted."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np

from tiering.errors import FitError
from tiering.lifetime.bgnbd import BgNbd
from tiering.lifetime.fitting import Fit, fit_rows
from tiering.lifetime.gammagamma import GammaGamma, Spends
from tiering.lifetime.histories import Floats, Histories, merged
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

    def expected_from_new(self, horizon: float, /) -> float:
        """Return the expected repeat purchases of a new customer in the first `horizon`."""
        ...


MODELS: Mapping[str, type[PurchaseModel]] = MappingProxyType(
    {"bg-nbd": BgNbd, "mbg-nbd": MbgNbd, "pareto-nbd": ParetoNbd}
)


def fit_purchases(name: str, rows: Histories) -> Fit[PurchaseModel]:
    """Return the named model fitted to the histories; equal rows are merged first.

    Raises
    ------
    FitError
        The name is none of `MODELS`, nobody bought twice, or no optimum was found.
    """
    if name not in MODELS:
        known = ", ".join(MODELS)
        raise FitError(
            f"no model {name!r}; take one of {known}", f"没有模型 {name!r}；可用的为 {known}"
        )
    _demand_repeats(rows)
    once, _ = merged(rows)
    return fit_rows(MODELS[name], once, _starts(name, once))


def fit_spend(count: Floats, mean: Floats, weights: Floats | None = None) -> Fit[GammaGamma]:
    """Return the Gamma-Gamma model of mean spends; rows without count or spend are left out.

    Raises
    ------
    FitError
        Fewer than two customers have a repeat purchase with a spend above 0, or no optimum.
    """
    held = np.ones(count.size) if weights is None else weights
    used = (count > 0) & (mean > 0)
    rows = Spends(count[used], mean[used], held[used])
    if rows.mean.size < 2 or float(np.ptp(rows.mean)) == 0:
        raise FitError(
            f"spend cannot be fitted to {rows.mean.size} repeat customers with "
            f"{np.unique(rows.mean).size} different mean spends; give at least two different ones",
            f"{rows.mean.size} 个复购客户、{np.unique(rows.mean).size} 种平均消费额无法拟合；"
            "请至少提供两种不同的金额",
        )
    middle = float(np.average(rows.mean, weights=rows.weights))
    starts = ((2.0, 3.0, middle), (6.0, 4.0, middle / 2), (1.0, 10.0, 5 * middle))
    return fit_rows(GammaGamma, rows, starts)


def _demand_repeats(rows: Histories) -> None:
    repeated = float(rows.weights[rows.frequency > 0].sum())
    if repeated == 0:
        raise FitError(
            f"none of {rows.weights.sum():.0f} customers bought a second time, so that nothing "
            "tells how often they come back; take a longer window or more customers",
            f"{rows.weights.sum():.0f} 个客户均无复购，无法得知回购频率；请延长观察期或增加客户",
        )


def _starts(name: str, rows: Histories) -> list[tuple[float, float, float, float]]:
    """Return starts by the length of the window: alpha and beta are in units of time."""
    age = float(np.average(rows.age, weights=rows.weights)) or 1.0
    if name == "pareto-nbd":
        return [(0.5, age / 3, 0.5, age / 3), (2.0, age, 1.0, age)]
    return [(0.5, age / 3, 1.0, 2.5), (2.0, age, 0.5, 1.0)]
