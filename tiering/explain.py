"""Where every point of a score comes from: parts that add up to it, down to the inputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import narwhals as nw

from tiering.card import shares_of, with_score
from tiering.errors import ContractError
from tiering.explained_measures import Measure, measures_of
from tiering.frames import collect
from tiering.policy import Policy
from tiering.policy_file import load_policy
from tiering.scorecard import measure
from tiering.tables import scored_tables
from tiering.times import moment_of

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score.

    `figure` is the input (days, orders, fen, texts; None where there is none), `points` what the
    policy gives for it within its dimension, `gives` what arrives in the score. Two measures are
    no inputs: `held` is what a dimension loses or gains because it is held within 0 to 100 and
    written to a millionth, `rounding` the same for the score.
    """

    dimension: str
    measure: str
    figure: float | None
    points: float
    gives: float


def explain(
    orders: object,
    signals: object,
    *,
    customers: Sequence[str],
    as_of: date | datetime | str,
    engagement: object = None,
    accounts: object = None,
    edges: object = None,
    links: object = None,
    merges: object = None,
    policy: Policy | None = None,
) -> dict[str, tuple[Part, ...]]:
    """Return for each customer the parts whose `gives` add up to the score.

    Parameters
    ----------
    orders, signals, as_of, engagement, accounts, edges, links, merges, policy
        As for `score`; everybody is measured, because influence depends on the others.
    customers
        Whose scores to explain.

    Raises
    ------
    ContractError
        A customer is in none of the tables, or as for `score`.
    EngineError, AsOfError, MergeError, PolicyError
        As for `score`.
    """
    moment, given = moment_of(as_of), policy or load_policy()
    tables = scored_tables(orders, signals, engagement, accounts, edges, links, merges)
    found = measure(tables, moment, given)
    scored = with_score(found.customers, found.parts, found.policy)
    wanted = scored.filter(nw.col("customer_id").is_in(list(customers)))
    rows = {row["customer_id"]: row for row in collect(wanted).to_pylist()}
    absent = [name for name in customers if name not in rows]
    if absent:
        raise ContractError(
            f"customers {', '.join(absent)} are in none of the tables; check the ids",
            f"各表中均没有顾客 {'、'.join(absent)}；请核对编号",
        )
    shares, measures = shares_of(found.parts, found.policy), measures_of(found.policy)
    return {name: tuple(_parts(rows[name], shares, measures)) for name in customers}


def _parts(
    row: Row, shares: Mapping[str, float], measures: Mapping[str, Sequence[Measure]]
) -> Iterator[Part]:
    arrived = 0.0
    for name, share in shares.items():
        inner = list(_within(row, name, measures[name]))
        points = sum(part.points for part in inner)
        held = float(row[name]) - points
        yield from (_weighed(part, share) for part in inner)
        yield Part(name, "held", None, held, held * share)
        arrived += float(row[name]) * share
    rounding = float(row["score"]) - arrived
    yield Part("score", "rounding", None, rounding, rounding)


def _weighed(part: Part, share: float) -> Part:
    return Part(part.dimension, part.measure, part.figure, part.points, part.points * share)


def _within(row: Row, name: str, measures: Sequence[Measure]) -> Iterator[Part]:
    """Yield the parts of one dimension; where nothing is known, its points without a sign."""
    present = [each for each in measures if row[each.column] is not None]
    if not present:
        yield Part(name, "no_sign", None, float(row[name]), 0.0)
        return
    total = sum(each.weight for each in present) if name == "social" else 1.0
    kept = float(row["kept"]) if name == "social" else 1.0
    plain = [(each, float(row[each.column]) * each.weight / total) for each in present]
    for each, points in plain:
        yield Part(name, each.name, _figure(row, each), points, 0.0)
    if base := sum(each.base for each in measures):
        yield Part(name, "base", None, base, 0.0)
    if kept != 1.0:
        lost = sum(points for _, points in plain) * (kept - 1.0)
        yield Part(name, "discounts", kept, lost, 0.0)


def _figure(row: Row, each: Measure) -> float | None:
    figure = row[each.figure]
    return None if figure is None else float(figure)
