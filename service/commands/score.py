"""`tingyin score`: orders, signals and what else is known in, one tier a customer out."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.commands.beside import keep_rejects
from service.commands.score_files import Tables, newest, read_tables, rejected
from service.commands.score_output import write_tables
from service.commands.score_progress import Steps, score_extent
from service.commands.score_record import record_of, write_record
from service.commands.score_report import show
from service.commands.score_source import source_of
from service.commands.score_summary import Summary
from service.exit_codes import ended
from service.files.places import demand_place, demand_tables
from service.files.replacing import write_text
from service.language import spoken_language
from service.progress import shown_progress

if TYPE_CHECKING:
    from tiering import Policy, ScorePieces


class Engine(StrEnum):
    """What computes the scores; all give the same."""

    PANDAS = "pandas"
    POLARS = "polars"
    DUCKDB = "duckdb"
    SPARK = "spark"


def score(
    orders: Annotated[
        str, typer.Option(metavar="FILE|URL", help="Orders, amounts in fen 订单（分）")
    ],
    signals: Annotated[
        str, typer.Option(metavar="FILE|URL", help="Signals of tingyin analyze 信号文件")
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="TIERS", help="Scores: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    engagement: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="Views, carts, logins, NPS 行为记录")
    ] = None,
    accounts: Annotated[
        str | None, typer.Option(metavar="FILE|URL", help="Social accounts 社交账号")
    ] = None,
    edges: Annotated[
        str | None,
        typer.Option(metavar="FILE|URL", help="Follows, reposts, replies 关注与转发关系"),
    ] = None,
    links: Annotated[
        str | None,
        typer.Option(metavar="FILE|URL", help="Who shares a device, address … 共用设备、地址等"),
    ] = None,
    merges: Annotated[
        str | None,
        typer.Option(metavar="FILE|URL", help="Ids that are one person 合并的编号"),
    ] = None,
    authors: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write the influence of accounts 另存账号影响力"),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Score as of this day [the newest row] 截至日期"),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy [the shipped one] 策略文件")
    ] = None,
    quantile_cuts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Cut RFM at the quintiles of these orders, write that policy, use it "
            "按本批订单的五分位切分，写出并使用该策略",
        ),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(metavar="TIERS", help="Tiers of the run before, for hysteresis 前次分层"),
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="What computes; all give the same 计算引擎，结果相同")
    ] = Engine.POLARS,
    strict: options.Strict = False,
) -> int:
    """Score every customer and put each into one tier, with the reasons.

    Nothing later than the day of scoring is used. Rows that break a contract go to
    TIERS.rejects.jsonl with file, line, value, reason; the rest is scored. TIERS.run.json says
    what went in and what became of each row. A table may come from a database:
    postgresql://user@host/database?table=orders

    为每位顾客评分并归入一个层级，附理由。只使用截至日期之前的数据；
    不合格的行写入 TIERS.rejects.jsonl；TIERS.run.json 记录输入及每行去向。
    表也可来自数据库：postgresql://user@host/database?table=orders
    """
    files = {
        "orders": orders,
        "signals": signals,
        "engagement": engagement,
        "accounts": accounts,
        "edges": edges,
        "links": links,
        "merges": merges,
    }
    given = {name: source_of(each) for name, each in files.items() if each is not None}
    inputs = [each for each in (*given.values(), previous) if isinstance(each, Path)]
    demand_tables([output, authors], inputs)
    if quantile_cuts is not None:
        demand_place(quantile_cuts, [*inputs, output, authors])
    with shown_progress(spoken_language(), score_extent) as report:
        steps = Steps(report)
        steps.begin("read")
        tables = read_tables(given, engine, previous)
        day = as_of or newest(tables)
        rules = _policy(tables, day, policy, quantile_cuts)
        run, summary = _run(tables, day, rules, steps.begin), Summary()
        passing = steps.passing(run.scores(), run.customers)
        write_tables(output, summary.passing(passing))
        if authors is not None:
            write_tables(authors, run.authors())
        steps.end()
    rejects = [*tables.unread, *rejected(run.refused, given)]
    keep_rejects(output, rejects)
    files_out = {"scores": output} if authors is None else {"scores": output, "authors": authors}
    write_record(output, record_of(run, engine, given, tables.unread, summary), files_out)
    show(run, rules, rejects, output, summary, steps.line())
    return ended(rejects, strict=strict)


def _run(
    tables: "Tables", as_of: str, policy: "Policy", heed: Callable[[str], None]
) -> "ScorePieces":
    import tiering

    given = dict(tables.frames)
    previous = given.pop("previous", None)
    return tiering.score_pieces(given, as_of=as_of, policy=policy, previous=previous, heed=heed)


def _policy(
    tables: "Tables", as_of: str, path: Path | None, quantile_cuts: Path | None
) -> "Policy":
    import tiering

    policy = tiering.load_policy(path)
    if quantile_cuts is None:
        return policy
    orders, merges = tables.frames["orders"], tables.frames.get("merges")
    policy = tiering.quantile_policy(orders, as_of=as_of, policy=policy, merges=merges)
    write_text(quantile_cuts, tiering.policy_text(policy))
    return policy
