"""Identities that were found to be one person: old ids lead to the newest, in every table."""

from collections.abc import Mapping
from typing import TypeVar

import narwhals as nw
import pyarrow as pa

from tiering.cells import text_of
from tiering.check import Checked, check
from tiering.errors import MergeError
from tiering.frames import Frame, Native, attach, collect, columns_of, give_back, open_frame
from tiering.times import Moment

NEW = "merged_new_id"

Table = TypeVar("Table")


def resolved(merges: Mapping[str, str]) -> dict[str, str]:
    """Return for every old id the last one that it leads to.

    >>> resolved({"a": "b", "b": "c"})
    {'a': 'c', 'b': 'c'}

    Raises
    ------
    MergeError
        Ids lead back to themselves; names the cycle.
    """
    found: dict[str, str] = {}
    for old in merges:
        path = {old: None}
        at = merges[old]
        while at in merges and at not in found and at not in path:
            path[at] = None
            at = merges[at]
        if at in path:
            _refuse(list(path), at)
        found |= dict.fromkeys(path, found.get(at, at))
    return found


def merges_of(checked: Frame) -> dict[str, str]:
    """Return the merges of a checked table, resolved; errors as for `resolved`."""
    rows = collect(checked.select("old_id", "new_id").sort("old_id"))
    pairs = zip(rows["old_id"].to_pylist(), rows["new_id"].to_pylist(), strict=True)
    return resolved(dict(pairs))


def open_merges(native: object | None, moment: Moment) -> tuple[dict[str, str], Checked | None]:
    """Return the merges known at the moment, resolved, and their checked table; none of none.

    Raises
    ------
    ContractError, EngineError, MergeError
        A column is missing, the frame is of no known engine, or ids lead back to themselves.
    """
    if native is None:
        return {}, None
    checked = check(native, "merges", moment)
    return merges_of(checked.good), checked


def all_remapped(tables: Mapping[str, Table], merges: Mapping[str, str]) -> dict[str, Table]:
    """Return native tables by name, each row with the id that its customer now has."""
    return {name: remapped(native, merges) for name, native in tables.items()}


def remapped(native: Native, merges: Mapping[str, str]) -> Native:
    """Return a native frame in which each row has the id that its customer now has."""
    names = columns_of(native)
    if not merges or "customer_id" not in names:
        return native
    frame = open_frame(native, names)
    key = text_of("customer_id", frame.collect_schema()["customer_id"])
    keyed = frame.with_columns(customer_id=key)
    return give_back(_merged(keyed, merges).select(names), native)


def _merged(frame: Frame, merges: Mapping[str, str]) -> Frame:
    table = pa.table(
        {
            "customer_id": pa.array(list(merges), pa.string()),
            NEW: pa.array(list(merges.values()), pa.string()),
        }
    )
    joined = frame.join(attach(table, frame), on="customer_id", how="left")
    return joined.with_columns(customer_id=nw.coalesce(NEW, "customer_id"))


def _refuse(path: list[str], at: str) -> None:
    cycle = " -> ".join([*path[path.index(at) :], at])
    raise MergeError(
        f"merges: {cycle} leads back to itself; remove one of these merges",
        f"merges：{cycle} 形成循环；请删除其中一条合并",
    )
