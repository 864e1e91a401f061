"""`tingyin segments`: the tables of the tiering job in, groups of customers who are alike out."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands import options
from service.exit_codes import ended


def segments(
    orders: options.Orders,
    output: options.Output,
    signals: options.SignalsIfAny = None,
    engagement: options.EngagementIfAny = None,
    accounts: options.AccountsIfAny = None,
    as_of: options.AsOf = None,
    segments_policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Bounds, seed, names [shipped ones] 分群策略"),
    ] = None,
    policy: options.Policy = None,
    engine: options.Local = options.LocalEngine.PANDAS,
    strict: options.Strict = False,
    as_json: options.AsJson = False,
) -> int:
    """Group customers who are alike, name the groups by what they do, and tell how stable they are.

    K-means on transformed figures; their number by silhouette, their stability by refits on
    customers drawn again. The same files and seed give the same segments.

    把行为相近的顾客归为一群，按其特点命名，并给出分群的稳定程度。相同的文件和种子得到相同的结果。
    """
    import tiering
    from service.commands.beside import keep_run
    from service.commands.segments_report import show, summary_of
    from service.commands.tables_input import given_files, open_tables
    from service.files.places import demand_tables
    from tiering.segments import load_segment_policy
    from tiering.segments import segments as segments_of

    rules, scoring = load_segment_policy(segments_policy), tiering.load_policy(policy)
    files = given_files(orders=orders, signals=signals, engagement=engagement, accounts=accounts)
    demand_tables([output], files.values())
    opened = open_tables(files, as_of, engine)
    run = segments_of(
        **opened.frames,
        as_of=opened.as_of,
        policy=rules,
        tiering_policy=scoring,
    )
    rejects = opened.rejects(run.refused)
    keep_run(output, run.table, rejects)
    if as_json:
        typer.echo(summary_of(run))
    else:
        show(run, rejects, output)
    return ended(rejects, strict=strict)
