"""`tingyin kpi`: scores, orders and signals in; the figures of each tier and their alarms out."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from tiering.actions import KpiRow


def kpi(
    tiers: options.Tiers,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="KPIS", help="One row a KPI and tier 输出文件"),
    ] = None,
    signals: options.SignalsIfAny = None,
    orders: options.OrdersIfAny = None,
    accounts: options.AccountsIfAny = None,
    table: options.NamedTables = None,
    previous: Annotated[
        Path | None,
        typer.Option(metavar="KPIS", help="The run before: since when 前次结果，用于“自何时起”"),
    ] = None,
    as_of: options.AsOfTiers = None,
    policy: options.Policy = None,
    actions_policy: options.ActionsPolicy = None,
    as_json: options.AsJson = False,
    strict: options.Strict = False,
) -> int:
    """Hold the figures of each tier against their thresholds, with intervals; tell what is off.

    An alarm needs the whole interval beyond the threshold, or, where the policy says `strict`, the
    figure. With tiers of the start of the window (an earlier TIERS with --as-of today) customers
    are judged by the tier that they had before it was known who came back.

    按层级核对各项指标与界线（附区间）：整个区间越线才告警；人数太少则不判断。
    """
    import tiering
    from service.commands.actions_input import files_of, read_given
    from service.commands.beside import keep_rejects
    from service.commands.kpi_report import show, strangers_lines
    from service.commands.report_lines import print_json, print_lines
    from service.files import read_rows, write_rows
    from service.files.places import demand_tables
    from tiering.actions import alarms_of, kpis, load_actions, strangers_of

    files = files_of(tiers, orders, signals, accounts, table or [])
    demand_tables([output], [*files.every(), previous])
    ladder = tiering.load_policy(policy).tiers
    rules = load_actions(actions_policy, tiers=ladder)
    given = read_given(files, as_of, rules)
    before = alarms_of(list(read_rows(previous))) if previous is not None else {}
    rows = kpis(
        given.scores,
        rules,
        tiers=ladder,
        inputs=given.inputs,
        tables=given.tables,
        previous=before,
    )
    if output is not None:
        keep_rejects(output, given.rejects)
        write_rows(output, _rows(rows), _schema())
    aside = strangers_of(given.scores, given.inputs)
    if as_json:
        print_json([asdict(row) for row in rows])
        print_lines(strangers_lines(aside), err=True)
    else:
        show(rows, rules, ladder, given, aside, output)
    return ended(given.rejects, strict=strict)


def _rows(rows: "Sequence[KpiRow]") -> "Iterator[dict[str, object]]":
    return (asdict(row) for row in rows)


def _schema() -> "pa.Schema":
    import pyarrow as pa

    numbers = ("value", "low", "high", "threshold", "effective")
    counts = ("n", "customers", "window_days")
    sentence = pa.struct([("en", pa.string()), ("zh", pa.string())])
    from tiering.actions import KpiRow

    kinds = {name: pa.float64() for name in numbers} | {name: pa.int64() for name in counts}
    kinds["verdict"] = sentence
    return pa.schema([(name, kinds.get(name, pa.string())) for name in KpiRow.__dataclass_fields__])
