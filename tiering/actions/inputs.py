"""Orders and signals, checked once, as rules and KPIs look at them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import narwhals as nw

from tiering.actions.policy import ActionsPolicy
from tiering.actions.signals import complaint_figures, units
from tiering.check import RowCounts
from tiering.faults import RefusedRow
from tiering.frames import Frame
from tiering.rfm import figures
from tiering.tables import attributed, check_tables, counts_of, refused_of
from tiering.times import Moment, moment_of

ORDER_COLUMNS = ("recency_days", "frequency", "monetary", "refunds", "refunded_fen", "tenure_days")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was given, checked, as of a moment; `said` has one row a unit of each customer.

    `rows` says per table what became of its rows; `refused` lists those that broke a contract.
    """

    moment: Moment
    orders: Frame | None
    said: Frame | None
    rows: Mapping[str, RowCounts]
    refused: tuple[RefusedRow, ...]


def inputs_of(
    *,
    as_of: date | datetime | str,
    orders: object | None = None,
    signals: object | None = None,
    accounts: object | None = None,
) -> Inputs:
    """Return native tables, checked by their contracts; each is None where it is not given.

    Parameters
    ----------
    orders, signals, accounts
        pandas, Polars, DuckDB or PySpark frames of one engine; they are not collected.
    as_of
        Day (to its end in China) or moment; what happened or became known later is not used.
    accounts
        Tell whose the signals are that name no customer.

    Raises
    ------
    ContractError, EngineError, AsOfError
        A table, or the day, cannot be used.
    """
    moment = moment_of(as_of)
    checked = check_tables({"orders": orders, "signals": signals, "accounts": accounts}, moment)
    said = units(attributed(checked), moment) if "signals" in checked else None
    return Inputs(
        moment,
        checked["orders"].good if "orders" in checked else None,
        said,
        counts_of(checked),
        refused_of(checked),
    )


def tables_of(inputs: Inputs, policy: ActionsPolicy) -> dict[str, object]:
    """Return the tables that conditions know as `complaints` and `orders`, where they can be made.

    `orders` has one row a customer with an order, with `ORDER_COLUMNS` as `tiering.rfm` knows
    them; `complaints` one with an open complaint, see `complaint_figures`.
    """
    found: dict[str, object] = {}
    if inputs.said is not None:
        open_now = complaint_figures(inputs.said, policy.open_complaint_days)
        found["complaints"] = open_now.to_native()
    if inputs.orders is not None:
        bought = figures(inputs.orders, inputs.moment, policy.orders_window_days)
        found["orders"] = bought.select("customer_id", *map(nw.col, ORDER_COLUMNS)).to_native()
    return found
