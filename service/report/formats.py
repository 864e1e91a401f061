"""The formats of a report: one table, name to renderer."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from service.report.html import html_of
from service.report.markdown import markdown_of
from service.report.model import Report
from service.report.pdf import pdf_of
from service.report.proofs import proof_lines

ReportFormat = Literal["md", "html", "pdf", "jsonl"]

FORMATS: Mapping[ReportFormat, Callable[[Report], bytes]] = MappingProxyType(
    {
        "md": lambda report: _utf8(markdown_of(report)),
        "html": lambda report: _utf8(html_of(report)),
        "pdf": pdf_of,
        "jsonl": lambda report: _utf8("".join(proof_lines(report))),
    }
)


def rendered(report: Report, form: ReportFormat) -> bytes:
    """Return a report as a file: Markdown, HTML, PDF, or its proofs as JSON lines."""
    return FORMATS[form](report)


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
