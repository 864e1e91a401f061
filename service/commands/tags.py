"""`tingyin tags`: rules and tables in, the tags of every customer with their evidence out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode, ended

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

NEEDED = ("--orders", "--signals", "--output")


def tags(
    rules: Annotated[
        Path | None,
        typer.Argument(metavar="RULES", help="Rules, YAML or JSON [a sample] 规则文件"),
    ] = None,
    orders: options.OrdersIfAny = None,
    signals: options.SignalsIfAny = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="TAGS", help="Tags: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ] = None,
    engagement: options.EngagementIfAny = None,
    accounts: options.AccountsIfAny = None,
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
    as_of: options.AsOf = None,
    engine: options.Local = options.LocalEngine.PANDAS,
    check: Annotated[
        bool, typer.Option("--check", help="Read the rules only, and list them 只检查规则")
    ] = False,
    strict: options.Strict = False,
) -> int:
    """Give every customer the tags of the rules, each row with validity, version and evidence.

    With the tags of the run before, tags that end are closed and kept, and what changed is told.

    按规则为每位顾客打标签，每行附有效期、规则版本与依据；给出前次标签时，失效的行关闭并保留。
    """
    from service.commands.beside import keep_run
    from service.commands.tags_report import show, show_rules
    from tiering.tags import TagTables, load_rules, tag_run

    given = load_rules(rules)
    if check:
        show_rules(given)
        return ExitCode.DONE
    orders, signals, output = _demand_given(orders, signals, output)
    from service.commands.tables_input import given_files, open_tables
    from service.commands.tags_input import profile_of, tags_of
    from service.files.places import demand_tables

    files = given_files(
        orders=orders,
        signals=signals,
        engagement=engagement,
        accounts=accounts,
        merges=merges,
        consents=consents,
        manual=manual,
    )
    demand_tables([output, changes], [*files.values(), rules, tiers, previous])
    beside: Mapping[str, pa.Table] = {
        **({} if tiers is None else {"profile": profile_of(tiers, given.profile_names())}),
        **({} if previous is None else {"previous": tags_of(previous)}),
    }
    opened = open_tables(files, as_of, engine, beside)
    run = tag_run(TagTables(**opened.frames), as_of=opened.as_of, rules=given)
    rejects = opened.rejects(run.refused)
    keep_run(output, run.tags, rejects, {} if changes is None else {changes: run.changes})
    show(run, given, rejects, output)
    return ended(rejects, strict=strict)


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
