"""The grammar: a line says measure, facts and windows; it becomes one feature a window.

The words of a feature are made of the words of its facts, so that no description can drift from
what is computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from nlp.message import Message
from tiering.features.feature import EVER, LONGER, WINDOWS, Fact, Feature, Measure, Table

EVERY = (*WINDOWS, EVER)
SOME = (30, 90, 365)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the grammar: `stem`, which the names begin with, and what they are made of."""

    stem: str
    measure: Measure
    facts: tuple[str, ...]
    unit: str
    windows: tuple[int | None, ...]
    high: float | None = None


def totals(
    facts: Sequence[str], windows: tuple[int | None, ...], unit: str = "count"
) -> tuple[Line, ...]:
    """Return one line of totals for each fact."""
    return tuple(Line(fact, "total", (fact,), unit, windows) for fact in facts)


def shares(windows: tuple[int | None, ...], **parts: tuple[str, str]) -> tuple[Line, ...]:
    """Return lines of shares: name = (part, whole)."""
    return tuple(Line(name, "share", facts, "share", windows, 1.0) for name, facts in parts.items())


def trends(*facts: str) -> tuple[Line, ...]:
    """Return lines of trends."""
    return tuple(
        Line(f"{fact}_trend", "trend", (fact,), "balance", tuple(LONGER), 1.0) for fact in facts
    )


def since(*facts: str) -> tuple[Line, ...]:
    """Return lines of the days since a first or last thing."""
    return tuple(Line(f"days_since_{fact}", "since", (fact,), "days", (EVER,)) for fact in facts)


def features_of(table: Table, facts: Sequence[Fact], lines: Sequence[Line]) -> tuple[Feature, ...]:
    """Return the features of a table, in the order of its lines and windows."""
    known = {fact.name: fact for fact in facts}
    return tuple(_feature(table, known, line, window) for line in lines for window in line.windows)


def _feature(table: Table, known: Mapping[str, Fact], line: Line, window: int | None) -> Feature:
    said = [known[name].said for name in line.facts]
    whole = line.measure in WHOLE and known[line.facts[0]].scale == 1
    return Feature(
        name=_name(line, window),
        table=table,
        measure=line.measure,
        facts=line.facts,
        window=window,
        unit=line.unit,
        low=-1.0 if line.unit == "balance" else 0.0,
        high=line.high,
        whole=whole,
        null=_null(line.measure, said, window),
        description=_description(line.measure, said, window),
    )


WHOLE = ("total", "largest", "smallest", "since")


def _name(line: Line, window: int | None) -> str:
    if line.measure in ("since", "gap", "lateness"):
        return line.stem
    return f"{line.stem}_{'ever' if window is None else f'{window}d'}"


def _when(window: int | None) -> Message:
    if window is None:
        return Message("so far", "迄今")
    return Message(f"in the last {window} days", f"近 {window} 天")


SENTENCES: Mapping[Measure, Message] = MappingProxyType(
    {
        "total": Message("{0} {when}", "{when}的{0}"),
        "largest": Message("{0} {when}", "{when}的{0}"),
        "smallest": Message("{0} {when}", "{when}的{0}"),
        "mean": Message("{0} for each of {1}, {when}", "{when}的{0}除以{1}"),
        "share": Message("{0} as a share of {1}, {when}", "{when}的{0}占{1}的比例"),
        "balance": Message(
            "balance of {0} and {1} {when}: their difference by their sum",
            "{when}的{0}与{1}之差除以二者之和",
        ),
        "trend": Message(
            "course of {0}: the daily rate {when} against that of {before}; 0 is steady, 1 all new",
            "{0}的走势：{when}日均与{before}日均之差除以二者之和；0 为持平，1 为全部新增",
        ),
        "since": Message("days since {0}", "距{0}的天数"),
        "gap": Message("mean days from one of {2} to the next", "相邻{2}的平均间隔天数"),
        "lateness": Message(
            "days since {1} in mean gaps between {2}; above 1 is later than usual",
            "距{1}的天数除以{2}的平均间隔；大于 1 即晚于往常",
        ),
    }
)

NEVER = Message("never null: none counts 0", "不为空：没有则为 0")
NULLS: Mapping[Measure, Message] = MappingProxyType(
    {
        "total": NEVER,
        "largest": Message("none {when}", "{when}没有"),
        "smallest": Message("none {when}", "{when}没有"),
        "mean": Message("no {1} {when}", "{when}没有{1}"),
        "share": Message("no {1} {when}", "{when}没有{1}"),
        "balance": Message("neither {0} nor {1} {when}", "{when}既无{0}也无{1}"),
        "trend": Message("no {0} in both times", "两段时间都没有{0}"),
        "since": Message("there is none so far", "迄今没有"),
        "gap": Message("fewer than two {2}", "少于两个{2}"),
        "lateness": Message("fewer than two {2}", "少于两个{2}"),
    }
)


def _null(measure: Measure, said: Sequence[Message], window: int | None) -> Message:
    return _filled(NULLS[measure], said, window)


def _description(measure: Measure, said: Sequence[Message], window: int | None) -> Message:
    return _filled(SENTENCES[measure], said, window)


def _filled(sentence: Message, said: Sequence[Message], window: int | None) -> Message:
    when, before = _when(window), _before(window)
    en = sentence.en.format(*(each.en for each in said), when=when.en, before=before.en)
    zh = sentence.zh.format(*(each.zh for each in said), when=when.zh, before=before.zh)
    return Message(en, zh)


def _before(window: int | None) -> Message:
    if window is None or window not in LONGER:
        return Message("", "")
    days = LONGER[window] - window
    return Message(f"the {days} days before", f"此前 {days} 天")
