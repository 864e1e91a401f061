"""`tingyin analyze`: a feedback file in, a signals file out."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Message
from service.commands import options
from service.commands.times import moment_of, zone_of
from service.errors import OutputError, TooManyRowsError
from service.exit_codes import ended
from service.language import spoken_language

if TYPE_CHECKING:
    from service.analysis import Job, Model, Totals


def analyze(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN", help="Feedback: CSV, TSV, JSONL, JSON, Parquet or Excel 反馈文件"
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Signals: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    map_: options.Mapping = None,
    explain: Annotated[
        bool, typer.Option(help="Add the words that made the verdict 附上判断依据的词")
    ] = False,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast", help="For bulk work: a small network reads what it is sure of 批量快速模式"
        ),
    ] = False,
    words: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Your own words and meanings, CSV or YAML 自有词典"),
    ] = None,
    correction: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="From tingyin review import 人工审阅得到的修正文件"),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            metavar="cuda", help="Run the model with torch on cuda or cpu 用 torch 在指定设备上运行"
        ),
    ] = None,
    make_ids: options.MakeIds = False,
    at: options.At = None,
    date_format: options.DateFormat = None,
    zone: options.Zone = "Asia/Shanghai",
    sheet: options.Sheet = None,
    batch: Annotated[
        int, typer.Option(min=1, max=100_000, help="Rows of one part: what a kill costs 每批行数")
    ] = 512,
    strict: options.Strict = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace OUT 覆盖已有输出")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start again, not where it stopped 放弃进度，重新开始")
    ] = False,
) -> int:
    """Analyse a feedback file into signals; after a stop the same command goes on.

    Rows that break the contract go to OUT.rejects.jsonl with line, value, reason and remedy;
    rows in = signals + rejects.

    分析反馈文件并输出信号，中断后用同一命令继续。不合格的行写入 OUT.rejects.jsonl，附原因和办法。
    """
    from nlp.text import read_dictionary
    from service.analysis import Job
    from service.files.contract import parse_mapping

    place = zone_of(zone)
    job = Job(
        source=source,
        output=output,
        mapping=parse_mapping(map_ or []),
        zone=place,
        date_form=date_format,
        default_at=None if at is None else moment_of("--at", at, place),
        make_ids=make_ids,
        sheet=sheet,
        explain=explain,
        fast=fast,
        device=device,
        words=words,
        correction=correction,
        batch=batch,
    )
    if words is not None:
        read_dictionary(words)  # a fault of the file shows before the model loads
    totals = _run(job, fresh=fresh, overwrite=overwrite)
    return ended(totals.rejects, strict=strict)


def _run(job: "Job", *, fresh: bool, overwrite: bool) -> "Totals":
    from service.analysis import Listener, analysis_extent, run_job
    from service.progress import shown_progress

    started = time.monotonic()
    try:
        with shown_progress(spoken_language(), analysis_extent) as report:
            listener = Listener(_tell, report)
            totals = run_job(job, lambda: _load(job), listener, fresh=fresh, overwrite=overwrite)
    except TooManyRowsError:  # says itself what to do with the finished parts
        raise
    except (KeyboardInterrupt, OutputError):
        _tell_what_is_kept(job.output)
        raise
    _tell_outcome(job, totals, time.monotonic() - started)
    return totals


def _load(job: "Job") -> "Model":
    from functools import partial

    import nlp
    from nlp.text import read_dictionary
    from service.analysis import Model

    entries = () if job.words is None else read_dictionary(job.words)
    pipeline = nlp.load(
        explain=job.explain,
        fast=job.fast,
        device=job.device,
        correction=job.correction,
        dictionary=entries,
    )
    version = next(nlp.analyze(pipeline, [""])).model_version
    analyse = partial(nlp.analyze, pipeline)
    # A GPU is only busy with many texts at a time.
    return Model(version, partial(analyse, batch_size=job.batch) if job.device else analyse)


def _tell(remark: Message) -> None:
    typer.echo(f"tingyin: {remark.text(spoken_language())}", err=True)


def _tell_what_is_kept(output: Path) -> None:
    from service.files.work_folder import work_path

    work = work_path(output)
    if (work / "manifest.json").exists():
        _tell(
            Message(
                f"stopped; finished parts are kept in {work}: the same command goes on from there",
                f"已停止；已完成的部分保存在 {work}：再次运行同一命令即可继续",
            )
        )


def _tell_outcome(job: "Job", totals: "Totals", seconds: float) -> None:
    from service.analysis import rejects_path

    sums = f"{totals.rows:,} = {totals.signals:,} + {totals.rejects:,}"
    lines = [
        Message(
            f"rows = signals + rejects: {sums}  ({seconds:,.1f} s)",
            f"行数 = 信号 + 拒收：{sums}（用时 {seconds:,.1f} 秒）",
        ),
        Message(f"signals: {job.output}", f"信号：{job.output}"),
    ]
    if totals.rejects:
        place = rejects_path(job.output)
        columns = ", ".join(f"{name or '-'} {n:,}" for name, n in totals.by_column.items())
        lines.append(Message(f"rejects: {place}  ({columns})", f"拒收：{place}（{columns}）"))
    for line in lines:
        typer.echo(line.text(spoken_language()))
