"""The customers of the scores, and their figures from any table, one cell a customer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tiering.actions.conditions import Condition, table_of
from tiering.actions.tags import tag_cells
from tiering.errors import ActionsError
from tiering.frames import collect, columns_of, open_frame
from tiering.times import Moment

SCORES = ""
"""The name of the scores among the tables."""


@dataclass(frozen=True, slots=True)
class Customers:
    """Everybody in the scores, by id, with the columns that were asked for.

    `columns` holds one array a column, aligned to `ids`; `absent` the tables that conditions name
    and nobody gave; `strangers` counts per table the rows of customers who are not in the scores.
    """

    ids: pa.Array
    tiers: pa.Array
    columns: Mapping[str, pa.Array]
    absent: frozenset[str]
    strangers: Mapping[str, int]

    def missing(self, conditions: Iterable[Condition]) -> str:
        """Return the first table that a condition looks at and nobody gave; empty for none."""
        return next((each.table for each in conditions if each.table in self.absent), "")


def customers_of(
    scores: object, tables: Mapping[str, object], columns: Iterable[str], moment: Moment
) -> Customers:
    """Return the customers of native scores with the named columns of scores and tables.

    Parameters
    ----------
    scores
        What `tiering.score` returned: at least `customer_id` and `tier`, one row a customer.
    tables
        Native frames by name, each with `customer_id`: one row a customer, or one a tag (`tag`,
        and where known `value`, `valid_from`, `valid_to`, `known_at`).
    columns
        `score`, `lifecycle.stage`, `tags.dormant`.

    Raises
    ------
    ActionsError
        A column is not there, a customer or a tier is missing, or a customer stands there twice.
    """
    wanted = dict.fromkeys((*columns, "tier"))
    by_table: dict[str, list[str]] = {SCORES: []}
    for column in wanted:
        by_table.setdefault(table_of(column), []).append(column)
    absent = frozenset(by_table) - set(tables) - {SCORES}
    ids, read = _scores(scores, by_table.pop(SCORES))
    strangers: dict[str, int] = {}
    for table in sorted(set(by_table) - absent):
        found, strangers[table] = _cells(ids, tables[table], table, by_table[table], moment)
        read |= found
    return Customers(ids, read["tier"], read, absent, strangers)


def one_tier(customers: Customers, known: Iterable[str]) -> None:
    """Raise where a customer is in a tier that the policy does not know.

    Raises
    ------
    ActionsError
        Names the tiers and the remedy.
    """
    names = list(known)
    odd = sorted(set(pc.unique(customers.tiers).to_pylist()) - set(names))
    if odd:
        raise ActionsError(
            f"tier {', '.join(odd)} of the scores is not in the policy, which has "
            f"{', '.join(names)}; give the scoring policy of these scores",
            f"得分中的层级 {'、'.join(odd)} 不在策略中（{'、'.join(names)}）；"
            "请提供产生该得分的评分策略",
        )


def _scores(native: object, columns: list[str]) -> tuple[pa.Array, dict[str, pa.Array]]:
    table = _opened(native, "the scores", ["customer_id", *columns])
    table = table.sort_by("customer_id")
    ids = _column(table, "customer_id")
    _demand_ids(ids, "the scores", pc.sum(pc.is_null(_column(table, "tier"))).as_py() or 0)
    return ids, {name: _column(table, name) for name in columns}


def _cells(
    ids: pa.Array, native: object, name: str, columns: list[str], moment: Moment
) -> tuple[dict[str, pa.Array], int]:
    """Return columns of one table, aligned to the customers, and how many rows are of others."""
    bare = [column.removeprefix(f"{name}.") for column in columns]
    if "tag" in columns_of(native):
        found, strangers = tag_cells(ids, native, bare, moment)
    else:
        table = _opened(native, name, ["customer_id", *bare])
        own = _column(table, "customer_id")
        _demand_ids(own, name, 0)
        places = pc.index_in(ids, own)
        found = {each: _column(table, each).take(places) for each in bare}
        strangers = len(own) - len(places.drop_null())
    return {f"{name}.{each}": cells for each, cells in found.items()}, strangers


def _opened(native: object, name: str, columns: list[str]) -> pa.Table:
    present = columns_of(native)
    missing = [each for each in columns if each not in present]
    if missing:
        raise ActionsError(
            f"{name}: no column {', '.join(missing)}; found are {', '.join(present)}; correct the "
            "condition that names it, or give the table that has it",
            f"{name}：缺少列 {'、'.join(missing)}；现有列为 {'、'.join(present)}；"
            "请更正引用它的条件，或提供含有该列的表",
        )
    return collect(open_frame(native, list(dict.fromkeys(columns))))


def _column(table: pa.Table, name: str) -> pa.Array:
    """Return a column in one piece: text as plain text, NaN as null."""
    cells = pa.concat_arrays(table[name].chunks) if table[name].num_chunks else pa.array([])
    kind = cells.type
    if name == "customer_id" or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return cells.cast(pa.string())
    if pa.types.is_null(kind):
        return cells.cast(pa.string())
    return pc.if_else(pc.is_nan(cells), None, cells) if pa.types.is_floating(kind) else cells


def _demand_ids(ids: pa.Array, name: str, without_tier: int) -> None:
    twice = len(ids) - len(pc.unique(ids))
    if ids.null_count or twice or without_tier:
        raise ActionsError(
            f"{name}: {ids.null_count} rows have no customer_id, {twice} name a customer again, "
            f"{without_tier} have no tier; keep one whole row a customer",
            f"{name}：{ids.null_count} 行没有 customer_id，{twice} 行的顾客重复，"
            f"{without_tier} 行没有层级；每位顾客只保留完整的一行",
        )
