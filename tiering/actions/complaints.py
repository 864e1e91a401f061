"""Tables that rules look at, made of what Tingyin has anyway: open complaints, and purchases."""

from datetime import date, datetime

import narwhals as nw

from tiering.actions.policy import ActionsPolicy
from tiering.actions.signals import complaint_figures, units
from tiering.check import check
from tiering.frames import Native, give_back
from tiering.rfm import figures
from tiering.times import moment_of

ORDER_COLUMNS = ("recency_days", "frequency", "monetary", "refunds", "refunded_fen", "tenure_days")


def complaint_table(
    signals: Native,
    policy: ActionsPolicy,
    *,
    as_of: date | datetime | str,
    accounts: object | None = None,
) -> Native:
    """Return one row a customer with an open complaint: `open`, `worst_open`, `open_days`.

    A complaint is open where no agent has answered since in its session or under its post, for
    `open_complaint_days` of the policy. `worst_open` is the worst severity, 1 to 3.

    Raises
    ------
    ContractError, EngineError, AsOfError
        The signals or accounts, or the day, cannot be used.
    """
    moment = moment_of(as_of)
    said = units(signals, accounts, moment)
    return give_back(complaint_figures(said, policy.open_complaint_days), signals)


def order_table(orders: Native, policy: ActionsPolicy, *, as_of: date | datetime | str) -> Native:
    """Return one row a customer with an order: `ORDER_COLUMNS`, as `tiering.rfm` knows them.

    Raises
    ------
    ContractError, EngineError, AsOfError
        The orders, or the day, cannot be used.
    """
    moment = moment_of(as_of)
    good = check(orders, "orders", moment).good
    rows = figures(good, moment, policy.orders_window_days)
    return give_back(rows.select("customer_id", *map(nw.col, ORDER_COLUMNS)), orders)
