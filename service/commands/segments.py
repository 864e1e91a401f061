"""`tingyin segments`: the tables of the tiering job in, groups of customers who are alike out."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode


def segments(
    orders: options.Orders,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="OUT", help=".jsonl .csv .parquet .xlsx 输出文件"),
    ],
    signals: options.Signals = None,
    engagement: options.Engagement = None,
    accounts: options.Accounts = None,
    as_of: options.AsOf = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Bounds, seed, names [shipped ones] 分群策略"),
    ] = None,
    tiering_policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Seasons of promotions [shipped ones] 促销期所属策略"),
    ] = None,
    engine: options.Local = options.LocalEngine.PANDAS,
    strict: options.Strict = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON 以 JSON 输出")] = False,
) -> int:
    """Group customers who are alike, name the groups by what they do, and tell how stable they are.

    K-means on transformed figures; their number by silhouette, their stability by refits on
    customers drawn again. The same files and seed give the same segments.

    把行为相近的顾客归为一群，按其特点命名，并给出分群的稳定程度。相同的文件和种子得到相同的结果。
    """
    import tiering
    from service.commands.beside import keep_rejects
    from service.commands.score_files import (
        demand_output,
        newest,
        read_tables,
        rejected,
    )
    from service.commands.score_output import write_table
    from service.commands.segments_report import show, summary_of
    from tiering.segments import load_segment_policy
    from tiering.segments import segments as segments_of

    rules, scoring = load_segment_policy(policy), tiering.load_policy(tiering_policy)
    files = {
        "orders": orders,
        "signals": signals,
        "engagement": engagement,
        "accounts": accounts,
    }
    given = {name: path for name, path in files.items() if path is not None}
    demand_output(output, given.values())
    tables = read_tables(given, engine)
    run = segments_of(
        tables.frames["orders"],
        tables.frames.get("signals"),
        as_of=as_of or newest(tables),
        engagement=tables.frames.get("engagement"),
        accounts=tables.frames.get("accounts"),
        policy=rules,
        tiering_policy=scoring,
    )
    rejects = [*tables.unread, *rejected(run.refused, given)]
    keep_rejects(output, rejects)
    write_table(output, run.table)
    if as_json:
        typer.echo(summary_of(run))
    else:
        show(run, rejects, output)
    return ExitCode.REJECTS if strict and rejects else ExitCode.DONE
