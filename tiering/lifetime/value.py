"""What a customer will be worth: expected purchases, discounted, times the expected spend."""

import numpy as np

from nlp.evaluation import Floats
from tiering.lifetime.gammagamma import GammaGamma
from tiering.lifetime.histories import Histories
from tiering.lifetime.models import PurchaseModel
from tiering.lifetime.settings import Horizon
from tiering.lifetime.summary import Customers

NODES = 8
"""Gauss-Legendre nodes over the horizon: expected purchases are very smooth in time."""


def discounted_purchases(model: PurchaseModel, rows: Histories, horizon: Horizon) -> Floats:
    """Return expected purchases within the horizon, each counted by its discount.

    Model and rows must be in days. The integral of exp(-force u) dE(u) is E(t) exp(-force t) plus
    the force times the integral of E(u) exp(-force u); without a discount it is E(t).
    """
    force, days = horizon.daily_force(), horizon.days
    discounted: Floats = np.exp(-force * days) * model.expected_purchases(rows, days)
    if force == 0:
        return discounted
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    for node, weight in zip((1 + nodes) * days / 2, weights * days / 2, strict=True):
        share = weight * force * np.exp(-force * node)
        discounted = discounted + share * model.expected_purchases(rows, float(node))
    return discounted


def expected_spend(model: GammaGamma, customers: Customers, last_share: float) -> Floats:
    """Return the expected fen of a purchase, see `LifetimeSettings.last_share`.

    Raises
    ------
    FitError
        The mean of all customers does not exist.
    """
    counts = customers.rows.frequency + 1
    typical = model.mean_spend(counts, customers.mean_spend())
    expected: Floats = (1 - last_share) * typical + last_share * customers.last_spend
    return expected
