"""`tingyin backtest`: past counts in, what a detector would have said of each bin out."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Message
from service.commands.times import zone_of
from service.exit_codes import ExitCode
from service.language import spoken_language

if TYPE_CHECKING:
    from nlp.surveillance import Bin, Detector, Judged

LINE = "{:<16} {:>8} {:>10} {:>8} {:>6}"
HEADS = ("date", "count", "expected", "upper", "alarm")


def backtest(
    series: Annotated[
        Path,
        typer.Option("--series", metavar="S.csv", help="To judge: date, count[, total] 待判断"),
    ],
    history: Annotated[
        Path | None,
        typer.Option("--history", metavar="H.csv", help="Counts before it, that only teach 历史"),
    ] = None,
    name: Annotated[
        str, typer.Option("--detector", metavar="NAME", help="Which detector 检测器名称")
    ] = "surge",
    false_alarms: Annotated[
        float | None,
        typer.Option(metavar="P", help="Per bin, 0 to 0.5 [its own] 每格误报率"),
    ] = None,
    minimum_count: Annotated[
        int | None, typer.Option(metavar="N", help="No alarm from fewer 少于此数不告警")
    ] = None,
    map_: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="count=数量", help="Name a column, repeatable 指定列"),
    ] = None,
    zone: Annotated[
        str, typer.Option(help="Zone of dates that name none 未写时区的日期所在时区")
    ] = "Asia/Shanghai",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, with p, since and reasons 以 JSON 输出")
    ] = False,
) -> int:
    """Run a detector over past counts: date, count, expected, upper, alarm of every bin.

    Each bin is judged by what lies before it. The bins are ten minutes, hours, days or weeks, as
    the dates tell; a missing bin is unknown, not zero.

    用历史计数回测检测器：逐格给出日期、计数、预期、上限、是否告警，每格只依据此前的数据判断。
    按日期间隔识别为十分钟、小时、天或周；缺失的格视为未知，而不是零。
    """
    from nlp.surveillance import backtest as run_backtest
    from service.commands.backtest_input import COLUMNS, Counts, read_counts
    from service.files.contract import parse_mapping

    place, columns = zone_of(zone), parse_mapping(map_ or [], COLUMNS)
    past = [] if history is None else read_counts(Counts(history, columns, place))
    news = read_counts(Counts(series, columns, place))
    chosen = _detector(name, [*past, *news], false_alarms, minimum_count)
    _show(run_backtest(chosen, past, news), as_json=as_json)
    return ExitCode.DONE


def _detector(
    name: str, bins: "Sequence[Bin]", false_alarms: float | None, minimum_count: int | None
) -> "Detector":
    from nlp.surveillance import detector, tuned, width_of

    width = width_of([each.start for each in bins])
    return detector(name, tuned(name, width, false_alarms, minimum_count))


def _show(judged: "Sequence[Judged]", *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([each.as_row() for each in judged], ensure_ascii=False, indent=1))
        return
    typer.echo(LINE.format(*HEADS))
    for each in judged:
        typer.echo(_line(each))
    alarms = sum(each.verdict.alarm for each in judged)
    told = Message(
        f"{alarms} alarms in {len(judged)} bins", f"{len(judged)} 格中有 {alarms} 格告警"
    )
    typer.echo(told.text(spoken_language()), err=True)


def _line(each: "Judged") -> str:
    start, verdict = each.bin.start, each.verdict
    whole = (start.hour, start.minute) == (0, 0)
    date = f"{start:%Y-%m-%d}" if whole else f"{start:%Y-%m-%d %H:%M}"
    return LINE.format(
        date, each.bin.count, f"{verdict.expected:.1f}", verdict.upper, int(verdict.alarm)
    )
