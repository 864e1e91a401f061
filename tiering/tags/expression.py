"""What a rule says, as a tree: figures of a customer compared, joined by and, or, not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Value: TypeAlias = str | float | bool
MOST_DEPTH = 20
MOST_NODES = 200


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row must be: a field of it against values (several only with `in`)."""

    field: str
    op: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of `orders`, `signals` or `events` for which all conditions hold."""

    source: str
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A column of the profile: what the score card says, or a column of the user's own."""

    name: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are in the last `days` days in China, today included; None is ever."""

    rows: Rows
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a number of rows in the last `days` days; money in fen."""

    rows: Rows
    field: str
    days: int | None = None


@dataclass(frozen=True, slots=True)
class DaysSince:
    """Days since the last such row; not known without any."""

    rows: Rows


Figure: TypeAlias = Profile | Count | Sum | DaysSince


@dataclass(frozen=True, slots=True)
class Compare:
    """A figure against values. What is not known holds for nothing, so that `not` of it holds."""

    figure: Figure
    op: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """One row after the other, the last at most `hours` after the first; all in `days` days."""

    steps: tuple[Rows, ...]
    hours: int
    days: int | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Expression"


Leaf: TypeAlias = Compare | Sequence
Expression: TypeAlias = Leaf | All | Some | Not


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Yield the comparisons and sequences of an expression, from left to right."""
    match expression:
        case All(parts) | Some(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield expression


def sources_of(expression: Expression) -> set[str]:
    """Return which tables an expression reads; `profile` is one."""
    found: set[str] = set()
    for leaf in leaves(expression):
        if isinstance(leaf, Sequence):
            found |= {step.source for step in leaf.steps}
        else:
            figure = leaf.figure
            found.add("profile" if isinstance(figure, Profile) else figure.rows.source)
    return found
