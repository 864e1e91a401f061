"""How a report writes numbers, times and what is not known; and how it counts its references."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from nlp.message import Language, Message
from nlp.surveillance.story import Story
from service.report.model import Block, Paragraph, Reference, Section, Table, Told, clean

NO_DATA = "no data 无数据"


@dataclass(slots=True)
class Writer:
    """Writes one report: in one language, numbering its references as they come.

    Attributes
    ----------
    language
        Of everything that it writes.
    references
        Those cited so far.
    """

    language: Language
    references: list[Reference] = field(default_factory=list)
    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def text(self, en: str, zh: str) -> str:
        """Return one of the two, cleaned."""
        return clean(Message(en, zh).text(self.language))

    def cite(self, en: str, zh: str, ids: Iterable[str]) -> tuple[int, ...]:
        """Return the reference to these ids, made where they were not cited yet; () without ids."""
        own = tuple(ids)
        if not own:
            return ()
        if own not in self._numbers:
            self._numbers[own] = len(self.references) + 1
            self.references.append(Reference(self._numbers[own], self.text(en, zh), own))
        return (self._numbers[own],)

    def tell(self, en: str, zh: str, *cited: tuple[int, ...]) -> Told:
        """Return a text with its references."""
        return Told(self.text(en, zh), tuple(dict.fromkeys(n for one in cited for n in one)))

    def say(self, en: str, zh: str, *cited: tuple[int, ...]) -> Paragraph:
        """Return a paragraph with its references."""
        return Paragraph(self.tell(en, zh, *cited))

    def cell(self, value: str | None, *cited: tuple[int, ...]) -> Told:
        """Return a cell of a table; None, or nothing, is told as "no data"."""
        return self.tell(value or NO_DATA, value or NO_DATA, *cited)

    def table(self, heads: Iterable[tuple[str, str]], rows: Iterable[tuple[Told, ...]]) -> Block:
        """Return a table, or "no data" where it has no row."""
        kept = tuple(rows)
        if not kept:
            return self.missing()
        return Table(tuple(self.text(*head) for head in heads), kept)

    def missing(self) -> Paragraph:
        """Return the paragraph that says that nothing is known."""
        return Paragraph(Told(NO_DATA))

    def section(self, en: str, zh: str, *blocks: Block) -> Section:
        """Return a section."""
        return Section(self.text(en, zh), blocks)


def baseline(writer: Writer, story: Story) -> tuple[int, ...]:
    """Return the reference to the mentions that every expectation comes from; () without any."""
    ids = () if story.history is None else story.history.ids
    return writer.cite("negative mentions of the baseline", "基线期的负面反馈", ids)


def number(value: float | None) -> str | None:
    """Return a number with one decimal place, whole from 100 on; None of None.

    >>> number(3.25), number(1234.4), number(None)
    ('3.2', '1,234', None)
    """
    if value is None:
        return None
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"


def percent(value: float | None) -> str | None:
    """Return a share as a percentage; None of None."""
    return None if value is None else f"{value:.0%}"


def moment(at: datetime | None) -> str | None:
    """Return a time to the minute; None of None."""
    return None if at is None else f"{at:%Y-%m-%d %H:%M}"
