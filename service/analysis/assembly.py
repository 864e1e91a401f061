"""The finished parts of a job joined into its output, atomically."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.files.rejects import rejects_path
from service.files.signals_table import signals_schema, typed
from service.files.work_folder import REJECTS, SIGNALS, WorkFolder
from service.files.write import write_rows


@dataclass(frozen=True, slots=True)
class Totals:
    """What became of the rows: `rows == signals + rejects`.

    `by_column` counts the rejects by the column at fault; under the empty name are those that
    could not be read as a row at all.
    """

    rows: int
    signals: int
    rejects: int
    by_column: Mapping[str, int] = field(default_factory=dict)


def assemble(work: WorkFolder, output: Path, zone: str, rows: int) -> Totals:
    """Join the parts into the output and its rejects, atomically, and remove the work folder.

    The output comes last: once it is there, everything is. Without rejects there is no reject
    file, and one of an earlier run goes.
    """
    work.finish()
    by_column: Counter[str] = Counter()
    rejects = write_rows(rejects_path(output), _counted(work.rows(REJECTS), by_column))
    if not rejects:
        rejects_path(output).unlink()
    signals = write_rows(output, _typed_rows(work), signals_schema(zone))
    work.remove()
    return Totals(rows, signals, rejects, dict(by_column.most_common()))


def _counted(
    rejects: Iterator[dict[str, Any]], by_column: Counter[str]
) -> Iterator[dict[str, Any]]:
    for reject in rejects:
        by_column[reject["column"]] += 1
        yield reject


def _typed_rows(work: WorkFolder) -> Iterator[dict[str, Any]]:
    for row in work.rows(SIGNALS):
        yield {name: typed(name, value) for name, value in row.items()}
