"""The compact form of a rule, read by a small parser of our own; nothing in it is ever run.

    tier in (core, strategic) and not count(orders, 90d) > 0
    sum(orders.amount where refunded = 0, 365d) >= 100000
    count(signals where complaint = quality and severity >= 2, 30d) >= 1
    days_since(events:login) > 60 or sequence(events:add_to_cart, orders, within 3d, 30d)

`and` binds closer than `or`, `not` closest. Windows are days in China, today included; without a
window a figure is over all that is known. `events:view` is short for `events where event = view`.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from tiering.errors import TagError
from tiering.tags.expression import (
    MOST_DEPTH,
    MOST_NODES,
    All,
    Compare,
    Condition,
    Count,
    DaysSince,
    Expression,
    Figure,
    Not,
    Profile,
    Rows,
    Sequence,
    Some,
    Sum,
    Value,
)
from tiering.tags.vocabulary import NUMBER, SOURCES, Field, Vocabulary, demand_fit, look_up

MOST_TEXT = 4_000
MOST_DAYS = 36_500
TOKEN = re.compile(
    r"(?P<span>\d+[dh]\b)|(?P<number>-?\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<name>[^\W\d]\w*)|(?P<op>>=|<=|!=|==|[=<>])|(?P<mark>[(),:.])|(?P<end>$)"
)
FIGURES = ("count", "sum", "days_since")
WORDS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a rule, of which kind, and the column at which it begins, from 1."""

    kind: str
    text: str
    column: int


def parse(text: str, vocabulary: Vocabulary, place: str) -> Expression:
    """Return what a rule in the compact form says.

    Raises
    ------
    TagError
        A sign, word or name is out of place or not known; the rule is too long or too deep. Names
        the place with the column.
    """
    if len(text) > MOST_TEXT:
        raise TagError(
            f"{place}: a rule of {len(text)} letters; at most {MOST_TEXT} are read, split the tag",
            f"{place}：规则长 {len(text)} 字；最多 {MOST_TEXT} 字，请拆分标签",
        )
    return _Parser(_tokens(text, place), vocabulary, place).whole()


def _tokens(text: str, place: str) -> list[Token]:
    found, at = [], 0
    while True:
        at += len(text[at:]) - len(text[at:].lstrip())
        match = TOKEN.match(text, at)
        if match is None:
            raise TagError(
                f"{place}, column {at + 1}: {text[at]!r} is no sign of the language",
                f"{place}，第 {at + 1} 列：无法识别的符号 {text[at]!r}",
            )
        found.append(Token(str(match.lastgroup), match.group(), at + 1))
        if match.lastgroup == "end":
            return found
        at = match.end()


