"""Who the customers of a scoring are: with orders, words, clicks, or none of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw

from tiering.frames import Frame, collect

BITS = {"orders": 1, "text": 2, "events": 4}


@dataclass(frozen=True, slots=True)
class Population:
    """How many customers were scored, and how many of them by only some of the tables.

    `without_orders` and `without_text` overlap; `only_text` have neither an order nor an event,
    `only_account` none of the three: they are known as the owners of accounts.
    """

    customers: int
    without_orders: int
    without_text: int
    only_text: int
    only_account: int


def population_of(
    customers: int, orders: Frame, said: Frame, events: Frame | None = None
) -> Population:
    """Return who the customers are by the rows that were used.

    Parameters
    ----------
    customers
        How many there are in all.
    orders, said, events
        Used rows with `customer_id`; of `said` those without one are nobody's.
    """
    given = {"orders": orders, "text": said, "events": events}
    seen = [
        frame.select("customer_id").unique().with_columns(bits=nw.lit(BITS[name]))
        for name, frame in given.items()
        if frame is not None
    ]
    named = nw.concat(seen).filter(~nw.col("customer_id").is_null())
    each = named.group_by("customer_id").agg(nw.col("bits").sum())
    kinds = collect(each.group_by("bits").agg(nw.len().alias("n"))).to_pylist()
    counts = {int(row["bits"]): int(row["n"]) for row in kinds}
    return Population(
        customers=customers,
        without_orders=customers - _having(counts, "orders"),
        without_text=customers - _having(counts, "text"),
        only_text=counts.get(BITS["text"], 0),
        only_account=customers - sum(counts.values()),
    )


def _having(counts: Mapping[int, int], table: str) -> int:
    return sum(number for bits, number in counts.items() if bits & BITS[table])
