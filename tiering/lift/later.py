"""What customers paid in the days after a score was made: what the score should have foretold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import narwhals as nw

from tiering.check import RowCounts, check
from tiering.errors import LiftError
from tiering.faults import RefusedRow
from tiering.frames import collect
from tiering.times import DAY_US, moment_of


@dataclass(frozen=True, slots=True)
class Later:
    """Fen by customer, in the order given; `others` bought too and were not scored."""

    fen: tuple[float, ...]
    others: int
    rows: RowCounts
    refused: tuple[RefusedRow, ...]


def paid_later(
    customers: Sequence[str],
    orders: object,
    *,
    after: date | datetime | str,
    days: int,
    as_of: date | datetime | str,
) -> Later:
    """Return what each customer paid, after refunds, in the days after a moment.

    Parameters
    ----------
    orders
        A pandas, Polars, DuckDB or PySpark frame by its contract. In memory comes one row a
        customer who bought in these days.
    after
        When the score was made; a day to its end in China.
    days
        How long after it orders count.
    as_of
        Up to when the orders are complete; the days must have passed by then.

    Raises
    ------
    LiftError
        The days are below 1 or have not passed.
    ContractError, EngineError, AsOfError
        See `tiering.score_run`.
    """
    start, known = moment_of(after), moment_of(as_of)
    if days < 1 or start.us + days * DAY_US > known.us:
        longest = (known.us - start.us) // DAY_US
        remedy = ("give later orders", "请提供更晚的订单")
        if longest >= 1:
            remedy = (f"name from 1 to {longest} days", f"天数须为 1 至 {longest}")
        raise LiftError(
            f"{days} days after {start.text} are not over on {known.text}; {remedy[0]}",
            f"{start.text} 之后的 {days} 天到 {known.text} 尚未结束；{remedy[1]}",
        )
    checked = check(orders, "orders", known)
    at = nw.col("ordered_at")
    within = checked.good.filter((at > start.us) & (at <= start.us + days * DAY_US))
    paid = within.select("customer_id", fen=nw.col("amount") - nw.col("refunded"))
    rows = collect(paid.group_by("customer_id").agg(nw.col("fen").sum())).to_pylist()
    fen = {str(row["customer_id"]): float(row["fen"]) for row in rows}
    return Later(
        tuple(fen.get(customer, 0.0) for customer in customers),
        len(fen.keys() - set(customers)),
        checked.counts(),
        tuple(checked.refused()),
    )
