"""Tags over time: what goes on, what begins, what ends and why; and the difference since before.

A row is never lost: where a tag ends or changes, its row gets `valid_to` and `ended`, and stays.
`known_at` is when the tag was first known with this value under this rule, evidence is today's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from tiering.check import with_microseconds
from tiering.errors import TagError
from tiering.frames import (
    Frame,
    collect,
    columns_of,
    nothing_of,
    one_text,
    open_frame,
    settle,
)
from tiering.times import Moment

TIMES = ("valid_from", "valid_to", "known_at")
TAG_COLUMNS = (
    "customer_id",
    "tag",
    "value",
    "valid_from",
    "valid_to",
    "known_at",
    "source",
    "rule_version",
    "evidence_en",
    "evidence_zh",
    "confidence",
    "ended",
)
CHANGE_COLUMNS = ("customer_id", "tag", "change", "before", "after", "why")
KEY = ("customer_id", "tag")
TEXTS = tuple(name for name in TAG_COLUMNS if name not in (*TIMES, "confidence"))


@dataclass(frozen=True, slots=True)
class History:
    """All rows after a run, and what is different from the run before."""

    rows: Frame
    changes: Frame


def plain(frame: Frame) -> Frame:
    """Return rows of tags in the order and types of `TAG_COLUMNS`; times are microseconds."""
    cast = frame.select(
        *(
            nw.col(name).cast(
                nw.Int64 if name in TIMES else nw.Float64 if name == "confidence" else nw.String
            )
            for name in TAG_COLUMNS
        )
    )
    return one_text(cast, TEXTS)


def open_previous(native: object, moment: Moment) -> Frame:
    """Return the tags of the run before, as `tingyin tags` wrote them.

    Raises
    ------
    TagError
        A column or a cell that each row needs is missing, a time is none, a customer has a tag
        twice at once, or the run is not earlier than this one.
    """
    present = columns_of(native)
    missing = [name for name in TAG_COLUMNS if name not in present]
    if missing:
        raise TagError(
            f"the tags of the run before have no column {', '.join(missing)}; give what "
            "`tingyin tags` wrote",
            f"前次标签缺少列 {'、'.join(missing)}；请提供 `tingyin tags` 的输出",
        )
    frame = open_frame(native, TAG_COLUMNS)
    given = nw.col("valid_to").cast(nw.String).fill_null("") != ""
    read = with_microseconds(frame.with_columns(ends=given), list(TIMES))
    read = read.with_columns(
        **{name: nw.col(f"{name}_us") for name in TIMES},
        ended=nw.when(nw.col("ended").cast(nw.String) != "").then(nw.col("ended")),
    )
    read = settle(read)
    _demand(read, moment)
    return settle(plain(read))


def _demand(rows: Frame, moment: Moment) -> None:
    needed = ("customer_id", "tag", "value", "valid_from", "known_at", "rule_version", "source")
    holes = [nw.col(name).is_null().cast(nw.Int64).sum().alias(name) for name in needed]
    unread = nw.col("ends") & nw.col("valid_to").is_null()
    found = collect(
        rows.select(
            *holes,
            unread.cast(nw.Int64).sum().alias("valid_to"),
            nw.col("known_at").max().alias("newest"),
        )
    ).to_pylist()[0]
    newest = found.pop("newest")
    wrong = [f"{name} {number}" for name, number in found.items() if number]
    if wrong:
        raise TagError(
            f"the tags of the run before have rows whose cells are empty or no time "
            f"({', '.join(wrong)}); give what `tingyin tags` wrote",
            f"前次标签有单元格为空或不是时间（{'、'.join(wrong)}）；请提供 `tingyin tags` 的输出",
        )
    if newest is not None and newest >= moment.us:
        raise TagError(
            f"the run before is not earlier than {moment.text}; give an earlier one",
            f"前次标签不早于 {moment.text}；请提供更早的一次",
        )
    current = rows.filter(nw.col("valid_to").is_null() | (nw.col("valid_to") > moment.us))
    twice = current.group_by(*KEY).agg(nw.len().alias("n")).filter(nw.col("n") > 1)
    several = collect(twice.sort(*KEY).head(3)).to_pylist()
    if several:
        named = ", ".join(f"{row['customer_id']} {row['tag']}" for row in several)
        raise TagError(
            f"the run before has customers with one tag twice at once ({named}); keep one row",
            f"前次标签中同一顾客的同一标签有多行同时有效（{named}）；请只保留一行",
        )


def with_history(
    now: Frame, previous: Frame, published: Sequence[str], merged: Frame, moment: Moment
) -> History:
    """Return all rows, those of before joined with those of now, and the changes.

    Parameters
    ----------
    now
        Rows of `FOUND` with `valid_from`, `valid_to`: every current tag once a customer.
    previous
        From `open_previous`.
    published
        The names of the tags that are given now.
    merged
        A column `customer_id` of ids that were merged into others.
    """
    goes = nw.col("valid_to").is_null() | (nw.col("valid_to") > moment.us)
    current, over = previous.filter(goes), previous.filter(~goes)
    over = over.with_columns(ended=nw.coalesce("ended", nw.lit("expired")))
    held = _renamed(current, "held", ("value", "rule_version", "valid_from", "known_at"))
    joined = settle(now.join(held, on=list(KEY), how="left"))
    same = (nw.col("value") == nw.col("held_value")) & (
        nw.col("rule_version") == nw.col("held_rule_version")
    )
    same = same.fill_null(value=False)
    rows = joined.with_columns(
        valid_from=nw.when(same).then(nw.col("held_valid_from")).otherwise(nw.col("valid_from")),
        known_at=nw.when(same).then(nw.col("held_known_at")).otherwise(moment.us),
        ended=nothing_of(nw.String),
    )
    closed = settle(_closed(current, now, published, merged, moment))
    every = nw.concat([plain(rows), plain(over), plain(closed)])
    begun = joined.filter(~same).select(
        *KEY,
        change=nw.when(nw.col("held_value").is_null())
        .then(nw.lit("added"))
        .otherwise(nw.lit("changed")),
        before=nw.col("held_value"),
        after=nw.col("value"),
        why=nw.col("evidence_en"),
    )
    gone = closed.filter(~nw.col("ended").is_in(["changed", "rule_changed"])).select(
        *KEY,
        change=nw.lit("ended"),
        before=nw.col("value"),
        after=nothing_of(nw.String),
        why=nw.col("ended"),
    )
    changes = nw.concat([_texts(begun), _texts(gone)])
    return History(settle(every), settle(changes))


def _closed(
    current: Frame, now: Frame, published: Sequence[str], merged: Frame, moment: Moment
) -> Frame:
    """Return the rows that no row of now goes on with, ended at this moment, with the reason."""
    new = _renamed(now, "new", ("value", "rule_version"))
    gone = merged.select("customer_id", is_merged=nw.lit(1))
    joined = current.join(new, on=list(KEY), how="left").join(gone, on="customer_id", how="left")
    value, version = nw.col("new_value"), nw.col("new_rule_version")
    goes_on = (value == nw.col("value")) & (version == nw.col("rule_version"))
    ended = (
        nw.when(nw.col("is_merged") == 1)
        .then(nw.lit("merged"))
        .when(~nw.col("tag").is_in(list(published)))
        .then(nw.lit("unpublished"))
        .when(value.is_null())
        .then(nw.lit("no_match"))
        .when(value == nw.col("value"))
        .then(nw.lit("rule_changed"))
        .otherwise(nw.lit("changed"))
    )
    over = joined.filter(~goes_on.fill_null(value=False))
    return over.with_columns(ended=ended, valid_to=nw.col("valid_to") * 0 + moment.us).with_columns(
        valid_to=nw.col("valid_to").fill_null(moment.us)
    )


def _renamed(frame: Frame, before: str, names: Sequence[str]) -> Frame:
    return frame.select(*KEY, **{f"{before}_{name}": nw.col(name) for name in names})


def _texts(frame: Frame) -> Frame:
    cast = frame.select(*(nw.col(name).cast(nw.String) for name in CHANGE_COLUMNS))
    return one_text(cast, CHANGE_COLUMNS)


def empty_like(now: Frame) -> Frame:
    """Return no rows of an earlier run, of the engine of `now`."""
    return plain(
        now.head(0).with_columns(known_at=nothing_of(nw.Int64), ended=nothing_of(nw.String))
    )
