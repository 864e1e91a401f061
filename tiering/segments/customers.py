"""From tables to every customer's segment, on the engine of the orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic

import numpy as np
import pyarrow as pa

from nlp.evaluation import Floats
from tiering.check import RowCounts
from tiering.errors import SegmentError
from tiering.faults import RefusedRow
from tiering.frames import Native, attach, give_back
from tiering.lifecycle import open_sources
from tiering.policy import Policy
from tiering.policy_file import load_policy
from tiering.segments.axes import axes_of
from tiering.segments.clustering import Clusters, Labels, clusters
from tiering.segments.figures import Behaviour, measure_behaviour
from tiering.segments.naming import Name, named
from tiering.segments.policy import SegmentPolicy, load_segment_policy
from tiering.segments.reasons import told
from tiering.segments.soundness import Soundness, soundness
from tiering.segments.transform import Standard, standardised
from tiering.tables import counts_of, refused_of
from tiering.times import moment_of

SEGMENT_COLUMNS = (
    "customer_id",
    "as_of",
    "segment",
    "segment_zh",
    "distance",
    "reasons",
    "policy_version",
)
"""First columns of `SegmentRun.table`; the figures that were measured follow."""


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """One segment: its name, how many customers, its centre by figure in standard deviations."""

    name: Name
    customers: int
    centre: Mapping[str, float]
    reasons: list[dict[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class SegmentRun(Generic[Native]):
    """What `segments` gives: the table, the segments (largest first), and how good they are.

    `axes` are what customers were grouped by; `silhouettes` by number of segments, `chance` those
    of shuffled columns, `agreement` adjusted Rand indexes of refits, `sound` what they say
    together; `dropped` are constant columns, `filled` columns with cells that were not known.
    """

    as_of: str
    table: Native
    segments: tuple[Segment, ...]
    axes: tuple[str, ...]
    silhouettes: Mapping[int, float]
    chance: Mapping[int, float]
    agreement: tuple[float, ...]
    sound: Soundness
    dropped: tuple[str, ...]
    filled: tuple[tuple[str, int], ...]
    rows: Mapping[str, RowCounts]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """Customers in segments, in the order given: `labels` are places in `segments`.

    `places` are the customers on the `axes` by which they were grouped.
    """

    standard: Standard
    axes: tuple[str, ...]
    places: Floats
    found: Clusters
    segments: tuple[Segment, ...]

    def distances(self) -> Floats:
        """Return how far each customer is from the centre of the segment."""
        apart = self.places - self.found.centres[self.found.labels]
        return np.asarray(np.sqrt((apart**2).sum(axis=1)), dtype=float)


def segments(
    orders: Native,
    signals: Native | None = None,
    *,
    as_of: date | datetime | str,
    engagement: Native | None = None,
    accounts: Native | None = None,
    policy: SegmentPolicy | None = None,
    tiering_policy: Policy | None = None,
) -> SegmentRun[Native]:
    """Return every customer's segment, by customer_id.

    Parameters
    ----------
    orders, signals, engagement, accounts
        pandas, Polars, DuckDB or PySpark frames of one engine by their contracts; all but orders
        may be missing. Nothing that happened or became known after `as_of` is used. In memory
        come the figures of every customer, 8 bytes each; the rows of the tables stay with the
        engine.
    as_of
        Day (to its end in China) or moment.
    policy
        Bounds, seed and names; the shipped ones when None.
    tiering_policy
        Where the seasons of promotions stand; the shipped policy when None.

    Returns
    -------
    SegmentRun
        `table` has `SEGMENT_COLUMNS` (`distance` from the centre in standard deviations of the
        axes, `reasons` what the segment is like, a list of {en, zh}) and the figures of
        `measure_behaviour`, null where not known. Equal inputs give equal output, whatever the
        order of their rows.

    Raises
    ------
    SegmentError
        There is no customer.
    ContractError, EngineError, AsOfError, PolicyError
        See there.
    """
    rules, moment = policy or load_segment_policy(), moment_of(as_of)
    tables = {"orders": orders, "signals": signals, "engagement": engagement, "accounts": accounts}
    sources = open_sources(tables, moment)
    behaviour = measure_behaviour(sources, (tiering_policy or load_policy()).promotions)
    grouped = group(behaviour.names, behaviour.matrix, rules)
    table = attach(_table(behaviour, grouped, moment.text, rules), sources.orders)
    return SegmentRun(
        as_of=moment.text,
        table=give_back(table.sort("customer_id"), orders),
        segments=grouped.segments,
        axes=grouped.axes,
        silhouettes=grouped.found.silhouettes,
        chance=grouped.found.chance,
        agreement=grouped.found.agreement,
        sound=soundness(grouped.found),
        dropped=grouped.standard.dropped,
        filled=grouped.standard.filled,
        rows=counts_of(sources.checked),
        refused=refused_of(sources.checked),
    )


def group(names: Sequence[str], matrix: Floats, policy: SegmentPolicy) -> Grouped:
    """Return customers in segments from any figures, shape (customers, names).

    The result depends on the order of rows in the last bit alone, and on nothing else than rows,
    names and policy: give the rows in a fixed order, as `segments` does.

    Raises
    ------
    SegmentError
        There is no customer, or not one name for each column.
    """
    if matrix.ndim != 2 or not len(matrix) or matrix.shape[1] != len(names):
        raise SegmentError(
            f"figures of shape {matrix.shape} with {len(names)} names; give at least one customer "
            "and a name for each column",
            f"数据形状为 {matrix.shape}，列名 {len(names)} 个；请至少提供一位顾客，且每列须有名称",
        )
    standard = standardised(names, matrix)
    axes, places = axes_of(standard, names, policy)
    found = clusters(places, policy)
    centres = _means(standard.matrix, found.labels, len(found.centres))
    called = named(standard.names, centres, names, policy)
    sizes = np.bincount(found.labels, minlength=len(called))
    made = tuple(
        Segment(
            name=name,
            customers=int(size),
            centre=dict(zip(standard.names, centre.tolist(), strict=True)),
            reasons=told(standard.names, centre, name.profile),
        )
        for name, size, centre in zip(called, sizes, centres, strict=True)
    )
    return Grouped(standard, axes, places, found, made)


def _means(matrix: Floats, labels: Labels, count: int) -> Floats:
    """Return the mean customer of each segment by figure, shape (segments, figures)."""
    return np.stack([matrix[labels == number].mean(axis=0) for number in range(count)])


def _table(behaviour: Behaviour, grouped: Grouped, as_of: str, policy: SegmentPolicy) -> pa.Table:
    of = [grouped.segments[label] for label in grouped.found.labels]
    said = pa.list_(pa.struct([("en", pa.string()), ("zh", pa.string())]))
    columns: dict[str, Any] = {
        "customer_id": behaviour.ids,
        "as_of": pa.array([as_of] * len(of), pa.string()),
        "segment": pa.array([each.name.name for each in of], pa.string()),
        "segment_zh": pa.array([each.name.zh for each in of], pa.string()),
        "distance": grouped.distances(),
        "reasons": pa.array([each.reasons for each in of], said),
        "policy_version": pa.array([policy.version] * len(of), pa.string()),
    }
    for name, column in zip(behaviour.names, behaviour.matrix.T, strict=True):
        columns[name] = pa.array(column, pa.float64(), from_pandas=True)
    return pa.table(columns)
