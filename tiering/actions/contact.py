"""What holds an action back: the log of earlier ones, consent by channel, and a customer's rest.

Each table is read as of a moment: what was written, or happened, later does not count. Where rows
have a `file` and a `line`, a row that cannot be used is named by them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiering.actions.conditions import texts
from tiering.check import with_microseconds
from tiering.errors import ActionsError
from tiering.frames import collect, columns_of, open_frame
from tiering.times import Moment, day_of

Days = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NEVER = 1 << 40
"""Days since something that never happened."""
PLACE = ("file", "line")
"""Where a row stands, for messages; a table may have both, one or none."""


@dataclass(frozen=True, slots=True)
class Log:
    """Days since each action was last done, by action, one cell a customer; `NEVER` for never."""

    days: Mapping[str, Days]
    unknown: int

    def since(self, actions: Sequence[str], customers: int) -> Days:
        """Return the days since the last of these actions, one cell a customer."""
        found = [self.days[name] for name in actions if name in self.days]
        return np.minimum.reduce(found) if found else np.full(customers, NEVER, dtype=np.int64)


def log_of(native: object | None, ids: pa.Array, known: Sequence[str], moment: Moment) -> Log:
    """Return when which action was last done, from rows of `customer_id`, `action`, `at`.

    `unknown` counts rows of an action that is not in the policy; they hold nothing back.

    Raises
    ------
    ActionsError
        A column is missing, or a time cannot be read.
    """
    if native is None:
        return Log({}, 0)
    rows = _read(native, "log", ("customer_id", "action"), "at")
    rows = rows.filter(pc.less_equal(rows["us"], moment.us))
    found = {}
    for name in known:
        own = rows.filter(pc.equal(rows["action"], name)).sort_by([("us", "descending")])
        last = own["day"].take(_places(ids, own))
        found[name] = pc.coalesce(pc.subtract(moment.day, last), NEVER).to_numpy()
    named = pc.sum(pc.is_in(rows["action"], pa.array(known, pa.string()))).as_py() or 0
    return Log(found, rows.num_rows - named)


def refusals_of(
    native: object | None, ids: pa.Array, channels: Sequence[str], moment: Moment
) -> tuple[Mapping[str, Flags], Mapping[str, Flags]]:
    """Return by channel who refused it, and who consented to offers there.

    Rows are `customer_id`, `channel` (`*` for every one), `granted` (true or false, or 1 or 0) and
    `at`; of several rows of a customer and channel the last one counts, and of equally late ones a
    refusal.
    Without a table nobody has refused and nobody consented.

    Raises
    ------
    ActionsError
        A column is missing, a time cannot be read, or `granted` is neither true nor false.
    """
    nobody = np.zeros(len(ids), dtype=np.bool_)
    if native is None:
        return dict.fromkeys(channels, nobody), dict.fromkeys(channels, nobody)
    rows = _read(native, "contact consents", ("customer_id", "channel", "granted"), "at")
    rows = rows.filter(pc.less_equal(rows["us"], moment.us))
    granted = _yes_or_no(texts(_whole(rows["granted"])))
    known = pc.is_in(granted, pa.array(["true", "false"]))
    _refuse_any(
        rows.filter(pc.invert(known)),
        "contact consents",
        "granted",
        ("must be true or false; correct the row", "须为 true 或 false；请更正此行"),
    )
    rows = rows.set_column(rows.schema.get_field_index("granted"), "granted", granted)
    refused, consented = {}, {}
    for channel in channels:
        about = rows.filter(pc.is_in(rows["channel"], pa.array([channel, "*"])))
        last = about.sort_by([("us", "descending"), ("granted", "ascending")])
        said = last["granted"].take(_places(ids, last))
        refused[channel] = _equal(said, "false")
        consented[channel] = _equal(said, "true")
    return refused, consented


def resting(native: object | None, ids: pa.Array, moment: Moment) -> Flags:
    """Return who wants to be left alone: rows of `customer_id` and `until`, a time or a day.

    Raises
    ------
    ActionsError
        A column is missing, or a time cannot be read.
    """
    if native is None:
        return np.zeros(len(ids), dtype=np.bool_)
    rows = _read(native, "quiet", ("customer_id",), "until")
    rows = rows.filter(pc.greater_equal(rows["us"], moment.us))
    found: Flags = pc.is_in(ids, _whole(rows["customer_id"])).to_numpy(zero_copy_only=False)
    return found


def _read(native: object, name: str, columns: Sequence[str], time: str) -> pa.Table:
    """Return the columns as text, with `us` and `day` of the time, which every row must have."""
    present = columns_of(native)
    missing = [each for each in (*columns, time) if each not in present]
    if missing:
        raise ActionsError(
            f"{name}: no column {', '.join(missing)}; needed are {', '.join((*columns, time))}",
            f"{name} 表缺少列 {'、'.join(missing)}；需要 {'、'.join((*columns, time))}",
        )
    places = [each for each in PLACE if each in present]
    frame = with_microseconds(open_frame(native, [*columns, time, *places]), [time])
    us = nw.col(f"{time}_us")
    table = collect(
        frame.select(
            *(nw.col(each).cast(nw.String) for each in (*columns, *places)),
            nw.col(time).cast(nw.String).alias(time),
            us=us,
            day=day_of(us),
        )
    )
    for each in columns:
        empty = pc.equal(pc.utf8_trim_whitespace(pc.fill_null(table[each], "")), "")
        _refuse_any(table.filter(empty), name, each, ("is empty; fill it in", "为空；请补上"))
    _refuse_any(
        table.filter(pc.is_null(table["us"])),
        name,
        time,
        (
            "is no time; write 2026-03-01 or 2026-03-01T12:00+08:00",
            "不是时间；请写成 2026-03-01 或 2026-03-01T12:00+08:00",
        ),
    )
    return table


def _refuse_any(rows: pa.Table, name: str, column: str, why: tuple[str, str]) -> None:
    """Raise where there are rows: names the first, its value, what to do, and how many there are.

    Raises
    ------
    ActionsError
        There is a row.
    """
    if not rows.num_rows:
        return
    from nlp.text import mask

    first = {key: cells[0] for key, cells in rows.slice(0, 1).to_pydict().items()}
    line = first.get("line")
    source, more = first.get("file") or name, rows.num_rows - 1
    en, zh = ("", "") if line is None else (f", line {line}", f" 第 {line} 行")
    value = None if first[column] is None else mask(str(first[column]))
    also, also_zh = (f" ({more} more such rows)", f"（另有 {more} 行）") if more else ("", "")
    raise ActionsError(
        f"{source}{en}, {column}: {value!r} {why[0]}{also}",
        f"{source}{zh}，{column}：{value!r} {why[1]}{also_zh}",
    )


def _places(ids: pa.Array, rows: pa.Table) -> pa.Array:
    """Return where each customer first stands in the rows; null for nowhere."""
    return pc.index_in(ids, _whole(rows["customer_id"]))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks().cast(pa.string())


def _yes_or_no(cells: pa.Array) -> pa.Array:
    """Return 1 and 0, as databases and workbooks write a flag, as `true` and `false`."""
    is_true, is_false = (pc.is_in(cells, pa.array(words)) for words in (["1", "1.0"], ["0", "0.0"]))
    return pc.if_else(is_true, "true", pc.if_else(is_false, "false", cells))


def _equal(said: pa.ChunkedArray, word: str) -> Flags:
    flags: Flags = pc.coalesce(pc.equal(said, word), False).to_numpy()
    return flags
