"""`tingyin watch`: a signals file in, the surges of negative feedback out."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from nlp.message import Message
from service.commands import options
from service.commands.beside import keep_rejects
from service.commands.times import moment_of
from service.commands.watch_input import Heard, hear, sift
from service.commands.watch_report import Watched, show
from service.errors import InputError
from service.exit_codes import ended
from service.files.places import demand_tables
from service.language import spoken_language

if TYPE_CHECKING:
    import pyarrow as pa

    from nlp.surveillance import WatchSettings, Weight


def watch(
    signals: Annotated[
        Path,
        typer.Argument(metavar="SIGNALS", help="Signals of tingyin analyze 信号文件"),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="ALERTS", help="Alerts: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Judge as of this time (the last mention) 截至时间（默认最后一条）"
        ),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only what alarms after this time 仅此时间之后的告警"),
    ] = None,
    false_alarms: Annotated[
        float | None,
        typer.Option(
            "--false-alarms-per-month",
            metavar="N",
            help="False alarms accepted in 30 days, all products together 每月可接受的误报数",
        ),
    ] = None,
    minimum_count: Annotated[
        int | None,
        typer.Option(metavar="N", help="No alarm from fewer mentions 少于此数不告警"),
    ] = None,
    zone: Annotated[
        str,
        typer.Option(
            help="Whose hours and weekdays count, and of times that name none "
            "按哪个时区的时刻与星期，也用于未写时区的时间"
        ),
    ] = "Asia/Shanghai",
    weight: Annotated[
        str,
        typer.Option(
            metavar="mentions|reach",
            help="Count each mention once, or by its reach (1-5) 每条计一次，或按传播力计 1-5",
        ),
    ] = "mentions",
    strict: options.Strict = False,
) -> int:
    """Find surges of negative feedback in a signals file.

    Each surge names expected and observed counts, since when, what about, who spreads it, and
    the ids that prove it. Rows that cannot be used go to ALERTS.rejects.jsonl with line, value,
    reason and remedy.

    在信号文件中发现负面反馈的异常上升：给出预期与实际条数、起始时间、内容、传播者及作为证据的编号。
    无法使用的行写入 ALERTS.rejects.jsonl，附原因和办法。
    """
    from service.files import write_rows

    demand_tables([output], [signals])
    settings = _settings(zone, weight, false_alarms, minimum_count)
    watched = _watched(signals, settings, as_of, since)
    keep_rejects(output, watched.heard.rejects)
    write_rows(output, (surge.as_row() for surge in watched.judgement.surges), alerts_schema())
    show(watched, output)
    return ended(watched.heard.rejects, strict=strict)


@cache
def alerts_schema() -> "pa.Schema":
    """Return the Arrow schema of the alerts table, one row per surge; times are ISO text."""
    import pyarrow as pa

    text, texts, number, whole = pa.string(), pa.list_(pa.string()), pa.float64(), pa.int64()
    category = {"category": text, "count": whole, "ids": texts}
    author = {"author_id": text, "posts": whole, "reach": whole, "ids": texts}
    columns: dict[str, pa.DataType] = {
        "fingerprint": text,
        "product": text,
        "category": text,
        "onset": text,
        "until": text,
        "bins": texts,
        "observed": whole,
        "expected": number,
        "upper": whole,
        "p": number,
        "level": whole,
        "severity": whole,
        "categories": pa.list_(pa.struct(list(category.items()))),
        "authors": pa.list_(pa.struct(list(author.items()))),
        "coordinated_share": number,
        "coordinated_ids": texts,
        "suspected_coordination": pa.bool_(),
        "keyphrases": texts,
        "quotes": pa.list_(pa.struct([("id", text), ("text", text)])),
        "ids": texts,
        "reasons": pa.list_(pa.struct([("en", text), ("zh", text)])),
    }
    return pa.schema(list(columns.items()))


def _settings(
    zone: str, weight: str, false_alarms: float | None, minimum_count: int | None
) -> "WatchSettings":
    from nlp.surveillance import WatchSettings

    usual = WatchSettings(zone=zone)
    total = usual.false_alarms_per_month if false_alarms is None else false_alarms
    each = usual.false_alarms_per_series_month if false_alarms is None else min(false_alarms, 30.0)
    least = usual.minimum_count if minimum_count is None else minimum_count
    return WatchSettings(
        false_alarms_per_series_month=each,
        false_alarms_per_month=total,
        minimum_count=least,
        zone=zone,
        weight=cast("Weight", weight),  # the settings refuse what is none
    )


def _watched(
    signals: Path, settings: "WatchSettings", as_of: str | None, since: str | None
) -> Watched:
    from rich.console import Console

    from nlp.surveillance import judge

    begin = None if since is None else moment_of("--since", since, settings.clock)
    end = None if as_of is None else moment_of("--as-of", as_of, settings.clock)
    with Console(stderr=True).status(_reading(signals).text(spoken_language())):
        heard = hear(signals, settings)
        end = end or _last(signals, heard, datetime.now(settings.clock))
        judgement = judge(heard.mentions, as_of=end, since=begin, settings=settings)
    sifted = sift(heard.mentions, end, settings)
    return Watched(heard, sifted, judgement, end.astimezone(settings.clock), settings)


def _reading(signals: Path) -> Message:
    return Message(f"listening to {signals} …", f"正在监听 {signals} …")


def _last(signals: Path, heard: Heard, now: datetime) -> datetime:
    """Return the time of the last mention that is not in the future."""
    past = [mention.at for mention in heard.mentions if mention.at <= now]
    if past:
        return max(past)
    future, rejected = len(heard.mentions), len(heard.rejects)
    raise InputError(
        f"{signals} holds no mention of a customer up to now ({future} in the future, {rejected} "
        "unusable); check created_at, or give --as-of",
        f"{signals} 中没有截至当前的顾客反馈（未来时间的 {future} 条，无法使用的 {rejected} 条）；"
        "请检查 created_at，或指定 --as-of",
    )
