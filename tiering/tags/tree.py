"""The long form of a rule: a tree of `all`, `any`, `not`, as YAML or JSON, with leaves in it.

A leaf is a rule in the compact form, or a mapping of its parts:

    all:
      - tier in (core, strategic)
      - any: [{profile: score, op: ">=", value: 60}, "count(orders, 30d) >= 2"]
      - not: {count: orders, where: [refunded > 0], days: 90, op: ">", value: 0}
"""

import json
from collections.abc import Mapping

from tiering.errors import TagError
from tiering.tags.expression import MOST_DEPTH, MOST_NODES, All, Expression, Not, Some
from tiering.tags.syntax import parse
from tiering.tags.vocabulary import OPERATORS, Vocabulary, look_up

FIGURES = ("profile", "count", "sum", "days_since")
PARTS = ("where", "days", "op", "value")


def expression_of(data: object, vocabulary: Vocabulary, place: str) -> Expression:
    """Return what a rule says, in either form.

    Raises
    ------
    TagError
        As for `parse`; a key is not known, missing or of another type; the tree is too deep or
        too large.
    """
    return _Tree(vocabulary).read(data, place, 0)


class _Tree:
    """Reads a tree; counts its nodes, so that one which names itself ends in an error."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary, self.nodes = vocabulary, 0

    def read(self, data: object, place: str, depth: int) -> Expression:
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES:
            raise TagError(
                f"{place}: a tree deeper than {MOST_DEPTH} or larger than {MOST_NODES}; split it",
                f"{place}：规则树超过 {MOST_DEPTH} 层或 {MOST_NODES} 个节点；请拆分",
            )
        if isinstance(data, str):
            return parse(data, self.vocabulary, place)
        if not isinstance(data, Mapping) or not all(isinstance(key, str) for key in data):
            raise TagError(
                f"{place}: {data!r} must be a rule: text, or one of the keys all, any, not",
                f"{place}：{data!r} 须为规则：文本，或 all、any、not 之一",
            )
        match list(data.items()):
            case [("not", part)]:
                return Not(self.read(part, f"{place}.not", depth + 1))
            case [("all" | "any" as key, [_, *_] as parts)]:
                read = [
                    self.read(part, f"{place}.{key}[{n}]", depth + 1)
                    for n, part in enumerate(parts)
                ]
                return All(tuple(read)) if key == "all" else Some(tuple(read))
            case _:
                return parse(_compact(data, place), self.vocabulary, place)


def _compact(data: Mapping[str, object], place: str) -> str:
    """Return a leaf of parts in the compact form; its words are quoted, so that none is code."""
    figures = [key for key in data if key in FIGURES]
    for key in data:
        look_up(key, dict.fromkeys((*FIGURES, *PARTS, "all", "any", "not")), place)
    op = data.get("op")
    if len(figures) != 1 or "value" not in data or op not in OPERATORS:
        raise TagError(
            f"{place}: a leaf has one of {', '.join(FIGURES)}, and `op` (one of "
            f"{' '.join(OPERATORS)}) and `value`; found {', '.join(data)}; all and any need a list",
            f"{place}：叶节点须有 {'、'.join(FIGURES)} 之一，以及 op（{' '.join(OPERATORS)}）"
            f"和 value；现有 {'、'.join(data)}；all 与 any 须为非空列表",
        )
    return f"{_figure(figures[0], data, place)} {op} {_value(data['value'], place)}"


def _figure(kind: str, data: Mapping[str, object], place: str) -> str:
    name = str(data[kind])
    if kind == "profile":
        return name
    where = data.get("where", [])
    conditions = [str(each) for each in where] if isinstance(where, list) else [str(where)]
    told = f" where {' and '.join(conditions)}" if conditions else ""
    days = data.get("days")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool)):
        raise TagError(
            f"{place}: days {days!r} must be a whole number", f"{place}：days {days!r} 须为整数"
        )
    return f"{kind}({name}{told}{'' if days is None else f', {days}d'})"


def _value(value: object, place: str) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return json.dumps(value)
        case str() if '"' not in value or "'" not in value:
            return f"'{value}'" if '"' in value else f'"{value}"'
        case [_, *_] if not any(isinstance(each, list) for each in value):
            return f"({', '.join(_value(each, place) for each in value)})"
    raise TagError(
        f"{place}: value {value!r} must be a word, a number, true, false, or a list of them",
        f"{place}：value {value!r} 须为文本、数字、true、false 或其列表",
    )
