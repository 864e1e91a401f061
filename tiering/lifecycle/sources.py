"""The tables of `tingyin score`, checked as of a moment: what a customer did and said till then."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from tiering.check import Checked
from tiering.frames import Frame, settle
from tiering.tables import attributed, check_tables
from tiering.times import Moment, day_of

TABLES = ("orders", "signals", "engagement", "accounts")


@dataclass(frozen=True, slots=True)
class Sources:
    """Checked rows as of `moment`; None where a table is not given.

    `orders` have a column `day`; so have `events`, with `event` in small letters, and `said`, what
    customers themselves said, with their `customer_id`.
    """

    moment: Moment
    orders: Frame
    events: Frame | None
    said: Frame | None
    checked: Mapping[str, Checked]

    def purchases(self) -> Frame:
        """Return `customer_id` and `day` of each day on which a customer kept an order."""
        kept = (nw.col("refunded") < nw.col("amount")) | (nw.col("amount") == 0)
        return self.orders.filter(kept).select("customer_id", "day").unique()


def open_sources(tables: Mapping[str, object], moment: Moment) -> Sources:
    """Return native tables, by the name of their contract, as known at the moment.

    Of `TABLES` only orders must be given; None stands for a table that is not there. A signal
    without a customer belongs to the owner of its author's account.

    Raises
    ------
    ContractError, EngineError
        A column is missing; the tables are of several engines, or of one that cannot be used.
    """
    checked = check_tables({name: tables.get(name) for name in TABLES}, moment)
    return Sources(moment, _dated(checked["orders"]), _events(checked), _said(checked), checked)


def _dated(table: Checked) -> Frame:
    return settle(table.good.with_columns(day=day_of(nw.col(table.contract.event))))


def _events(checked: Mapping[str, Checked]) -> Frame | None:
    if "engagement" not in checked:
        return None
    events = _dated(checked["engagement"])
    return events.with_columns(event=nw.col("event").str.to_lowercase())


def _said(checked: Mapping[str, Checked]) -> Frame | None:
    if "signals" not in checked:
        return None
    said = attributed(checked).with_columns(day=day_of(nw.col("created_at")))
    is_agent = (nw.col("role") == "agent").fill_null(value=False)
    own = ~nw.col("customer_id").is_null() & ~is_agent & (nw.col("spam") == 0)
    return settle(said.filter(own))
