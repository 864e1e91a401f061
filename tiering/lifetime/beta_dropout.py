"""Customers who may leave after each purchase, with a chance that follows a beta distribution.

BG/NBD and MBG/NBD share this. Purchases come at a rate from a gamma(shape, rate) distribution,
and after each the customer leaves with a chance p from beta(a, b). The papers write expectations
with the hypergeometric function 2F1, which cancels near a = 1 and fails for many purchases; here
they are means over p by Gauss-Jacobi quadrature, all of whose terms are positive.
"""

from dataclasses import dataclass

import numpy as np

from tiering.lifetime.histories import Floats

DIGITS = 30.0
"""The quadrature is cut where its error falls below exp(-DIGITS)."""
FEWEST, MOST = 24, 400


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
    """
    expected = np.empty(known.b.size)
    order = np.argsort(known.b, kind="stable")
    cuts = np.flatnonzero(np.diff(known.b[order])) + 1
    for places in np.split(order, cuts):
        if places.size:
            expected[places] = _of_one_b(known, horizon, places)
    return expected


def _of_one_b(known: Alive, horizon: float, places: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    shape, reach = known.shape[places], horizon / known.rate[places]
    largest = float(reach.max())
    nodes, weights = beta_nodes(known.a, float(known.b[places[0]]), _needed(largest))
    total = np.zeros(places.size)
    for node, weight in zip(nodes, weights, strict=True):
        total -= weight / node * np.expm1(-shape * np.log1p(node * reach))
    return total


def _needed(reach: float) -> int:
    """Return how many nodes a function with a singularity at -1 / reach asks for."""
    if reach <= 0:
        return FEWEST
    apart = 1 + 2 / reach
    per_node = 2 * np.log(apart + np.sqrt(apart * apart - 1))
    return int(np.clip(np.ceil(DIGITS / per_node) + 8, FEWEST, MOST))


def beta_nodes(a: float, b: float, count: int) -> tuple[Floats, Floats]:
    """Return nodes in (0, 1) and weights, which add up to 1, of the mean over beta(a, b).

    Golub and Welsch (1969) with the recurrence of the Jacobi polynomials on (0, 1), scaled so that
    no gamma function appears: nothing overflows for large b.
    """
    from scipy.linalg import eigh_tridiagonal

    n = np.arange(1.0, count)
    total = a + b
    middle = np.empty(count)
    middle[0] = a / total
    twice = 2 * n + total - 2
    middle[1:] = 0.5 + (a - b) * (total - 2) / (2 * twice * (twice + 2))
    twice[0] = total
    beside = n * (n + a - 1) * (n + b - 1) * (n + total - 2) / (twice**2 * (twice + 1) * (twice - 1))
    beside[0] = a * b / (total**2 * (total + 1))
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.clip(nodes, np.finfo(float).tiny, 1.0), vectors[0] ** 2
