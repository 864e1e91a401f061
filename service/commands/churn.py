"""`tingyin churn`: the tables of the tiering job in, stage and probability of leaving out."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands import options
from service.exit_codes import ended

HORIZON_DAYS = 90


def churn(
    orders: options.Orders,
    output: options.Output,
    signals: options.SignalsIfAny = None,
    engagement: options.EngagementIfAny = None,
    accounts: options.AccountsIfAny = None,
    as_of: options.AsOf = None,
    horizon: Annotated[
        int, typer.Option(metavar="DAYS", help="No order for so long is leaving 流失判定天数")
    ] = HORIZON_DAYS,
    method: Annotated[
        str, typer.Option(help="learned, lifetime, or auto: learned where it can be 预测方法")
    ] = "auto",
    lifecycle_policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Stages and cycles [shipped ones] 生命周期策略"),
    ] = None,
    engine: options.Local = options.LocalEngine.PANDAS,
    strict: options.Strict = False,
    as_json: options.AsJson = False,
) -> int:
    """Tell each customer's stage, and how likely no order comes in the next days, with reasons.

    The probability is learned from your own history, at a split in time, and measured; where the
    history is too short, the lifetime model stands in, and that is said.

    给出每位顾客所处的生命周期阶段，以及未来若干天内不再下单的概率与理由。概率按时间切分从
    您自己的历史中学得并检验；历史过短时改用生命周期价值模型，并予以说明。
    """
    from service.commands.beside import keep_run
    from service.commands.churn_report import show, summary_of
    from service.commands.tables_input import given_files, open_tables
    from service.files.places import demand_tables
    from tiering.churn import ChurnSettings
    from tiering.churn import churn as churn_of
    from tiering.lifecycle import load_lifecycle_policy

    settings, rules = ChurnSettings(horizon, method), load_lifecycle_policy(lifecycle_policy)
    files = given_files(orders=orders, signals=signals, engagement=engagement, accounts=accounts)
    demand_tables([output], files.values())
    opened = open_tables(files, as_of, engine)
    run = churn_of(
        **opened.frames,
        as_of=opened.as_of,
        settings=settings,
        policy=rules,
    )
    rejects = opened.rejects(run.refused)
    keep_run(output, run.table, rejects)
    if as_json:
        typer.echo(summary_of(run, settings))
    else:
        show(run, settings, rejects, output)
    return ended(rejects, strict=strict)
