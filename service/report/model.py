"""What a report holds, whatever it is rendered as: plain text, and references by number."""

from dataclasses import dataclass
from unicodedata import category

from nlp.message import Language

LONGEST = 400
JOINER = "\u200d"
"""Joins emoji; all other format characters may turn the direction of text around, and go."""


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of text, and the numbers of the references that prove it."""

    text: str
    references: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One sentence or a few."""

    told: Told


@dataclass(frozen=True, slots=True)
class Quotes:
    """Texts of customers, each with its reference."""

    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are heads, at least one row."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Told, ...], ...]


Block = Paragraph | Quotes | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """The proof of one or more figures.

    Attributes
    ----------
    number
        From 1, in the order of first use.
    what
        What the ids have in common.
    ids
        All of them.
    """

    number: int
    what: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a report, in one language.

    Attributes
    ----------
    title, headline
        What it is, and the alert in one line, with its level.
    sections
        In the order of a 通报.
    proof_heading, proof_note
        Of the appendix; the note says where all ids are when a list is cut.
    references
        Every reference that the sections name.
    """

    language: Language
    title: str
    headline: str
    sections: tuple[Section, ...]
    proof_heading: str
    proof_note: str
    references: tuple[Reference, ...]


def clean(text: str) -> str:
    r"""Return text that every format can hold: one line, no control characters, 400 at most.

    >>> clean("a\x00b\nc")
    'ab c'
    """
    line = " ".join(text.split())
    kept = "".join(one for one in line if one == JOINER or category(one)[0] != "C")
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"
