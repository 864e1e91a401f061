"""Rejects: what could not be taken over, kept beside the output with its place and its remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.message import Message
from nlp.text import mask
from service.files.write import write_rows

SHOWN = 80
MASKED = 400
CORRECT_IT = Message("correct this row and run again", "更正此行后重新运行")


@dataclass(frozen=True, slots=True)
class Reject:
    """One row that was not taken over.

    Parameters
    ----------
    file
        Name of the input file.
    line
        Physical line on which the row starts (text files), sheet row (Excel), or number of the
        row (Parquet, JSON array); from 1.
    column
        Column at fault; empty when the whole row is.
    value
        The value at fault, as text; `as_row` masks and shortens it.
    reason, remedy
        What is wrong with it, and what to do.
    """

    file: str
    line: int
    column: str
    value: str
    reason: Message
    remedy: Message = CORRECT_IT

    def as_row(self) -> dict[str, Any]:
        """Return the columns of the reject file, both languages side by side."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "value": shown(self.value),
            "reason": self.reason.en,
            "reason_zh": self.reason.zh,
            "remedy": self.remedy.en,
            "remedy_zh": self.remedy.zh,
        }


def shown(value: str) -> str:
    """Return a value as people may see it: personal data masked, at most 80 characters.

    >>> shown("电话13800138000")
    '电话***********'
    """
    masked = mask(value[:MASKED])
    return masked if len(masked) <= SHOWN else masked[: SHOWN - 1] + "…"


def rejects_path(output: Path) -> Path:
    """Return where the rejects of an output are: `OUT.rejects.jsonl`."""
    return output.with_name(f"{output.name}.rejects.jsonl")


def write_rejects(path: Path, rejects: Iterable[Reject]) -> int:
    """Write the rejects as a table and return how many there were."""
    return write_rows(path, (reject.as_row() for reject in rejects))
