"""From orders to every customer's lifetime figures, on the engine of the orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic

import numpy as np
import pyarrow as pa

from nlp.evaluation import Floats
from tiering.check import RowCounts, check
from tiering.faults import RefusedRow
from tiering.frames import Frame, Native, attach, give_back, settle
from tiering.lifetime.fitting import Fit
from tiering.lifetime.gammagamma import GammaGamma
from tiering.lifetime.histories import merged
from tiering.lifetime.models import PurchaseModel, fit_purchases, fit_spend
from tiering.lifetime.settings import LifetimeSettings
from tiering.lifetime.summary import Customers, customers_of, measure_purchases
from tiering.lifetime.value import discounted_purchases, expected_spend
from tiering.times import Moment, moment_of


@dataclass(frozen=True, slots=True, eq=False)
class Lifetime:
    """Fitted models and what they say of each customer, in the order of `customers.ids`.

    `p_alive` and `expected_orders` (within the horizon, not discounted) are plain numbers,
    `expected_spend` of one purchase and `value` (discounted) are fen.
    """

    customers: Customers
    purchases: Fit[PurchaseModel]
    spend: Fit[GammaGamma]
    p_alive: Floats
    expected_orders: Floats
    expected_spend: Floats
    value: Floats


@dataclass(frozen=True, slots=True, eq=False)
class LifetimeRun(Generic[Native]):
    """What `lifetime_value` gives: the table, the fits, and what became of the orders' rows."""

    table: Native
    purchases: Fit[PurchaseModel]
    spend: Fit[GammaGamma]
    rows: RowCounts
    refused: tuple[RefusedRow, ...]


def lifetime_value(
    orders: Native,
    *,
    as_of: date | datetime | str,
    settings: LifetimeSettings | None = None,
) -> LifetimeRun[Native]:
    """Return what every customer with a purchase will be worth, by customer_id.

    Parameters
    ----------
    orders
        A pandas, Polars, DuckDB or PySpark frame by the `orders` contract; amounts in fen. Its
        rows stay with the engine; in memory comes one purchase history a customer.
    as_of
        Day (to its end in China) or moment at which the window ends; orders that happened or
        became known later are not used.
    settings
        Model, horizon and discount; one year by Pareto/NBD when None.

    Returns
    -------
    LifetimeRun
        `table` has `customer_id`, `frequency`, `first_to_last_days`, `age_days` as in `summarise`,
        `p_alive`, `expected_orders` in the horizon, `expected_spend_fen` of one purchase, and
        `value_fen`: discounted orders times spend, rounded to whole fen.

    Raises
    ------
    FitError
        Nobody bought twice, or the models have no optimum here.
    ContractError, EngineError, AsOfError
        See there.
    """
    moment = moment_of(as_of)
    checked = check(orders, "orders", moment)
    found = measure_lifetime(checked.good, moment, settings or LifetimeSettings())
    table = attach(_table(found), checked.good)
    return LifetimeRun(
        table=give_back(table.sort("customer_id"), orders),
        purchases=found.purchases,
        spend=found.spend,
        rows=checked.counts(),
        refused=tuple(checked.refused()),
    )


def measure_lifetime(orders: Frame, moment: Moment, settings: LifetimeSettings) -> Lifetime:
    """Return the figures of `Lifetime` from checked orders."""
    customers = customers_of(settle(measure_purchases(orders, moment)))
    purchases = fit_purchases(
        settings.model, customers.rows, pull=settings.pull, least_repeaters=settings.least_repeaters
    )
    counts = customers.rows.frequency + 1
    spend = fit_spend(counts, customers.mean_spend(), pull=settings.pull)
    rows, where = merged(customers.rows)
    model, horizon = purchases.model, settings.horizon
    of_one = expected_spend(spend.model, customers, settings.last_share)
    expected = model.expected_purchases(rows, horizon.days)
    weighed = discounted_purchases(model, rows, horizon) if horizon.yearly_discount else expected
    return Lifetime(
        customers=customers,
        purchases=purchases,
        spend=spend,
        p_alive=model.p_alive(rows)[where],
        expected_orders=expected[where],
        expected_spend=of_one,
        value=weighed[where] * of_one,
    )


def _table(found: Lifetime) -> pa.Table:
    rows = found.customers.rows
    columns: Mapping[str, Floats] = {
        "frequency": rows.frequency,
        "first_to_last_days": rows.recency,
        "age_days": rows.age,
        "expected_spend_fen": found.expected_spend,
        "value_fen": found.value,
    }
    whole = {name: np.floor(column + 0.5).astype(np.int64) for name, column in columns.items()}
    return pa.table(
        {
            "customer_id": found.customers.ids,
            **{name: whole[name] for name in ("frequency", "first_to_last_days", "age_days")},
            "p_alive": found.p_alive,
            "expected_orders": found.expected_orders,
            **{name: whole[name] for name in ("expected_spend_fen", "value_fen")},
        }
    )
