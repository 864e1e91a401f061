"""A report in Markdown (CommonMark with tables)."""

import re
from collections.abc import Iterator

from service.report.model import Block, Paragraph, Quotes, Report, Table, Told
from service.report.proofs import shown_ids

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
LISTED = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=])(?=[-+=\s]|$)")


def markdown_of(report: Report) -> str:
    """Return a report as Markdown; what customers wrote is escaped."""
    return "\n".join(_lines(report)) + "\n"


def escaped(text: str) -> str:
    r"""Return text that Markdown shows as it is.

    >>> escaped("<b>1*2</b>"), escaped("1. 差")
    ('\\<b\\>1\\*2\\</b\\>', '1\\. 差')
    """
    return LISTED.sub(_unlisted, SPECIAL.sub(r"\\\1", text))


def _unlisted(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escaped(report.title)}"
    yield f"\n**{escaped(report.headline)}**"
    for section in report.sections:
        yield f"\n## {escaped(section.heading)}"
        for block in section.blocks:
            yield ""
            yield from _block(block)
    yield f"\n## {escaped(report.proof_heading)}\n\n{escaped(report.proof_note)}\n"
    for one in report.references:
        ids = escaped(shown_ids(one, report.language))
        yield f"- **\\[{one.number}\\]** {escaped(one.what)} ({len(one.ids):,}): {ids}"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Paragraph(told):
            yield _told(told)
        case Quotes(many):
            yield "\n>\n".join(f"> {_told(told)}" for told in many)
        case Table(heads, rows):
            yield _row(heads)
            yield _row(["---"] * len(heads))
            for row in rows:
                yield _row([_told(cell) for cell in row])


def _row(cells: tuple[str, ...] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _told(told: Told) -> str:
    return escaped(told.text) + "".join(f" \\[{number}\\]" for number in told.references)
