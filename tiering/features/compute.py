"""Features of customers from native tables, as known at a moment, and stacked over many moments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from typing import Generic

import narwhals as nw

from tiering.card import customers_of
from tiering.check import Checked, RowCounts
from tiering.errors import FeatureError
from tiering.faults import RefusedRow
from tiering.features.bands import by_customer
from tiering.features.feature import EVER, WINDOWS, Feature
from tiering.features.measures import expression
from tiering.features.registry import TABLES, chosen
from tiering.frames import Frame, Native, give_back, settle
from tiering.tables import attributed, check_tables, counts_of, demand_one_engine, refused_of
from tiering.times import Moment, moment_of

AsOf = date | datetime | str


@dataclass(frozen=True, slots=True)
class FeatureRun(Generic[Native]):
    """Everything that one computation gives.

    `frame` is what `features` returns; `rows` says per table what became of its rows, `refused`
    lists the rows that broke a contract.
    """

    as_of: str
    frame: Native
    features: tuple[Feature, ...]
    rows: Mapping[str, RowCounts]
    refused: tuple[RefusedRow, ...]


def features(
    tables: Mapping[str, Native], as_of: AsOf, names: Sequence[str] | None = None
) -> Native:
    """Return the features of every customer that any table names, by customer_id.

    Point in time: a row counts where its event lies not after the moment, and it was known by then
    (`known_at`, where the table has it). A refund of later is none yet.

    Parameters
    ----------
    tables
        pandas, Polars, DuckDB or PySpark frames, all of one engine, by the name of their contract:
        some of `orders`, `engagement`, `signals`, `accounts`. None is collected: DuckDB and PySpark
        keep their rows, and what comes back is theirs.
    as_of
        Day (to its end in China) or moment.
    names
        Names of `FEATURES`, or patterns such as `orders_*`; all that the tables allow when None.

    Returns
    -------
    Native
        Frame of the same engine: `customer_id`, then the features in the order of the registry;
        64-bit whole numbers and floats. Equal on every engine: whole numbers exactly, floats within
        1e-9. Rows that break a contract are left out; `feature_run` lists them.

    Raises
    ------
    FeatureError
        A name is unknown, its table is not given, or a table is none that features are made of.
    ContractError, EngineError, AsOfError
        See there.
    """
    return feature_run(tables, as_of, names).frame


def feature_run(
    tables: Mapping[str, Native], as_of: AsOf, names: Sequence[str] | None = None
) -> FeatureRun[Native]:
    """Return the features with the counts of rows and the refused rows, as `features` does."""
    like = _demand_tables(tables)
    wanted, moment = chosen(names, list(tables)), moment_of(as_of)
    checked = check_tables(tables, moment)
    frame = measure_features(checked, moment, wanted).sort("customer_id")
    return FeatureRun(
        as_of=moment.text,
        frame=give_back(frame, like),
        features=wanted,
        rows=counts_of(checked),
        refused=refused_of(checked),
    )


def training_frame(
    tables: Mapping[str, Native], moments: Iterable[AsOf], names: Sequence[str] | None = None
) -> Native:
    """Return the features as of many moments, one under the other, each with its `as_of`.

    Every row holds what could be known at its moment, so that a model learnt from it sees nothing
    that it will not see when it is used. A customer stands in the moments from which on any table
    names it.

    Parameters
    ----------
    tables, names
        As for `features`.
    moments
        Days or moments, each once.

    Returns
    -------
    Native
        Frame of the same engine: `customer_id`, `as_of` as text, the features; in the order of
        moments, then customers.

    Raises
    ------
    FeatureError
        As for `features`; or no moment is given, or one twice.
    """
    return training_run(tables, moments, names).frame


def training_run(
    tables: Mapping[str, Native], moments: Iterable[AsOf], names: Sequence[str] | None = None
) -> FeatureRun[Native]:
    """Return the frame of `training_frame`; counts and refused rows are those of the last moment.

    `as_of` names all moments.
    """
    like, given = _demand_tables(tables), [moment_of(each) for each in moments]
    _demand_moments(given)
    wanted = chosen(names, list(tables))
    parts = []
    for place, moment in enumerate(sorted(given, key=lambda each: each.us)):
        checked = check_tables(tables, moment)
        parts.append(_placed(measure_features(checked, moment, wanted), moment, place))
    stacked = nw.concat(parts).sort("place", "customer_id").drop("place")
    return FeatureRun(
        as_of=", ".join(moment.text for moment in given),
        frame=give_back(stacked, like),
        features=wanted,
        rows=counts_of(checked),
        refused=refused_of(checked),
    )


def _placed(frame: Frame, moment: Moment, place: int) -> Frame:
    """Return the frame with `as_of` behind the customer, and the place of the moment."""
    names = [name for name in frame.collect_schema().names() if name != "customer_id"]
    dated = frame.with_columns(as_of=nw.lit(moment.text), place=nw.lit(place))
    return settle(dated.select("customer_id", "as_of", *names, "place"))


def measure_features(
    checked: Mapping[str, Checked], moment: Moment, wanted: Sequence[Feature]
) -> Frame:
    """Return one row a customer from checked tables, in no order."""
    owned = {name: each.good for name, each in checked.items()}
    if "signals" in checked:
        owned["signals"] = settle(attributed(checked))
    everybody = customers_of(list(owned.values()))
    tables = dict.fromkeys(feature.table for feature in wanted)
    parts = [
        _of_table(owned[table], moment, [each for each in wanted if each.table == table])
        for table in tables
    ]
    joined = reduce(lambda a, b: a.join(b, on="customer_id", how="left"), parts, everybody)
    counted = [each.name for each in wanted if each.measure == "total" and each.whole]
    filled = joined.with_columns(nw.col(*counted).fill_null(0)) if counted else joined
    return settle(filled.select("customer_id", *(feature.name for feature in wanted)))


def _of_table(good: Frame, moment: Moment, wanted: Sequence[Feature]) -> Frame:
    facts, rows_of = TABLES[wanted[0].table]
    asked = {need for feature in wanted for need in feature.needs()}
    needs = {
        fact.name: [window for window in (*WINDOWS, EVER) if (fact.name, window) in asked]
        for fact in facts
    }
    used = [fact for fact in facts if needs[fact.name]]
    rows, figures = rows_of(good, moment)
    plain = rows.filter(~nw.col("customer_id").is_null()).select(
        "customer_id", age=figures["age"], **{fact.name: figures[fact.name] for fact in used}
    )
    customers = by_customer(plain, used, needs)
    return settle(customers.select("customer_id", *(expression(each) for each in wanted)))


def _demand_tables(tables: Mapping[str, Native]) -> Native:
    """Return the first table, after which the others have to be."""
    if not tables or not set(tables) <= set(TABLES):
        found = ", ".join(tables) or "none"
        raise FeatureError(
            f"tables given: {found}; give at least one of {', '.join(TABLES)}, and no other",
            f"提供的表：{found}；请提供 {'、'.join(TABLES)} 中的至少一个，且不含其他表",
        )
    demand_one_engine(tables)
    return next(iter(tables.values()))


def _demand_moments(moments: Sequence[Moment]) -> None:
    texts = [moment.text for moment in moments]
    if not texts or len({moment.us for moment in moments}) < len(texts):
        raise FeatureError(
            f"moments given: {', '.join(texts) or 'none'}; give at least one, and each once",
            f"给出的时点：{'、'.join(texts) or '无'}；请至少给出一个，且不重复",
        )
