"""Files in, files out: tables of any common format, streamed, checked, written atomically."""

from service.files.rejects import Reject, write_rejects
from service.files.rows import open_table, read_frame, read_rows
from service.files.signals_table import read_signals, signals_schema
from service.files.table import Record, Table, Unreadable
from service.files.write import write_rows

__all__ = [
    "Record",
    "Reject",
    "Table",
    "Unreadable",
    "open_table",
    "read_frame",
    "read_rows",
    "read_signals",
    "signals_schema",
    "write_rejects",
    "write_rows",
]
