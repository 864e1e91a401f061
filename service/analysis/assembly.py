"""The finished parts of a job joined into its output, atomically."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from service.files.signals_table import signals_schema, typed
from service.files.work_folder import REJECTS, SIGNALS, WorkFolder
from service.files.write import write_rows


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the rows: `rows == signals + rejects`."""

    rows: int
    signals: int
    rejects: int


def rejects_path(output: Path) -> Path:
    """Return where the rejects of an output are: `OUT.rejects.jsonl`."""
    return output.with_name(output.name + ".rejects.jsonl")


def assemble(work: WorkFolder, output: Path, zone: str, rows: int) -> Totals:
    """Join the parts into the output and its rejects, atomically, and remove the work folder.

    The output comes last: once it is there, everything is. Without rejects there is no reject
    file, and one of an earlier run goes.
    """
    work.finish()
    rejects = write_rows(rejects_path(output), work.rows(REJECTS))
    if not rejects:
        rejects_path(output).unlink()
    signals = write_rows(output, _typed_rows(work), signals_schema(zone))
    work.remove()
    return Totals(rows, signals, rejects)


def _typed_rows(work: WorkFolder) -> Iterator[dict[str, Any]]:
    for row in work.rows(SIGNALS):
        yield {name: typed(name, value) for name, value in row.items()}
