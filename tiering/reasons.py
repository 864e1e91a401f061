"""Reasons in two languages, made of figures: a column of `[{en, zh}, ...]` for a whole frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from tiering.frames import Frame, collect, one_text, settle


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason of every row: a column of text in each language, never null."""

    en: nw.Expr
    zh: nw.Expr

    def row(self) -> nw.Expr:
        """Return the reason as a struct of `en` and `zh`."""
        return nw.struct(en=self.en, zh=self.zh)


@dataclass(frozen=True, slots=True)
class Notice:
    """A reason that only some rows have; it stands before those that all have."""

    where: nw.Expr
    reason: Reason


def with_reasons(
    frame: Frame, notices: Sequence[Notice], reasons: Sequence[Reason], most: int
) -> Frame:
    """Return the frame with a column `reasons`, at most `most` in each row, in the given order.

    Rows with the same notices have lists of the same length; each such group is made on its own,
    because no engine-neutral expression makes lists of different lengths.
    """
    frame = settle(frame)
    groups = [_group(frame, notices, has, reasons, most) for has in _present(frame, notices)]
    return nw.concat(groups) if len(groups) > 1 else groups[0]


def tenths(number: nw.Expr) -> nw.Expr:
    """Return a number of at least 0 as text with one digit behind the point, half rounded up."""
    total = (number * 10 + 0.5).floor().cast(nw.Int64)
    before = total // 10
    return nw.format("{}.{}", before, total - before * 10)


def yuan(fen: nw.Expr) -> nw.Expr:
    """Return whole fen of at least 0 as text in yuan, such as `1234.50`."""
    before = fen // 100
    return nw.format("{}.{}", before, (fen - before * 100).cast(nw.String).str.zfill(2))


def word_of(key: nw.Expr, names: Mapping[str, str]) -> nw.Expr:
    """Return the name that a key stands for; the key itself where it has none."""
    found = [nw.when(key == name).then(nw.lit(word)) for name, word in names.items()]
    return nw.coalesce(*found, key)


def _present(frame: Frame, notices: Sequence[Notice]) -> list[tuple[bool, ...]]:
    """Return which combinations of notices there are; the one without any for an empty frame."""
    names = [f"notice_{number}" for number in range(len(notices))]
    flags = {name: notice.where for name, notice in zip(names, notices, strict=True)}
    found = collect(frame.select(**flags).unique()).to_pylist()
    combinations = sorted(tuple(bool(row[name]) for name in names) for row in found)
    return combinations or [(False,) * len(notices)]


def _group(
    frame: Frame,
    notices: Sequence[Notice],
    has: Sequence[bool],
    reasons: Sequence[Reason],
    most: int,
) -> Frame:
    rows = frame
    for notice, wanted in zip(notices, has, strict=True):
        rows = rows.filter(notice.where if wanted else ~notice.where)
    noticed = [notice.reason for notice, wanted in zip(notices, has, strict=True) if wanted]
    told = [*noticed, *reasons][:most]
    names = [(f"reason_{number}_en", f"reason_{number}_zh") for number in range(len(told))]
    texts = {
        name: text
        for pair, reason in zip(names, told, strict=True)
        for name, text in zip(pair, (reason.en, reason.zh), strict=True)
    }
    rows = one_text(rows.with_columns(**texts), list(texts))
    structs = [Reason(nw.col(en), nw.col(zh)).row() for en, zh in names]
    return rows.with_columns(nw.list(*structs).alias("reasons")).drop(*texts)
