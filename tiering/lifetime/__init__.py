"""Lifetime value: how often customers will come back, whether they still do, and what they spend.

`lifetime_value` goes from orders to a table; the models, their fits and the summary can be used on
their own. Times are in the unit of the histories given; in tables they are days, by name.
"""

from tiering.lifetime.bgnbd import BgNbd
from tiering.lifetime.customers import (
    Lifetime,
    LifetimeRun,
    lifetime_value,
    measure_lifetime,
)
from tiering.lifetime.fitting import Fit
from tiering.lifetime.gammagamma import GammaGamma
from tiering.lifetime.histories import Histories, histories, merged
from tiering.lifetime.mbgnbd import MbgNbd
from tiering.lifetime.models import MODELS, PurchaseModel, fit_purchases, fit_spend
from tiering.lifetime.paretonbd import ParetoNbd
from tiering.lifetime.score_columns import of_policy
from tiering.lifetime.settings import Horizon, LifetimeSettings
from tiering.lifetime.summary import (
    SUMMARY_COLUMNS,
    Customers,
    customers_of,
    measure_purchases,
    summarise,
)
from tiering.lifetime.value import discounted_purchases, expected_spend

__all__ = [
    "MODELS",
    "SUMMARY_COLUMNS",
    "BgNbd",
    "Customers",
    "Fit",
    "GammaGamma",
    "Histories",
    "Horizon",
    "Lifetime",
    "LifetimeRun",
    "LifetimeSettings",
    "MbgNbd",
    "ParetoNbd",
    "PurchaseModel",
    "customers_of",
    "discounted_purchases",
    "expected_spend",
    "fit_purchases",
    "fit_spend",
    "histories",
    "lifetime_value",
    "measure_lifetime",
    "measure_purchases",
    "merged",
    "of_policy",
    "summarise",
]
