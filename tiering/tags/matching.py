"""Rules over all customers: who has which tag, and the figures that prove it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

import narwhals as nw

from tiering.frames import Frame, attach, nothing_of, settle
from tiering.tags.definitions import Definition, Level, Model
from tiering.tags.expression import (
    All,
    Compare,
    Expression,
    Figure,
    Not,
    Profile,
    Sequence,
    Some,
    leaves,
)
from tiering.tags.facts import TOLD, Tables, compared, with_facts
from tiering.tags.sequences import chains
from tiering.tags.telling import said, said_sequence
from tiering.tags.vocabulary import Field
from tiering.times import Moment

FOUND = (
    "customer_id",
    "tag",
    "value",
    "source",
    "rule_version",
    "evidence_en",
    "evidence_zh",
    "confidence",
)


@dataclass(frozen=True, slots=True)
class Named:
    """Under which column each figure and sequence stands; of which kind profile columns are."""

    figures: Mapping[Figure, str]
    sequences: Mapping[Sequence, str]
    kinds: Mapping[str, Field]


def measured(
    customers: Frame,
    tables: Tables,
    tags: tuple[Definition, ...],
    kinds: Mapping[str, Field],
    moment: Moment,
) -> tuple[Frame, Named]:
    """Return the customers with all that the tags compare, and where each of it stands."""
    found = [leaf for tag in tags for level in tag.levels for leaf in leaves(level.expression)]
    figures = dict.fromkeys(leaf.figure for leaf in found if isinstance(leaf, Compare))
    several = dict.fromkeys(leaf for leaf in found if isinstance(leaf, Sequence))
    named = Named(
        {figure: f"figure_{n}" for n, figure in enumerate(figures)},
        {each: f"sequence_{n}" for n, each in enumerate(several)},
        kinds,
    )
    facts = with_facts(customers, tables, named.figures, moment)
    for each, name in named.sequences.items():
        gone = attach(chains(each, tables, moment).table(name), customers)
        facts = settle(facts.join(gone, on="customer_id", how="left"))
    return facts, named


def tagged(facts: Frame, tag: Definition, named: Named) -> Iterator[Frame]:
    """Yield the rows of one tag, one frame a level: who has it, and why (columns `FOUND`)."""
    holds = [matches(level.expression, named) for level in tag.levels]
    for number, level in enumerate(tag.levels):
        wins = reduce(lambda found, later: found & ~later, holds[number + 1 :], holds[number])
        rows = facts.filter(wins)
        en, zh = (_evidence(level.expression, named, tongue) for tongue in ("en", "zh"))
        yield rows.select(
            "customer_id",
            tag=nw.lit(tag.name),
            value=nw.lit(level.value),
            source=nw.lit(tag.source),
            rule_version=nw.lit(tag.label()),
            evidence_en=en,
            evidence_zh=zh,
            confidence=_confidence(tag, level, named),
        )


def matches(expression: Expression, named: Named) -> nw.Expr:
    """Return where an expression holds; never null."""
    match expression:
        case All(parts):
            return reduce(and_, (matches(part, named) for part in parts))
        case Some(parts):
            return reduce(or_, (matches(part, named) for part in parts))
        case Not(part):
            return ~matches(part, named)
        case Sequence():
            return nw.col(named.sequences[expression]).fill_null(value=False)
        case Compare(figure, op, values):
            is_flag = isinstance(figure, Profile) and named.kinds[figure.name].kind == "flag"
            plain = tuple(int(bool(each)) for each in values) if is_flag else values
            return compared(nw.col(named.figures[figure]), op, plain)


def _evidence(expression: Expression, named: Named, tongue: str) -> nw.Expr:
    told = list(dict.fromkeys(_figures(expression)))
    pieces: list[nw.Expr] = []
    for number, leaf in enumerate(told):
        if number:
            pieces.append(nw.lit("; " if tongue == "en" else "；"))
        pieces += _piece(leaf, named, tongue)
    return nw.concat_str(pieces, separator="")


def _figures(expression: Expression) -> Iterator[Figure | Sequence]:
    for leaf in leaves(expression):
        yield leaf.figure if isinstance(leaf, Compare) else leaf


def _piece(told: Figure | Sequence, named: Named, tongue: str) -> list[nw.Expr]:
    if isinstance(told, Sequence):
        return said_sequence(told, f"{named.sequences[told]}_told", tongue)
    name = named.figures[told]
    kind = named.kinds[told.name] if isinstance(told, Profile) else None
    return said(told, name, "" if isinstance(told, Profile) else f"{name}{TOLD}", kind, tongue)


def _confidence(tag: Definition, level: Level, named: Named) -> nw.Expr:
    """Return 1 for rules; for models their probability where they give one; else null."""
    if tag.source == "rule":
        return nw.lit(1.0)
    if tag.model is None or not tag.model.probability:
        return nothing_of(nw.Float64)
    return _probability(tag.model, level.expression, named)


def _probability(model: Model, expression: Expression, named: Named) -> nw.Expr:
    figure = next(leaf.figure for leaf in leaves(expression) if isinstance(leaf, Compare))
    column = nw.col(named.figures[figure])
    speaks = column if model.at_least is not None else 1 - column
    return nw.when((speaks >= 0) & (speaks <= 1)).then(speaks)