class _Parser:
    """Reads tokens from left to right, each rule of the grammar one method."""

    def __init__(self, tokens: list[Token], vocabulary: Vocabulary, place: str) -> None:
        self.tokens, self.at, self.nodes = tokens, 0, 0
        self.vocabulary, self.where = vocabulary, place

    def whole(self) -> Expression:
        found = self.expression(0)
        if self.token().kind != "end":
            self.refuse("and, or, or the end", "and、or 或结尾")
        return found

    def expression(self, depth: int) -> Expression:
        parts = [self.term(depth)]
        while self.accept("or"):
            parts.append(self.term(depth))
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def term(self, depth: int) -> Expression:
        parts = [self.factor(depth)]
        while self.accept("and"):
            parts.append(self.factor(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def factor(self, depth: int) -> Expression:
        self.nodes += 1
        if depth > MOST_DEPTH or self.nodes > MOST_NODES:
            self.refuse(f"at most depth {MOST_DEPTH}, size {MOST_NODES}", "更浅更短的规则")
        if self.accept("not"):
            return Not(self.factor(depth + 1))
        if self.accept("("):
            inner = self.expression(depth + 1)
            self.expect(")")
            return inner
        if self.token().text == "sequence":
            return self.sequence()
        return self.comparison()

    def sequence(self) -> Sequence:
        self.expect("sequence")
        self.expect("(")
        steps = [self.rows()]
        self.expect(",")
        while self.token().text != "within":
            steps.append(self.rows())
            self.expect(",")
        self.expect("within")
        if len(steps) < 2:
            self.refuse("two steps or more", "至少两步")
        hours, days = self.hours(), self.window()
        return Sequence(tuple(steps), hours, days)

    def comparison(self) -> Compare:
        figure, kind = self.figure()
        op, values, place = self.against(kind)
        demand_fit(kind, op, values, place)
        return Compare(figure, op, values)

    def figure(self) -> tuple[Figure, Field]:
        name, place = self.take("name", "a column or a figure", "列名或统计量").text, self.place(-1)
        if self.token().text != "(":
            return Profile(name), self.vocabulary.column(name, place)
        look_up(name, dict.fromkeys((*FIGURES, "sequence")), place)
        self.expect("(")
        if name == "sum":
            return self.sum(), NUMBER
        rows = self.rows()
        if name == "count":
            return Count(rows, self.window()), NUMBER
        self.expect(")")
        return DaysSince(rows), NUMBER

    def sum(self) -> Sum:
        source = self.source()
        self.expect(".")
        field = self.take("name", "a field", "字段").text
        kind = self.vocabulary.field(source, field, self.place(-1))
        demand_fit(kind, ">=", (0.0,), self.place(-1))
        rows = Rows(source, self.conditions(source))
        return Sum(rows, field, self.window())

    def source(self) -> str:
        name = self.take("name", "orders, signals or events", "orders、signals 或 events").text
        look_up(name, SOURCES, self.place(-1))
        return name

    def rows(self) -> Rows:
        source = self.source()
        named: tuple[Condition, ...] = ()
        if source == "events" and self.accept(":"):
            event = self.take("name", "an event", "事件").text
            named = (Condition("event", "=", (event,)),)
        return Rows(source, (*named, *self.conditions(source)))

    def conditions(self, source: str) -> tuple[Condition, ...]:
        if not self.accept("where"):
            return ()
        found = [self.condition(source)]
        while self.accept("and"):
            found.append(self.condition(source))
        return tuple(found)

    def condition(self, source: str) -> Condition:
        self.nodes += 1
        name = self.take("name", "a field", "字段").text
        kind = self.vocabulary.field(source, name, self.place(-1))
        op, values, place = self.against(kind)
        demand_fit(kind, op, values, place)
        return Condition(name, op, values)

    def against(self, kind: Field) -> tuple[str, tuple[Value, ...], str]:
        if not self.accept("in"):
            op = self.take("op", "=, !=, <, <=, >, >= or in", "比较符").text
            place = self.place(0)
            return op.replace("==", "="), (self.value(kind),), place
        place = self.place(0)
        self.expect("(")
        values = [self.value(kind)]
        while self.accept(","):
            values.append(self.value(kind))
        self.expect(")")
        return "in", tuple(values), place

    def value(self, kind: Field) -> Value:
        token = self.token()
        if token.kind not in ("number", "text", "name"):
            self.refuse("a value", "取值")
        self.at += 1
        if token.kind == "number":
            return token.text if kind.kind in ("text", "labels") else float(token.text)
        if token.kind == "text":
            return token.text[1:-1]
        is_flag = kind.kind == "flag" and token.text.lower() in WORDS
        return WORDS[token.text.lower()] if is_flag else token.text

    def window(self) -> int | None:
        """Read `, 30d)` or `)`."""
        if not self.accept(","):
            self.expect(")")
            return None
        token = self.take("span", "days such as 30d", "天数，如 30d")
        days = int(token.text[:-1])
        if not token.text.endswith("d") or not 1 <= days <= MOST_DAYS:
            self.at -= 1
            self.refuse(f"1d to {MOST_DAYS}d", f"1d 到 {MOST_DAYS}d")
        self.expect(")")
        return days

    def hours(self) -> int:
        token = self.take("span", "a time such as 3d or 12h", "时间，如 3d 或 12h")
        hours = int(token.text[:-1]) * (24 if token.text.endswith("d") else 1)
        if not 1 <= hours <= MOST_DAYS * 24:
            self.at -= 1
            self.refuse(f"1h to {MOST_DAYS}d", f"1h 到 {MOST_DAYS}d")
        return hours

    def token(self) -> Token:
        return self.tokens[self.at]

    def place(self, step: int) -> str:
        return f"{self.where}, column {self.tokens[max(self.at + step, 0)].column}"

    def accept(self, word: str) -> bool:
        token = self.token()
        found = token.kind != "text" and token.text.lower() == word
        self.at += found
        return found

    def expect(self, word: str) -> None:
        if not self.accept(word):
            self.refuse(repr(word), repr(word))

    def take(self, kind: str, en: str, zh: str) -> Token:
        if self.token().kind != kind:
            self.refuse(en, zh)
        self.at += 1
        return self.tokens[self.at - 1]

    def refuse(self, en: str, zh: str) -> NoReturn:
        token = self.token()
        found = repr(token.text) if token.text else "the end"
        raise TagError(
            f"{self.place(0)}: {found} stands where there must be {en}",
            f"{self.where}，第 {token.column} 列：此处应为 {zh}，却是 {token.text or '结尾'!r}",
        )
