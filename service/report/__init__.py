"""Reports of an alert: one content, three renderers, every figure with the ids behind it."""

from service.report.alert_rows import surge_from_row
from service.report.content import report_of
from service.report.formats import FORMATS, ReportFormat, rendered
from service.report.model import Report
from service.report.proofs import proof_lines

__all__ = [
    "FORMATS",
    "Report",
    "ReportFormat",
    "proof_lines",
    "rendered",
    "report_of",
    "surge_from_row",
]
