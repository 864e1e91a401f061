"""One analysis from file to file: opened, checked, analysed in parts, assembled."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from nlp.message import Message
from service.analysis.assembly import Totals, assemble
from service.analysis.parts import Analyser, Progress, analyse_table
from service.analysis.room import within_room
from service.analysis.unchanged import unchanged
from service.errors import InputError, OutputError
from service.files.contract import Contract, map_columns, require_columns
from service.files.fingerprint import fingerprint
from service.files.parquet import narrowed
from service.files.places import demand_tables
from service.files.rows import open_table
from service.files.table import Table
from service.files.work_folder import Manifest, open_work_folder, work_path

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
BATCH_ROWS = 512


@dataclass(frozen=True, slots=True)
class Model:
    """What turns texts into signals, and its version: parts of two versions are never mixed."""

    version: str
    analyse: Analyser


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be analysed, and how.

    Parameters
    ----------
    source, output
        Feedback file in, signals file out (its extension decides the format).
    mapping
        Contract column to column of the file, where the names alone do not say it.
    zone, date_form, default_at, make_ids
        See `Contract`.
    sheet
        Sheet of a workbook, None for the first.
    explain
        Whether the signals carry the words that made the verdict.
    fast
        Whether a small network reads first; the version of the model tells it.
    device
        Where torch runs the model; None for int8 on the processor. Parts of two are never mixed.
    words
        File of the user's own words; its content decides the result.
    correction
        File of what people decided; the version of the model tells it.
    batch
        Rows of one part: a kill costs at most so many. It may change between runs.
    """

    source: Path
    output: Path
    mapping: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo = DEFAULT_ZONE
    date_form: str | None = None
    default_at: datetime | None = None
    make_ids: bool = False
    sheet: str | None = None
    explain: bool = False
    fast: bool = False
    device: str | None = None
    words: Path | None = None
    correction: Path | None = None
    batch: int = BATCH_ROWS

    def options(self) -> dict[str, object]:
        """Return what decides the result, besides the input and the model."""
        return {
            "map": dict(sorted(self.mapping.items())),
            "zone": self.zone.key,
            "date_format": self.date_form,
            "at": self.default_at and self.default_at.isoformat(),
            "make_ids": self.make_ids,
            "sheet": self.sheet,
            "explain": self.explain,
            "device": self.device,
            "words": self.words and hashlib.sha256(self.words.read_bytes()).hexdigest(),
        }


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told of remarks, and who of progress."""

    tell: Callable[[Message], None]
    report: Callable[[Progress], None]


def run_job(
    job: Job,
    load: Callable[[], Model],
    listener: Listener,
    *,
    fresh: bool = False,
    overwrite: bool = False,
) -> Totals:
    """Analyse a feedback file; the same call after a kill goes on where it was.

    Parameters
    ----------
    job
        What to do.
    load
        Gives the model; called after the input has been checked, for it takes seconds.
    listener
        Who is told.
    fresh
        Throw away the parts of an earlier run.
    overwrite
        Replace an output that is there.

    Raises
    ------
    InputError
        The input cannot be read, lacks a column, changed, or the parts are of another job.
    OutputError
        The output is in the way, cannot be written or cannot hold so many signals; finished parts
        are kept.
    """
    _check_output(job, overwrite=overwrite)
    table = open_table(job.source, job.sheet)
    contract = _contract(job, table)
    for remark in (*table.remarks, *contract.columns.remarks()):
        listener.tell(remark)
    asked = narrowed(table, contract.columns.sources.values())
    before = fingerprint(job.source)
    model = load()
    manifest: Manifest = {
        "input": before,
        "options": job.options(),
        "model": {"version": model.version},
    }
    with open_work_folder(job.output, manifest, fresh=fresh) as work:
        if work.done:
            listener.tell(_resumed(work.done))
        report = within_room(job.output, work, listener.report)
        with unchanged(job.source, before):
            rows = analyse_table(asked, contract, model.analyse, work, job.batch, report)
        return assemble(work, job.output, job.zone.key, rows)


def _check_output(job: Job, *, overwrite: bool) -> None:
    demand_tables([job.output], [job.source])
    # A kill in the last moment leaves output and complete parts: the same command tidies up.
    assembled = (work_path(job.output) / "complete").exists()
    if job.output.exists() and not (overwrite or assembled):
        raise OutputError(
            f"{job.output} exists already; replace it with --overwrite, or choose another output",
            f"{job.output} 已存在；请用 --overwrite 覆盖或更换输出文件",
        )


def _contract(job: Job, table: Table) -> Contract:
    if job.make_ids and "id" in job.mapping:
        raise InputError(
            "--make-ids and --map id=... contradict each other; give one of them",
            "--make-ids 与 --map id=... 互相矛盾；请只用其中一个",
        )
    columns = map_columns(table.columns, job.mapping)
    contract = Contract(columns, job.zone, job.date_form, job.default_at, job.make_ids)
    require_columns(table.path, table.columns, contract)
    return contract


def _resumed(rows: int) -> Message:
    return Message(
        f"going on after {rows:,} rows of an earlier run", f"继续上次运行，已完成 {rows:,} 行"
    )
