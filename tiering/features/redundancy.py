"""Which features say nothing, or what others say: each that goes with the reason and a figure.

Of features that say the same the better one stays, by a stated order that has nothing to do with
the order of columns: the higher criterion where one is given (such as the importance), then fewer
missing values, then more different ones, then the name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from nlp.message import Message
from tiering.errors import FeatureError
from tiering.features.correlation import rank_correlations
from tiering.features.matrix import KEYS, Columns, Numbers, columns_of

Why = Literal["missing", "constant", "nearly_constant", "duplicate", "correlated"]

REASONS: Mapping[Why, Message] = MappingProxyType(
    {
        "missing": Message("null for {0:.1%} of the rows", "{0:.1%} 的行为空"),
        "constant": Message("one value in every row that has one", "凡有值的行都相同"),
        "nearly_constant": Message(
            "the same value, or null, in {0:.2%} of the rows", "{0:.2%} 的行取同一个值或均为空"
        ),
        "duplicate": Message("equal to {1} in every row", "每一行都与 {1} 相等"),
        "correlated": Message(
            "rank correlation of {0:+.3f} with {1}", "与 {1} 的秩相关为 {0:+.3f}"
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Lines:
    """From where on a feature goes: shares of rows from 0 to 1, and a rank correlation.

    `missing`: null in more than this share. `same`: the most frequent value, null being one, in at
    least this share. `correlation`: above this, in absolute value.
    """

    missing: float = 0.95
    same: float = 0.995
    correlation: float = 0.95

    def demand(self) -> None:
        """Raise where a line lies outside of 0 to 1.

        Raises
        ------
        FeatureError
            Names the line.
        """
        for name in self.__slots__:
            if not 0 < getattr(self, name) <= 1:
                raise FeatureError(
                    f"line {name} is {getattr(self, name)}; it lies above 0 and up to 1",
                    f"界线 {name} 为 {getattr(self, name)}；须大于 0 且不超过 1",
                )


@dataclass(frozen=True, slots=True)
class Dropped:
    """One feature that went: why, the figure that crossed the line, and what stays instead."""

    name: str
    why: Why
    figure: float
    instead: str | None = None

    def reason(self) -> Message:
        """Return the reason as a sentence."""
        said = REASONS[self.why]
        return Message(
            said.en.format(self.figure, self.instead), said.zh.format(self.figure, self.instead)
        )


@dataclass(frozen=True, slots=True)
class Redundancy:
    """What stays, in the order of preference, and what went."""

    kept: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    rows: int
    lines: Lines = field(default_factory=Lines)

    def stay(self) -> frozenset[str]:
        """Return the columns that stay: the kept features and the keys of the rows."""
        return frozenset((*KEYS, *self.kept))


def redundancy(
    frame: object, lines: Lines | None = None, criterion: Mapping[str, float] | None = None
) -> Redundancy:
    """Judge the features of a frame: which stay, which go, and why.

    Parameters
    ----------
    frame
        What `features` or `training_frame` gave, or a frame like it, of any engine: customer_id,
        optionally as_of, and numbers. It is collected: 8 bytes a row and feature.
    lines
        From where on a feature goes.
    criterion
        What a feature is worth, higher first, such as its importance; one that is not named
        counts 0.

    Returns
    -------
    Redundancy
        The same whatever the order of columns and rows. A feature goes for the first reason that
        fits: missing, constant, nearly constant, duplicate, correlated. Correlated ones are
        judged from the best feature down, each against those that stay, on ranks, over the rows
        that have both: at least 30, and of more than 50,000 rows a seeded draw.

    Raises
    ------
    FeatureError
        The frame or a line cannot be used.
    """
    given = lines or Lines()
    given.demand()
    columns = columns_of(frame)
    worth = criterion or {}
    judged = {name: _profile(columns.numbers(name)) for name in columns.names()}
    silent = [gone for name, each in judged.items() if (gone := _silent(name, each, given))]
    left = sorted(
        set(judged) - {gone.name for gone in silent},
        key=lambda name: (-worth.get(name, 0.0), judged[name].missing, -judged[name].values, name),
    )
    single, copies = _without_copies(columns, left)
    kept, alike = _without_alike(columns, single, given.correlation)
    dropped = sorted([*silent, *copies, *alike], key=lambda gone: gone.name)
    return Redundancy(tuple(kept), tuple(dropped), len(columns.customers), given)


@dataclass(frozen=True, slots=True)
class _Profile:
    """Of one feature: share of nulls, different values, share of the most frequent one or null."""

    missing: float
    values: int
    same: float


def _profile(numbers: Numbers) -> _Profile:
    there = numbers[~np.isnan(numbers)]
    counts = np.unique(there, return_counts=True)[1]
    nulls = len(numbers) - len(there)
    most = max(nulls, int(counts.max(initial=0)))
    return _Profile(nulls / len(numbers), len(counts), most / len(numbers))


def _silent(name: str, profile: _Profile, lines: Lines) -> Dropped | None:
    """Return why a feature says nothing by itself; None where it may stay."""
    if profile.missing > lines.missing:
        return Dropped(name, "missing", profile.missing)
    if profile.values <= 1:
        return Dropped(name, "constant", 1 - profile.missing)
    if profile.same >= lines.same:
        return Dropped(name, "nearly_constant", profile.same)
    return None


def _without_copies(columns: Columns, names: Sequence[str]) -> tuple[list[str], list[Dropped]]:
    """Return the first of equal features, best first, and the others."""
    first: dict[bytes, str] = {}
    copies = []
    for name in names:
        # + 0.0 makes one of both zeros, and NaN is written alike by the cast
        cells = sha256((columns.numbers(name) + 0.0).tobytes()).digest()
        if first.setdefault(cells, name) != name:
            copies.append(Dropped(name, "duplicate", 1.0, first[cells]))
    return list(first.values()), copies


def _without_alike(
    columns: Columns, names: Sequence[str], line: float
) -> tuple[list[str], list[Dropped]]:
    """Return the features that stay, best first, and those too close to one that stays."""
    if len(names) < 2:
        return list(names), []
    close = rank_correlations(columns, names)
    kept: list[int] = []
    alike = []
    for place, name in enumerate(names):
        nearest = _nearest(close[place], kept)
        if nearest is not None and abs(close[place, nearest]) > line:
            figure = float(close[place, nearest])
            alike.append(Dropped(name, "correlated", figure, names[nearest]))
        else:
            kept.append(place)
    return [names[place] for place in kept], alike


def _nearest(close: npt.NDArray[np.float64], kept: Sequence[int]) -> int | None:
    return max(kept, key=lambda place: abs(close[place])) if kept else None
