"""A report as one HTML page: no script, nothing loaded from anywhere, light and dark, printable."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from service.report.model import Block, Paragraph, Quotes, Report
from service.report.proofs import shown_ids

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = Path(__file__).with_name("report.html.j2")


def html_of(report: Report) -> str:
    """Return a report as HTML; every text is escaped."""
    return _template().render(report=report, shown_ids=shown_ids, kind=_kind)


@cache
def _template() -> "Template":
    from jinja2 import Environment, StrictUndefined

    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return made.from_string(TEMPLATE.read_text(encoding="utf-8"))


def _kind(block: Block) -> str:
    if isinstance(block, Paragraph):
        return "paragraph"
    return "quotes" if isinstance(block, Quotes) else "table"
