"""The feedback contract: which rows are feedback, and why the others are not."""

from service.files.contract.check import Contract, Feedback, check, require_columns
from service.files.contract.columns import ColumnMap, map_columns, parse_mapping
from service.files.contract.fault import Fault
from service.files.contract.moments import read_moment

__all__ = [
    "ColumnMap",
    "Contract",
    "Fault",
    "Feedback",
    "check",
    "map_columns",
    "parse_mapping",
    "read_moment",
    "require_columns",
]
