"""Who did one thing and then the next: chains of steps in time, found for everybody at once."""

from dataclasses import dataclass
from datetime import datetime

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tiering.frames import collect
from tiering.tags.expression import Rows, Sequence
from tiering.tags.facts import TIMES, Tables, holding
from tiering.times import CHINA, Moment, day_of

HOUR_US = 3_600_000_000
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chains:
    """Who went through all steps: customers, and first and last moment of their latest chain."""

    customers: list[str]
    first: Integers
    last: Integers

    def table(self, name: str) -> pa.Table:
        """Return one row a customer: `name` true, and `<name>_told` with the two times."""
        told = [
            f"{_written(a)} → {_written(b)}" for a, b in zip(self.first, self.last, strict=True)
        ]
        cells = {
            "customer_id": pa.array(self.customers, pa.string()),
            name: pa.array([True] * len(told), pa.bool_()),
            f"{name}_told": pa.array(told, pa.string()),
        }
        return pa.table(cells)


def chains(sequence: Sequence, tables: Tables, moment: Moment) -> Chains:
    """Return who went through the steps, each strictly after the one before, within the hours."""
    steps = [_rows(tables, step, sequence.days, moment) for step in sequence.steps]
    ids = pa.concat_arrays([ids for ids, _ in steps])
    if not len(ids):
        return Chains([], np.zeros(0, np.int64), np.zeros(0, np.int64))
    coded = ids.dictionary_encode()
    codes = coded.indices.to_numpy().astype(np.int64)
    at = np.concatenate([times for _, times in steps])
    place = np.concatenate([np.full(len(t), n) for n, (_, t) in enumerate(steps)])
    first, last, who = _latest(codes, at, place, len(steps), sequence.hours * HOUR_US)
    names = coded.dictionary.to_pylist()
    return Chains([names[code] for code in who], first, last)


def _rows(
    tables: Tables, step: Rows, days: int | None, moment: Moment
) -> tuple[pa.Array, Integers]:
    frame, time = tables.of(step.source), TIMES[step.source]
    if frame is None:
        return pa.array([], pa.string()), np.zeros(0, np.int64)
    if step.where:
        frame = frame.filter(holding(step))
    if days is not None:
        frame = frame.filter(day_of(nw.col(time)) > moment.day - days)
    found = collect(frame.select("customer_id", at=nw.col(time)))
    ids = found["customer_id"].cast(pa.string()).combine_chunks()
    return ids, found["at"].to_numpy().astype(np.int64)


def _latest(
    codes: Integers, at: Integers, place: Integers, steps: int, within: int
) -> tuple[Integers, Integers, Integers]:
    """Return first and last moment of the latest chain of each customer that has one.

    The start of a chain that reaches a row is the latest start among the customer's rows of the
    step before that lie strictly earlier: the latest start makes the shortest chain.
    """
    order = np.lexsort((at, codes))
    codes, at, place = codes[order], at[order], place[order]
    moments, rank = np.unique(at, return_inverse=True)
    width = len(moments) + 1
    new = np.ones(len(codes), bool)
    new[1:] = (codes[1:] != codes[:-1]) | (at[1:] != at[:-1])
    before = np.flatnonzero(new)[np.cumsum(new) - 1] - 1  # the last row that is strictly earlier
    start = np.where(place == 0, rank + 1, 0)  # 0: no chain reaches this row
    for step in range(1, steps):
        reached = np.where(place == step - 1, start, 0)
        best = np.maximum.accumulate(codes * width + reached)[before]
        known = (before >= 0) & (best // width == codes)
        start = np.where(place == step, np.where(known, best % width, 0), start)
    ends = (place == steps - 1) & (start > 0)
    ends[ends] = at[ends] - moments[start[ends] - 1] <= within
    chosen = np.flatnonzero(ends)
    is_last = np.ones(len(chosen), bool)
    is_last[:-1] = codes[chosen][1:] != codes[chosen][:-1]
    chosen = chosen[is_last]
    return moments[start[chosen] - 1], at[chosen], codes[chosen]


def _written(microseconds: np.int64) -> str:
    return f"{datetime.fromtimestamp(int(microseconds) / 1e6, CHINA):%Y-%m-%d %H:%M}"
