"""A scoring told piece by piece: many customers' scores without all their sentences in memory.

Figures of everybody are numbers and small; the sentences of a million customers are not. So the
figures are computed once, and the sentences of one range of ids at a time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from tiering.card import score_card
from tiering.check import RowCounts
from tiering.faults import RefusedRow
from tiering.frames import Frame, collect
from tiering.influence import COLUMNS, parts_of
from tiering.influence_reasons import with_author_reasons
from tiering.network import NetworkCounts, network_counts
from tiering.policy import Policy
from tiering.policy_file import load_policy
from tiering.population import Population, population_of
from tiering.scorecard import Heed, columns_of, measure, unheeded
from tiering.stability import open_previous
from tiering.times import moment_of

PIECE = 100_000
"""Customers a piece: some 150 MB with their reasons."""

Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ScorePieces:
    """A scoring whose figures are known; what is told of them comes when it is asked for.

    The counts are those of `tiering.ScoreRun`; beside them who the customers are, how many ids
    were `merged` into others, and what the `network` holds (None without edges). `scores()` and
    `authors()` yield Arrow tables, one after the other in the order of the ids; `heard(n)` is the
    table of the n most influential accounts. All may be called again.
    """

    as_of: str
    policy_version: str
    customers: int
    population: Population
    merged: int
    network: NetworkCounts | None
    rows: Mapping[str, RowCounts]
    unattributed: int
    refused: tuple[RefusedRow, ...]
    scores: Callable[[], Iterator[pa.Table]]
    authors: Callable[[], Iterator[pa.Table]]
    heard: Callable[[int], pa.Table]


def score_pieces(
    tables: Mapping[str, object],
    *,
    as_of: date | datetime | str,
    policy: Policy | None = None,
    previous: object = None,
    size: int = PIECE,
    heed: Heed = unheeded,
) -> ScorePieces:
    """Return what `tiering.score_run` returns, told in pieces.

    Parameters
    ----------
    tables
        Native frames by the name of their contract, None for those not given; all of one engine.
    as_of, policy, previous
        As for `tiering.score`.
    size
        Customers, or accounts, a piece.
    heed
        Is told what is measured next: `tables`, `influence`, `figures`, then `counts`.

    Raises
    ------
    ContractError, EngineError, AsOfError, FitError, MergeError, MovesError, PolicyError
        As for `tiering.score`.
    """
    moment, given = moment_of(as_of), policy or load_policy()
    measured = measure(tables, moment, given, previous, heed)
    earlier = None if previous is None else open_previous(previous, given, moment)
    # Only these are kept by what is returned: the tables that were checked are let go.
    customers, parts, lifetime = measured.customers, measured.parts, measured.lifetime
    rules, columns, authors = measured.policy, columns_of(measured), measured.authors
    heard_by, label = parts_of(measured.checked), nw.lit(given.label())
    ids = _sorted_ids(customers, "customer_id")

    heed("counts")
    good = {name: each.good for name, each in measured.checked.items()}
    population = population_of(len(ids), good["orders"], measured.said, good.get("engagement"))
    network = network_counts(good["edges"], authors) if "edges" in good else None

    def scored(within: Range | None) -> pa.Table:
        some = {name: _within(part, within, "customer_id") for name, part in parts.items()}
        lived = None if lifetime is None else _within(lifetime, within, "customer_id")
        those = _within(customers, within, "customer_id")
        card = score_card(those, some, moment, rules, earlier, lived)
        return collect(card.with_columns(policy_version=label).select(columns))

    def told(some: Frame) -> pa.Table:
        return collect(with_author_reasons(some, heard_by).select(COLUMNS))

    def most_heard(count: int) -> pa.Table:
        figures = collect(authors.select("author_id", "influence"))
        keys = [("influence", "descending"), ("author_id", "ascending")]
        best = figures.take(pc.select_k_unstable(figures, count, keys))["author_id"].to_pylist()
        return _sorted(told(authors.filter(nw.col("author_id").is_in(best))), "author_id")

    return ScorePieces(
        as_of=moment.text,
        policy_version=given.label(),
        customers=len(ids),
        population=population,
        merged=measured.merged,
        network=network,
        rows={name: each.counts() for name, each in measured.checked.items()},
        unattributed=measured.unattributed(),
        refused=tuple(row for each in measured.checked.values() for row in each.refused()),
        scores=lambda: (_sorted(scored(each), "customer_id") for each in _ranges(ids, size)),
        authors=lambda: (
            _sorted(told(_within(authors, each, "author_id")), "author_id")
            for each in _ranges(_sorted_ids(authors, "author_id"), size)
        ),
        heard=most_heard,
    )


def _sorted_ids(frame: Frame, name: str) -> pa.ChunkedArray:
    ids = collect(frame.select(name))[name]
    return ids.take(pc.sort_indices(ids))


def _ranges(ids: pa.ChunkedArray, size: int) -> Sequence[Range | None]:
    """Return the first and the last id of each piece; None alone where one piece holds all."""
    if len(ids) <= size:
        return [None]
    starts = range(0, len(ids), size)
    return [(ids[at].as_py(), ids[min(at + size, len(ids)) - 1].as_py()) for at in starts]


def _within(frame: Frame, within: Range | None, name: str) -> Frame:
    """Return the rows of a range of ids; engines order text by its bytes, as Arrow does."""
    if within is None:
        return frame
    first, last = within
    return frame.filter((nw.col(name) >= first) & (nw.col(name) <= last))


def _sorted(table: pa.Table, name: str) -> pa.Table:
    return table.take(pc.sort_indices(table[name]))
