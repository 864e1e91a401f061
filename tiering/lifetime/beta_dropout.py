"""Customers who may leave after each purchase, with a chance that follows a beta distribution.

BG/NBD and MBG/NBD share this. Purchases come at a rate from a gamma(shape, rate) distribution,
and after each the customer leaves with a chance p from beta(a, b). The papers write expectations
with the hypergeometric function 2F1, which cancels near a = 1 and fails for many purchases; here
they are means over p by Gauss-Jacobi quadrature, all of whose terms are positive.
"""

from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Floats
from tiering.errors import HistoryError
from tiering.lifetime.histories import Places

DIGITS = 30.0
"""The quadrature is cut where its error falls below exp(-DIGITS)."""
FEWEST, MOST = 24, 600
FARTHEST = 25_000.0
"""Largest horizon / rate: beyond it `MOST` nodes would leave an error of more than a millionth."""


@dataclass(frozen=True, slots=True, eq=False)
class Alive:
    """What is known of living customers: gamma(shape, rate) of the purchase rate, beta(a, b) of p.

    `b` and `shape` grow by one with every purchase, so rows with equal `b` share nodes.
    """

    shape: Floats
    rate: Floats
    a: float
    b: Floats


def expected_while_alive(known: Alive, horizon: float) -> Floats:
    """Return the expected purchases of each living customer in the next `horizon`.

    It is the mean of (1 - exp(-rate p t)) / p over both distributions; over the gamma it is
    (1 - (1 + p t / rate)^-shape) / p.

    Raises
    ------
    HistoryError
        The horizon is more than `FARTHEST` times the rate (alpha and the age of the customer).
    """
    _demand_reach(known, horizon)
    expected = np.empty(known.b.size)
    order = np.argsort(known.b, kind="stable")
    cuts = np.flatnonzero(np.diff(known.b[order])) + 1
    for places in np.split(order, cuts):
        if places.size:
            expected[places] = _of_one_b(known, horizon, places)
    return expected


def _demand_reach(known: Alive, horizon: float) -> None:
    least = float(known.rate.min(initial=np.inf))
    if horizon > FARTHEST * least:
        raise HistoryError(
            f"a horizon of {horizon:g} is more than {FARTHEST:,.0f} times alpha + age = {least:g}, "
            "far more than such a history tells; take a shorter horizon, or longer histories",
            f"预测期 {horizon:g} 超过 alpha 与时长之和 {least:g} 的 {FARTHEST:,.0f} 倍，"
            "历史不足以支撑；请缩短预测期或使用更长的历史",
        )


def _of_one_b(known: Alive, horizon: float, places: Places) -> Floats:
    shape, reach = known.shape[places], horizon / known.rate[places]
    count = _needed(float(reach.max()), float((shape * reach).max()))
    nodes, weights = beta_nodes(known.a, float(known.b[places[0]]), count)
    total = np.zeros(places.size)
    for node, weight in zip(nodes, weights, strict=True):
        total -= weight / node * np.expm1(-shape * np.log1p(node * reach))
    return total


def _needed(reach: float, fall: float) -> int:
    """Return how many nodes are needed: by the singularity at -1 / reach, and for exp(-fall p)."""
    if reach <= 0:
        return FEWEST
    apart = 1 + 2 / reach
    per_node = 2 * np.log(apart + np.sqrt(apart * apart - 1))
    asked = DIGITS / per_node + np.sqrt(DIGITS * fall) / 2 + 8
    return int(np.clip(np.ceil(asked), FEWEST, MOST))


def beta_nodes(a: float, b: float, count: int) -> tuple[Floats, Floats]:
    """Return nodes in (0, 1) and weights, which add up to 1, of the mean over beta(a, b).

    Golub and Welsch (1969) with the recurrence of the Jacobi polynomials on (0, 1), scaled so that
    no gamma function appears: nothing overflows for large b.
    """
    from scipy.linalg import eigh_tridiagonal

    n, total = np.arange(1.0, count), a + b
    twice = 2 * n + total - 2  # at n = 1 the general terms below may be 0 / 0
    middle = np.full(count, a / total)
    middle[1:] = 0.5 + (a - b) * (total - 2) / (2 * twice * (twice + 2))
    beside = np.full(count - 1, a * b / (total**2 * (total + 1)))
    m, above = n[1:], twice[1:]
    beside[1:] = m * (m + a - 1) * (m + b - 1) * (m + total - 2)
    beside[1:] /= above**2 * (above + 1) * (above - 1)
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.clip(nodes, np.finfo(float).tiny, 1.0), vectors[0] ** 2
