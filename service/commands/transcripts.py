"""`tingyin transcripts`: support dialogues in, one row of verdicts for each out."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Message
from service.commands import options
from service.commands.analyze import analyze
from service.commands.beside import keep_rejects
from service.commands.times import zone_of
from service.commands.transcripts_input import holds_signals, listen
from service.commands.transcripts_report import Told, show
from service.errors import InputError
from service.exit_codes import ExitCode
from service.files.places import demand_tables
from service.language import spoken_language

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.status import Status

MOST_DAYS = 36_500


def transcripts(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="Feedback with session_id, turn and role, or signals of tingyin analyze "
            "带会话、轮次、角色的反馈文件，或信号文件",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Dialogues: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    repeat_days: Annotated[
        float,
        typer.Option(
            metavar="N",
            help="Days within which the same problem is a repeated contact 同一问题重复来访的天数",
        ),
    ] = 7.0,
    map_: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="text=消息",
            help="Name a column of feedback, repeatable 指定反馈列，可多次",
        ),
    ] = None,
    make_ids: options.MakeIds = False,
    at: options.At = None,
    date_format: options.DateFormat = None,
    zone: options.Zone = "Asia/Shanghai",
    sheet: options.Sheet = None,
    strict: options.Strict = False,
) -> int:
    """Read support dialogues whole: course, turning point, escalation, answers, satisfaction.

    Each verdict names its reasons and the turns that prove it. Feedback is analysed first, its
    signals go to OUT.signals.jsonl and can be given instead of it the next time. Rows that cannot
    be used go to OUT.rejects.jsonl.

    通读客服会话：情感走势、转折点、升级、未答诉求、等待时间、重复来访、是否解决、预测满意度，每项附原因
    与证据句。反馈文件会先分析，信号写入 OUT.signals.jsonl；无法使用的行写入 OUT.rejects.jsonl。
    """
    from nlp.transcripts import read_dialogues
    from service.files import write_rows

    _check(source, output, repeat_days)
    clock = zone_of(zone)
    signals, status = source, ExitCode.DONE
    if not holds_signals(source):
        signals = output.with_name(f"{output.name}.signals.jsonl")
        status = _analysed(
            source, signals, map_, make_ids=make_ids, at=at, date_format=date_format, zone=zone,
            sheet=sheet, strict=strict,
        )  # fmt: skip
    with _working(source):
        heard = listen(signals, clock)
        readings = read_dialogues(heard.dialogues, repeat_days)
    keep_rejects(output, heard.rejects)
    write_rows(output, (reading.as_row() for reading in readings), dialogues_schema())
    show(Told(heard, readings), output)
    return ExitCode.REJECTS if strict and heard.rejects else status


@cache
def dialogues_schema() -> "pa.Schema":
    """Return the Arrow schema of the output, one row per dialogue; times are ISO text."""
    import pyarrow as pa

    text, texts, number, whole = pa.string(), pa.list_(pa.string()), pa.float64(), pa.int64()
    flag, wholes = pa.bool_(), pa.list_(pa.int64())
    turning = {"kind": text, "turn": whole, "id": text, "words": texts, "before": number}
    turning |= {"after": number, "after_agent": whole}
    request = {"turn": whole, "id": text, "text": text, "kind": text, "turns": wholes}
    earlier = {"session_id": text, "days": number, "categories": texts, "similarity": number}
    point = {"turn": whole, "valence": number, "smoothed": number}
    reason = {"verdict": text, "turns": wholes, "en": text, "zh": text}
    columns: dict[str, pa.DataType] = {
        **dict.fromkeys(("session_id", "customer_id", "product", "begun"), text),
        **dict.fromkeys(("turns", "customer_turns"), whole),
        **dict.fromkeys(("categories", "keyphrases"), texts),
        "severity": whole,
        "satisfaction": text,
        **dict.fromkeys(("p_unsatisfied", "p_met", "p_satisfied"), number),
        "resolution": text,
        **dict.fromkeys(("escalated", "escalated_in_words", "escalated_in_course"), flag),
        "path": text,
        **dict.fromkeys(("path_start", "path_end"), number),
        **dict.fromkeys(("first_wait_s", "median_wait_s", "longest_wait_s"), number),
        "repeated": flag,
        "turning_points": _structs(turning),
        "unanswered": _structs(request),
        "earlier": _structs(earlier | {"turns": wholes}),
        "points": _structs(point),
        "reasons": _structs(reason),
    }
    return pa.schema(list(columns.items()))


def _structs(fields: "dict[str, pa.DataType]") -> "pa.DataType":
    import pyarrow as pa

    return pa.list_(pa.struct(list(fields.items())))


def _check(source: Path, output: Path, repeat_days: float) -> None:
    demand_tables([output], [source])
    if not 0 <= repeat_days <= MOST_DAYS:
        raise InputError(
            f"--repeat-days {repeat_days:g}: give 0 to {MOST_DAYS:,} days",
            f"--repeat-days {repeat_days:g}：请给出 0 到 {MOST_DAYS:,} 之间的天数",
        )


def _analysed(
    source: Path, signals: Path, map_: list[str] | None, **options: "str | bool | None"
) -> ExitCode:
    """Analyse a feedback file as `tingyin analyze --explain` does, in its own words."""
    status = analyze(source, signals, map_=map_, explain=True, overwrite=True, **options)  # type: ignore[arg-type]
    return ExitCode(status)


def _working(source: Path) -> "Status":
    from rich.console import Console

    told = Message(f"reading the dialogues of {source} …", f"正在通读 {source} 的会话 …")
    return Console(stderr=True).status(told.text(spoken_language()))
