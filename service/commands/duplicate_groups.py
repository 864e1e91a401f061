"""The groups of near-duplicates of a file, as `tingyin duplicates` writes them."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, cast

from nlp.text import (
    DuplicateGroup,
    DuplicateIndex,
    count_terms,
    letters_of,
    mask,
    telling_terms,
)
from service.errors import InputError
from service.files import Reject, open_table
from service.files.contract import Contract, Feedback, check, map_columns, require_columns
from service.files.rows import read_records, unreadable
from service.files.table import Table

MOST_PHRASES = 5
NAME_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """What to compare: the file, how its rows are read, and how many texts make a group."""

    source: Path
    mapping: Mapping[str, str]
    zone: tzinfo
    default_at: datetime | None
    make_ids: bool
    sheet: str | None
    least: int


@dataclass(frozen=True, slots=True)
class Voice:
    """One text: its id, when and by whom it was said, and its masked wording."""

    id: str
    at: datetime
    author: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Copies:
    """The texts of a file, oldest first, the groups among them by number, and the other rows.

    `repeated` rows carry an id that an earlier row has: the same row again is no copy.
    """

    voices: Sequence[Voice]
    groups: tuple[DuplicateGroup, ...]
    repeated: int
    rejects: Sequence[Reject]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row per group, the largest first."""
        telling = _telling(self.voices, self.groups)
        for group, phrases in zip(self.groups, telling, strict=True):
            yield _row(group, [self.voices[number] for number in group.members], self, phrases)


def find_copies(asked: Asked) -> Copies:
    """Return the groups of near-duplicates of a file, in memory linear in its texts.

    Raises
    ------
    InputError
        The file is no table, lacks a column, or none of its rows can be used.
    """
    rejects: list[Reject] = []
    table = open_table(asked.source, asked.sheet)
    first: dict[str, Voice] = {}
    read = 0
    for voice in _voices(table, asked, rejects):
        read += 1
        first.setdefault(voice.id, voice)
    voices = sorted(first.values(), key=lambda voice: (voice.at, voice.id))
    if rejects and not voices:
        fault = unreadable(asked.source, rejects[0]).message
        raise InputError(
            f"none of {len(rejects):,} rows can be used; the first: {fault.en}",
            f"{len(rejects):,} 行均无法使用；首个问题：{fault.zh}",
        )
    index = DuplicateIndex()
    for voice in voices:
        index.add(voice.text)
    return Copies(voices, index.groups(asked.least), read - len(voices), rejects)


def _voices(table: Table, asked: Asked, rejects: list[Reject]) -> Iterator[Voice]:
    contract = Contract(
        map_columns(table.columns, _mapping(table, asked)),
        asked.zone,
        default_at=asked.default_at,
        make_ids=asked.make_ids,
    )
    require_columns(table.path, table.columns, contract)
    for record in read_records(table, rejects.append):
        read = check(table.path.name, record, contract)
        if isinstance(read, Reject):
            rejects.append(read)
        else:
            yield _voice(read)


def _mapping(table: Table, asked: Asked) -> Mapping[str, str]:
    """A signals file keeps the text as `masked_text`."""
    signals = "text" not in table.columns and "masked_text" in table.columns
    return {"text": "masked_text", **asked.mapping} if signals else asked.mapping


def _voice(read: Feedback) -> Voice:
    at, author = cast("datetime", read.context["created_at"]), read.context["author_id"]
    return Voice(read.id, at, None if author is None else str(author), mask(read.text))


def _telling(
    voices: Sequence[Voice], groups: Sequence[DuplicateGroup]
) -> Iterator[tuple[str, ...]]:
    """Yield the phrases that tell each group from all that is not in it."""
    own = [count_terms(voices[number].text for number in group.members) for group in groups]
    wanted = set[str]().union(*own)
    whole, size = Counter[str](), 0
    for voice in voices:
        terms = count_terms([voice.text])
        size += len(terms)
        whole.update(wanted & terms.keys())
    for counts in own:
        rest = {term: whole[term] - count for term, count in counts.items()}
        found = telling_terms(counts, rest, size - counts.total(), MOST_PHRASES)
        yield tuple(one.phrase for one in found)


def _row(
    group: DuplicateGroup, members: Sequence[Voice], copies: Copies, phrases: tuple[str, ...]
) -> dict[str, Any]:
    text = copies.voices[group.representative].text
    authors = list(dict.fromkeys(voice.author for voice in members if voice.author is not None))
    return {
        "group": _name_of(text),
        "size": len(members),
        "first": members[0].at.isoformat(),
        "last": members[-1].at.isoformat(),
        "author_count": len(authors),
        "authors": authors,
        "text": text,
        "keyphrases": list(phrases),
        "ids": [voice.id for voice in members],
    }


def _name_of(text: str) -> str:
    """Return a name that the same wording has in every run."""
    form = letters_of(text) or text
    return hashlib.sha256(form.encode("utf-8", "replace")).hexdigest()[:NAME_LENGTH]
