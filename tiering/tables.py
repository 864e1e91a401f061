"""Native tables by their contracts: of one engine, checked as of a moment, signals with owners."""

from collections.abc import Mapping

import narwhals as nw

from tiering.check import Checked, RowCounts, check
from tiering.errors import EngineError
from tiering.faults import RefusedRow
from tiering.frames import Frame, engine_of
from tiering.times import Moment

SCORED = ("orders", "signals", "engagement", "accounts", "edges", "links", "merges")
"""The tables that a score is made of, by their contracts, in the order of `tiering.score`."""


def scored_tables(*natives: object | None) -> dict[str, object]:
    """Return the native frames, given in the order of `SCORED`, by name; None is not there."""
    named = zip(SCORED, natives, strict=True)
    return {name: native for name, native in named if native is not None}


def check_tables(tables: Mapping[str, object | None], moment: Moment) -> dict[str, Checked]:
    """Return native frames, by the name of their contract, as known at the moment.

    None stands for a table that is not there.

    Raises
    ------
    ContractError, EngineError
        A column is missing; the tables are of several engines, or of one that cannot be used.
    """
    given = {name: native for name, native in tables.items() if native is not None}
    demand_one_engine(given)
    return {name: check(native, name, moment) for name, native in given.items()}


def demand_one_engine(tables: Mapping[str, object]) -> None:
    """Raise where native frames, by name, are of several engines, or one is of none.

    Raises
    ------
    EngineError
        Names each frame with its engine.
    """
    engines = {name: engine_of(native) for name, native in tables.items()}
    if len(set(engines.values())) > 1:
        found = ", ".join(f"{name} {engine}" for name, engine in engines.items())
        raise EngineError(
            f"the tables are of several engines ({found}); give all of them in one",
            f"各表来自不同引擎（{found}）；请统一为同一引擎",
        )


def attributed(checked: Mapping[str, Checked]) -> Frame:
    """Return the signals, with the customer of the author's account where the row names none."""
    signals = checked["signals"].good
    if "accounts" not in checked:
        return signals
    owners = checked["accounts"].good.select(
        author_id=nw.col("account_id"), owner=nw.col("customer_id")
    )
    joined = signals.join(owners, on="author_id", how="left")
    return joined.with_columns(customer_id=nw.coalesce("customer_id", "owner")).drop("owner")


def counts_of(checked: Mapping[str, Checked]) -> dict[str, RowCounts]:
    """Return per table what became of its rows."""
    return {name: each.counts() for name, each in checked.items()}


def refused_of(checked: Mapping[str, Checked]) -> tuple[RefusedRow, ...]:
    """Return the rows that broke a contract, table after table."""
    return tuple(row for each in checked.values() for row in each.refused())
