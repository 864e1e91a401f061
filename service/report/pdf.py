"""A report as PDF, in the font STSong-Light that PDF readers bring for Chinese."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from nlp.message import Language
from service.report.model import Block, Paragraph, Quotes, Report, Table, Told
from service.report.printable import printable
from service.report.proofs import shown_ids

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

FONT = "STSong-Light"
MARGIN = 50.0
SIZES = {"title": 20.0, "headline": 14.0, "heading": 13.0, "text": 10.0, "cell": 8.5, "proof": 8.0}


def pdf_of(report: Report) -> bytes:
    """Return a report as PDF on A4; the same report gives the same bytes.

    An emoji is told by its name: see `printable`.
    """
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.platypus import SimpleDocTemplate

    registerFont(UnicodeCIDFont(FONT))
    stream = BytesIO()
    document = SimpleDocTemplate(
        stream,
        title=report.headline,
        invariant=1,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN,
    )
    document.build(list(_Page(report.language).flowables(report)))
    return stream.getvalue()


class _Page:
    """Sets a report in one language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def flowables(self, report: Report) -> "Iterator[Flowable]":
        """Yield what stands on the pages, from top to bottom."""
        yield self._paragraph(report.title, "title")
        yield self._paragraph(report.headline, "headline")
        for section in report.sections:
            yield self._paragraph(section.heading, "heading")
            for block in section.blocks:
                yield from self._block(block)
        yield self._paragraph(report.proof_heading, "heading")
        yield self._paragraph(report.proof_note, "text")
        for one in report.references:
            ids = shown_ids(one, report.language)
            yield self._paragraph(f"[{one.number}] {one.what} ({len(one.ids):,}): {ids}", "proof")

    def _block(self, block: Block) -> "Iterator[Flowable]":
        match block:
            case Paragraph(told):
                yield self._paragraph(_told(told), "text")
            case Quotes(many):
                for told in many:
                    yield self._paragraph(f"“{told.text}”{_marks(told)}", "text")
            case Table():
                yield self._table(block)

    def _table(self, table: Table) -> "Flowable":
        from reportlab.lib.colors import lightgrey
        from reportlab.platypus import LongTable, TableStyle

        rows = [[self._paragraph(head, "cell") for head in table.heads]]
        rows.extend([self._paragraph(_told(cell), "cell") for cell in row] for row in table.rows)
        made = LongTable(rows, repeatRows=1, spaceAfter=6.0, hAlign="LEFT")
        made.setStyle(
            TableStyle(
                [
                    ("LINEBELOW", (0, 0), (-1, -1), 0.25, lightgrey),
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ]
            )
        )
        return made

    def _paragraph(self, text: str, kind: str) -> "Flowable":
        from reportlab.platypus import Paragraph as Set

        return Set(escape(printable(text, self._language)), _style(kind))


def _style(kind: str) -> "ParagraphStyle":
    from reportlab.lib.styles import ParagraphStyle

    size = SIZES[kind]
    before = 8.0 if kind in ("heading", "headline") else 0.0
    return ParagraphStyle(
        kind,
        fontName=FONT,
        fontSize=size,
        leading=size * 1.5,
        spaceBefore=before,
        spaceAfter=0.0 if kind == "cell" else 4.0,
        keepWithNext=kind == "heading",
        wordWrap="CJK",
    )


def _told(told: Told) -> str:
    return told.text + _marks(told)


def _marks(told: Told) -> str:
    return "".join(f" [{number}]" for number in told.references)
