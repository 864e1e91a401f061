"""The signals of `tingyin watch`: mentions, and what became of every other row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from service.errors import InputError
from service.files import Reject, read_signals
from service.files.rows import unreadable

if TYPE_CHECKING:
    from nlp.surveillance import Mention, WatchSettings


@dataclass(frozen=True, slots=True)
class Heard:
    """The rows of a signals file: mentions of customers, staff and spam, and rejects."""

    mentions: "Sequence[Mention]"
    others: int
    rejects: Sequence[Reject]


@dataclass(frozen=True, slots=True)
class Sifted:
    """Which mentions are judged, and how many are not, each for one reason.

    `judged` are the first of each id that lie within the memory; `later` than the moment of
    judging, `older` than the memory, `repeated` ids: what `nlp.surveillance` does not look at.
    """

    judged: "Sequence[Mention]"
    later: int
    older: int
    repeated: int


def hear(signals: Path, settings: "WatchSettings") -> Heard:
    """Return the mentions of a signals file, and its rejects.

    Raises
    ------
    InputError
        The file is no signals table, or no row of it can be used.
    """
    from nlp.surveillance import mention_from_row

    rejects: list[Reject] = []
    rows = read_signals(signals, settings.clock, rejects.append)
    voices = [mention_from_row(row) for row in rows]
    if rejects and not voices:
        raise _nothing_usable(signals, rejects)
    mentions = [voice for voice in voices if voice is not None]
    return Heard(mentions, len(voices) - len(mentions), rejects)


def sift(mentions: "Sequence[Mention]", as_of: datetime, settings: "WatchSettings") -> Sifted:
    """Return the mentions that are judged, and the numbers of those that are not."""
    first: dict[str, Mention] = {}
    for mention in mentions:
        first.setdefault(mention.id, mention)
    oldest = as_of - settings.memory
    return Sifted(
        judged=[mention for mention in first.values() if oldest <= mention.at <= as_of],
        later=sum(mention.at > as_of for mention in first.values()),
        older=sum(mention.at < oldest for mention in first.values()),
        repeated=len(mentions) - len(first),
    )


def _nothing_usable(signals: Path, rejects: Sequence[Reject]) -> InputError:
    first = unreadable(signals, rejects[0]).message
    return InputError(
        f"none of {len(rejects):,} rows can be used; the first: {first.en}",
        f"{len(rejects):,} 行均无法使用；首个问题：{first.zh}",
    )
