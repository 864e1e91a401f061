"""`tingyin tags`: rules and tables in, the tags of every customer with their evidence out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.commands.score import Engine
from service.errors import NotBuiltError
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

NEEDED = ("--orders", "--signals", "--output")


def tags(
    rules: Annotated[
        Path | None,
        typer.Argument(metavar="RULES", help="Rules, YAML or JSON [a sample] 规则文件"),
    ] = None,
    orders: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Orders, amounts in fen 订单（分）")
    ] = None,
    signals: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Signals of tingyin analyze 信号文件")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="TAGS", help="Tags: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ] = None,
    engagement: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Views, carts, logins, NPS 行为记录")
    ] = None,
    accounts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Social accounts 社交账号")
    ] = None,
    tiers: Annotated[
        Path | None,
        typer.Option(metavar="TIERS", help="Profile of tingyin score [scored here] 分层结果"),
    ] = None,
    merges: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Ids that are one person 合并的编号")
    ] = None,
    consents: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Consent given, withdrawn 同意与撤回")
    ] = None,
    manual: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Tags given by hand 人工标签")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(metavar="TAGS", help="Tags of the run before 前次标签")
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also write what changed since 另存变动"),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="As of this day [the newest row] 截至日期")
    ] = None,
    engine: Annotated[
        Engine, typer.Option(help="What computes; all give the same 计算引擎，结果相同")
    ] = Engine.PANDAS,
    check: Annotated[
        bool, typer.Option("--check", help="Read the rules only, and list them 只检查规则")
    ] = False,
    strict: options.Strict = False,
) -> int:
    """Give every customer the tags of the rules, each row with validity, version and evidence.

    With the tags of the run before, tags that end are closed and kept, and what changed is told.

    按规则为每位顾客打标签，每行附有效期、规则版本与依据；给出前次标签时，失效的行关闭并保留。
    """
    from service.commands.tags_report import show, show_rules
    from tiering.tags import load_rules, tag_run

    given = load_rules(rules)
    if check:
        show_rules(given)
        return ExitCode.DONE
    if engine is Engine.SPARK:
        raise NotBuiltError(
            "--engine spark is not built yet; use pandas, polars or duckdb",
            "--engine spark 尚未实现；请使用 pandas、polars 或 duckdb",
        )
    orders, signals, output = _demand_given(orders, signals, output)
    from service.commands.score_files import (
        demand_output,
        newest,
        read_tables,
        rejected,
    )
    from service.commands.score_output import write_table
    from service.commands.tags_input import profile_of, tables_of, tags_of

    files = {
        "orders": orders,
        "signals": signals,
        "engagement": engagement,
        "accounts": accounts,
        "merges": merges,
        "consents": consents,
        "manual": manual,
    }
    found = {name: path for name, path in files.items() if path is not None}
    for written in filter(None, (output, changes)):
        demand_output(written, filter(None, (*found.values(), rules, tiers, previous)))
    beside: Mapping[str, pa.Table] = {
        **({} if tiers is None else {"profile": profile_of(tiers, given.profile_names())}),
        **({} if previous is None else {"previous": tags_of(previous)}),
    }
    tables = read_tables(found, engine, beside=beside)
    run = tag_run(tables_of(tables), as_of=as_of or newest(tables), rules=given)
    rejects = [*tables.unread, *rejected(run.refused, found)]
    from service.commands.beside import keep_rejects

    keep_rejects(output, rejects)
    if changes is not None:
        write_table(changes, run.changes)
    write_table(output, run.tags)
    show(run, given, rejects, output)
    return ExitCode.REJECTS if strict and rejects else ExitCode.DONE


def _demand_given(
    orders: Path | None, signals: Path | None, output: Path | None
) -> tuple[Path, Path, Path]:
    missing = [
        name for name, path in zip(NEEDED, (orders, signals, output), strict=True) if path is None
    ]
    if orders is None or signals is None or output is None:
        raise typer.BadParameter(
            f"give {', '.join(missing)} too, or --check 请补充 {'、'.join(missing)}，或用 --check"
        )
    return orders, signals, output
