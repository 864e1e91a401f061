"""When it happened: a surge in a few equal stretches, each with what was expected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nlp.surveillance.mention import Mention
from nlp.surveillance.story.usual import Usual

HOUR = timedelta(hours=1)
WIDTHS = tuple(HOUR * n for n in (1, 2, 3, 6, 12, 24, 48, 168, 720, 2160))
MOST_STRETCHES = 24


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of a surge; `expected` is None where there is no baseline."""

    start: datetime
    end: datetime
    observed: int
    expected: float | None
    ids: tuple[str, ...]


def timeline_of(
    proof: Sequence[Mention], end: datetime, usual: Usual | None
) -> tuple[Stretch, ...]:
    """Return at most 24 stretches from the first mention to `end`, of hours or more.

    Parameters
    ----------
    proof
        The mentions of the surge, oldest first, at least one.
    end
        Where the surge ends; the last mention where that is later.
    usual
        The baseline of what `proof` counts; None where there is none.
    """
    zone = end.tzinfo
    start = proof[0].at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    last = max(end, proof[-1].at)
    width = next((w for w in WIDTHS if start + MOST_STRETCHES * w > last), WIDTHS[-1])
    count = max(-((start - last) // width), 1)
    held: list[list[str]] = [[] for _ in range(count + 1)]
    for mention in proof:
        held[(mention.at - start) // width].append(mention.id)
    edges = [start + n * width for n in range(count + 2)]
    return tuple(
        Stretch(edges[n], edges[n + 1], len(ids), _expected(usual, edges[n], edges[n + 1]), (*ids,))
        for n, ids in enumerate(held)
        if n < count or ids
    )


def _expected(usual: Usual | None, start: datetime, end: datetime) -> float | None:
    return None if usual is None else usual.expected(start, end)
