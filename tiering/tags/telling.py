"""Figures as words, in both languages: what a rule looked at and what it found."""

import narwhals as nw

from tiering.card import NAMES
from tiering.reasons import yuan
from tiering.tags.expression import Condition, Count, Figure, Profile, Rows, Sequence, Sum
from tiering.tags.vocabulary import Field

ROWS = {"orders": ("orders", "订单"), "signals": ("signals", "反馈"), "events": ("events", "行为")}
COLUMNS = {name: zh for name, (_, zh) in NAMES.items()} | {
    "tier": "层级",
    "score": "得分",
    "band": "达人分级",
    "care": "重点关怀",
    "influence": "影响力",
    "p_alive": "仍活跃的概率",
}


def said(figure: Figure, name: str, such_as: str, kind: Field | None, tongue: str) -> list[nw.Expr]:
    """Return the pieces of text that tell a figure, such as `orders in 90 days: 3 (such as o7)`."""
    value = _value(figure, nw.col(name), kind)
    unknown = "not known" if tongue == "en" else "未知"
    colon = ": " if tongue == "en" else "："
    pieces = [nw.lit(f"{told(figure, tongue)}{colon}"), nw.coalesce(value, nw.lit(unknown))]
    if such_as:
        before, after = (" (such as ", ")") if tongue == "en" else ("（如 ", "）")
        example = nw.concat_str([nw.lit(before), nw.col(such_as), nw.lit(after)], separator="")
        pieces.append(nw.when(~nw.col(such_as).is_null()).then(example).otherwise(nw.lit("")))
    return pieces


def said_sequence(sequence: Sequence, name: str, tongue: str) -> list[nw.Expr]:
    """Return the pieces of text that tell a sequence: its steps, and when it was last gone."""
    never = "never" if tongue == "en" else "没有"
    when = nw.coalesce(nw.col(name), nw.lit(never))
    colon = ": " if tongue == "en" else "："
    return [nw.lit(f"{told_sequence(sequence, tongue)}{colon}"), when]


def told(figure: Figure, tongue: str) -> str:
    """Return what a figure is, in words."""
    en = tongue == "en"
    if isinstance(figure, Profile):
        return figure.name if en else COLUMNS.get(figure.name, figure.name)
    rows = _rows(figure.rows, tongue)
    if isinstance(figure, Count):
        return f"{rows}{_in_days(figure.days)}" if en else f"{_within(figure.days)}{rows}数量"
    if isinstance(figure, Sum):
        what = f"{figure.field} of {rows}{_in_days(figure.days)}"
        return what if en else f"{_within(figure.days)}{rows} {figure.field} 合计"
    return f"days since {rows}" if en else f"距最近一次{rows}的天数"


def told_sequence(sequence: Sequence, tongue: str) -> str:
    """Return what a sequence is, in words."""
    steps = [_rows(step, tongue) for step in sequence.steps]
    if tongue == "en":
        return f"{' then '.join(steps)} within {sequence.hours} h{_in_days(sequence.days)}"
    return f"{_within(sequence.days)}{'，再'.join(steps)}，相隔至多 {sequence.hours} 小时"


def _value(figure: Figure, column: nw.Expr, kind: Field | None) -> nw.Expr:
    if isinstance(figure, Sum) and figure.rows.source == "orders":
        return nw.concat_str([nw.lit("¥"), yuan(column)], separator="")
    is_number = isinstance(figure, Sum) or (kind is not None and kind.kind == "number")
    if is_number:
        return _hundredths(column)
    if kind is not None and kind.kind == "flag":
        return nw.when(column == 1).then(nw.lit("true")).when(column == 0).then(nw.lit("false"))
    return column.cast(nw.String)


def _hundredths(number: nw.Expr) -> nw.Expr:
    """Return a number as text with two digits behind the point, the same on every engine."""
    size = nw.when(number < 0).then(-number).otherwise(number)
    total = (size * 100 + 0.5).floor().cast(nw.Int64)
    before = total // 100
    after = (total - before * 100).cast(nw.String).str.zfill(2)
    sign = nw.when(number < 0).then(nw.lit("-")).otherwise(nw.lit(""))
    return nw.concat_str([sign, before.cast(nw.String), nw.lit("."), after], separator="")


def _rows(rows: Rows, tongue: str) -> str:
    name = ROWS[rows.source][0 if tongue == "en" else 1]
    where = [_condition(each) for each in rows.where]
    return f"{name} [{', '.join(where)}]" if where else name


def _condition(condition: Condition) -> str:
    values = [f"{each:g}" if isinstance(each, float) else str(each) for each in condition.values]
    told = f"({', '.join(values)})" if condition.op == "in" else values[0]
    return f"{condition.field} {condition.op} {told}"


def _in_days(days: int | None) -> str:
    return "" if days is None else f" in {days} days"


def _within(days: int | None) -> str:
    return "" if days is None else f"{days} 天内"
