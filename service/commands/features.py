"""`tingyin features`: tables in, documented features of every customer out, as of any days."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.commands.features_files import Judged, places_of, read_target, write_features
from service.commands.features_report import show, show_list
from service.commands.score_output import arrow_of
from service.commands.tables_input import Opened, given_files, open_tables
from service.exit_codes import ExitCode, ended

if TYPE_CHECKING:
    from tiering.features import FeatureRun


def features(
    orders: options.OrdersIfAny = None,
    signals: options.SignalsIfAny = None,
    engagement: options.EngagementIfAny = None,
    accounts: options.AccountsIfAny = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Features: .csv .parquet … 输出文件"),
    ] = None,
    as_of: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DATE",
            help="As of this day; of several, one under the other [the newest row] "
            "截至日期，可多次，依次相接",
        ),
    ] = None,
    names: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES", help="Features and patterns: orders_30d,refund* 特征名或模式 [all]"
        ),
    ] = None,
    drop_redundant: Annotated[
        bool,
        typer.Option("--drop-redundant", help="Leave out what says nothing new 去除冗余特征"),
    ] = False,
    target: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="customer_id, target[, as_of]: importance 目标值，用于重要性"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the importance 重要性的种子")] = 0,
    list_: Annotated[
        bool, typer.Option("--list", help="Show every feature, compute none 列出全部特征")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --list: JSON 与 --list 合用，输出 JSON")
    ] = False,
    engine: options.Local = options.LocalEngine.PANDAS,
    strict: options.Strict = False,
) -> int:
    """Compute documented features of every customer, each as it could be known at the moment.

    --drop-redundant writes what went and why to OUT.dropped.csv, --target the importance on
    held-out customers to OUT.importance.csv. --list documents every feature: unit, range, what
    null means.

    为每位顾客计算有文档的特征，只用截至日期时已知的数据。
    --drop-redundant 将去除的特征与理由写入 OUT.dropped.csv；
    --target 将留出顾客上的重要性写入 OUT.importance.csv；--list 列出全部特征的说明。
    """
    wanted = None if names is None else [name.strip() for name in names.split(",")]
    if list_:
        show_list(wanted, as_json=as_json)
        return ExitCode.DONE
    files = given_files(orders=orders, signals=signals, engagement=engagement, accounts=accounts)
    places = places_of(output, files, target)
    opened = open_tables(files, as_of[0] if as_of else None, engine)
    run = _run(opened, as_of or [opened.as_of], wanted)
    rejects = opened.rejects(run.refused)
    judged = _judged(run, target, seed, drop_redundant=drop_redundant)
    write_features(judged, rejects, places)
    show(run, judged, rejects, places)
    return ended(rejects, strict=strict)


def _run(
    opened: Opened, moments: Sequence[str], names: Sequence[str] | None
) -> "FeatureRun[object]":
    from tiering.features import feature_run, training_run

    if len(moments) == 1:
        return feature_run(opened.frames, moments[0], names)
    return training_run(opened.frames, moments, names)


def _judged(
    run: "FeatureRun[object]", target: Path | None, seed: int, *, drop_redundant: bool
) -> "Judged":
    """Return which features stay, and the importance of those where a target is given."""
    from tiering.features import importance, redundancy

    table = arrow_of(run.frame)
    redundant = redundancy(run.frame) if drop_redundant else None
    kept = [name for name in table.column_names if redundant is None or name in redundant.stay()]
    table = table.select(kept)
    if target is None:
        return Judged(table, redundant)
    read = read_target(target, table)
    found = importance(table, read.values, seed=seed)
    return Judged(table, redundant, found, read.strangers)
