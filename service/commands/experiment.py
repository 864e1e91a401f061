"""`tingyin experiment`: how many customers, what it says, whom to treat, what tiers bring."""

from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nlp.message import Message
from service.commands import options
from service.commands.report_lines import print_json
from service.errors import InputError
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from tiering.experiments import Difference, Observed, Reading, Uplift

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="OUT", help="The rows as a file 输出文件")
]


def size(
    share: Annotated[
        float | None, typer.Option(metavar="P", help="Share in the control group 对照组比例")
    ] = None,
    deviation: Annotated[
        float | None, typer.Option(metavar="SD", help="Or of a mean: deviation 或均值的标准差")
    ] = None,
    detect: Annotated[
        float, typer.Option(metavar="D", help="Smallest difference not to miss 最小可检差异")
    ] = 0.01,
    power: Annotated[float, typer.Option(help="How often it is found 检验功效")] = 0.8,
    level: Annotated[float, typer.Option(help="How often by chance 显著性水平")] = 0.05,
    ratio: Annotated[float, typer.Option(help="Treatment to control 实验组比对照组")] = 1.0,
) -> int:
    """Say how many customers each group needs.

    计算每组所需人数：比例指标用 --share，均值指标用 --deviation。
    """
    from service.language import spoken_language
    from tiering.experiments import customers_for_means, customers_for_shares

    more: dict[str, float] = {"power": power, "level": level, "ratio": ratio}
    if share is not None and deviation is None:
        needed = customers_for_shares(share, share + detect, **more)
    elif deviation is not None and share is None:
        needed = customers_for_means(detect, deviation, **more)
    else:
        raise InputError(
            "give either --share, of a proportion, or --deviation, of a mean",
            "请指定 --share（比例）或 --deviation（均值），二者择一",
        )
    typer.echo(_size_told(needed).text(spoken_language()))
    return ExitCode.DONE


def read(
    exposures: Annotated[
        Path, typer.Argument(metavar="EXPOSURES", help="customer_id, group, at 曝光记录")
    ],
    plan: Annotated[Path, typer.Option(metavar="FILE", help="Groups and metrics 实验计划 YAML")],
    orders: options.OrdersIfAny = None,
    engagement: options.EngagementIfAny = None,
    as_of: options.AsOf = None,
    output: Output = None,
    zone: options.Zone = "Asia/Shanghai",
    as_json: options.AsJson = False,
) -> int:
    """Read an experiment by its plan: are the groups sound, what differs, is it more than chance.

    Where the groups are not as planned nothing is judged, whatever the figures say. Past figures
    of the same customers narrow the intervals (CUPED), and it says by how much. Read it once, when
    its days are over: who looks every day finds by chance what is not there. With `looks: any` in
    the plan the intervals hold at every look, and are wider.

    按计划解读实验：先检查分流（SRM），再比较各指标；分流失衡时不作任何判断。
    计划中写 looks: any 时，区间在任意时点查看均有效，但更宽。
    """
    from service.commands.beside import keep_rejects
    from service.commands.columns_input import moment, read_columns, text
    from service.commands.experiment_report import show_reading
    from service.commands.tables_input import given_files, open_tables
    from service.commands.times import zone_of
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.experiments import Exposure, load_plan, observe, read_experiment

    files = given_files(orders=orders, engagement=engagement)
    demand_tables([output], [exposures, plan, *files.values()])
    rules, place = load_plan(plan), zone_of(zone)
    cells = read_columns(exposures, {"customer_id": text, "group": text, "at": moment(place)})
    opened = open_tables(files, as_of)
    observed = observe(
        [Exposure(*row) for row in zip(*cells.values(), strict=True)],
        rules,
        as_of=opened.as_of,
        **opened.frames,
    )
    found = read_experiment(observed.groups, observed.outcomes, rules, observed.several)
    rejects = opened.rejects(observed.refused)
    if output is not None:
        write_rows(output, _comparisons(found))
        keep_rejects(output, rejects)
    if as_json:
        print_json(_reading(found, observed))
    else:
        show_reading(found, observed, len(rejects), output)
    return ExitCode.DONE


def uplift(
    customers: Annotated[
        Path, typer.Argument(metavar="FILE", help="score, treated, outcome 得分、干预、结果")
    ],
    groups: Annotated[int, typer.Option(help="Of about equal size 分组数")] = 10,
    stages: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What churn wrote before the lot 分组前的阶段"),
    ] = None,
    stage: Annotated[
        list[str] | None,
        typer.Option(metavar="STAGE", help="Only these stages [dormant] 只看这些阶段，可多次"),
    ] = None,
    output: Output = None,
    as_json: options.AsJson = False,
) -> int:
    """Say along a score whom a treatment moved: uplift by group, Qini and area, against a lot.

    For dormant customers: treated is who was written to, by lot; outcome 1 for who came back. With
    --stages FILE has a column customer_id, and only who was dormant when the lot was drawn counts.

    沿得分看干预对谁有效：各组增量、Qini 与 AUUC，并与随机次序比较；--stages 可只看沉睡顾客。
    """
    from service.commands.experiment_report import show_uplift
    from service.commands.uplift_input import read_treated
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.experiments import uplift as uplift_of

    demand_tables([output], [customers, stages])
    cells = read_treated(customers, stages, tuple(stage or ("dormant",)))
    found = uplift_of(cells.score, cells.treated, cells.outcome, groups=groups)
    if output is not None:
        write_rows(output, _uplift_rows(found))
    if as_json:
        ends = {"area": found.area_interval, "qini": found.qini_interval}
        print_json(
            {"area": found.area, "qini": found.qini, "intervals": ends, "left_out": cells.left_out}
            | {"rows": _uplift_rows(found)}
        )
    else:
        show_uplift(found, cells.reason(), output)
    return ExitCode.DONE


def returns(
    ledger: Annotated[
        Path,
        typer.Argument(metavar="LEDGER", help="tier, held_out, margin, cost (fen) 台账（分）"),
    ],
    level: Annotated[float, typer.Option(help="How often by chance 显著性水平")] = 0.05,
    output: Output = None,
    as_json: options.AsJson = False,
) -> int:
    """Say what the entitlements of each tier bring beyond a hold-out group, less their cost.

    One row a customer over the period. A tier without a hold-out has no return: its margin is what
    its customers would have brought anyway.

    按层级计算权益的增量收益（相对对照组）减去成本，附区间；没有对照组的层级不给出收益。
    """
    from service.commands.columns_input import flag, number, read_columns, text
    from service.commands.experiment_report import show_returns
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.experiments import tier_returns

    demand_tables([output], [ledger])
    readings = {"tier": text, "held_out": flag, "margin": number, "cost": number}
    cells = read_columns(ledger, readings)
    margins, costs = cells["margin"], cells["cost"]
    found = tier_returns(cells["tier"], cells["held_out"], margins, costs, level)
    rows = [
        _flat(asdict(each), ("tier", "treated", "held_out", "margin", "cost"))
        | _difference("gain", each.gain)
        | _difference("net", each.net)
        | _flat(asdict(each), ("roi", "roi_low", "roi_high", "reason"))
        for each in found
    ]
    if output is not None:
        write_rows(output, rows)
    if as_json:
        print_json(rows)
    else:
        show_returns(found, output)
    return ExitCode.DONE


def build_experiment() -> typer.Typer:
    """Return the group of commands `tingyin experiment`."""
    group = typer.Typer(
        help="Plan and read experiments, uplift, returns. 实验设计与解读、增量与回报。",
        no_args_is_help=True,
    )
    for command in (size, read, uplift, returns):
        group.command(command.__name__)(command)
    return group


def _size_told(needed: tuple[int, int]) -> Message:
    control, treated = needed
    return Message(
        f"control {control:,}, treatment {treated:,} customers",
        f"对照组 {control:,} 位，实验组 {treated:,} 位",
    )


def _comparisons(found: "Reading") -> list[dict[str, object]]:
    return [
        {"metric": each.metric, "arm": each.arm, "role": each.role, "verdict": each.verdict}
        | _difference("", each.found)
        | {"adjusted_p": _known(each.adjusted_p), "variance_removed": each.removed}
        | {"reasons": [asdict(reason) for reason in each.reasons]}
        for each in found.comparisons
    ]


def _reading(found: "Reading", observed: "Observed") -> dict[str, object]:
    groups = asdict(found.groups) | {"reason": asdict(found.groups.reason())}
    return {
        "groups": groups,
        "believable": found.believable(),
        "unfinished": observed.unfinished,
        "customers": len(observed.customers),
        "found": observed.found,
        "comparisons": _comparisons(found),
    }


def _uplift_rows(found: "Uplift") -> list[dict[str, object]]:
    names = ("number", "treated", "untreated", "least", "most")
    return [_flat(asdict(each), names) | _difference("", each.found) for each in found.groups]


def _difference(prefix: str, found: "Difference | None") -> dict[str, object]:
    """Return a difference as cells, all of them None where there is none."""
    names = ("difference", "low", "high", "p", "relative", "relative_low", "relative_high")
    cells = {name: None if found is None else _known(getattr(found, name)) for name in names}
    ends = {
        name: None if found is None else getattr(found, name).figure
        for name in ("control", "treatment")
    }
    return {f"{prefix}_{name}".strip("_"): cell for name, cell in (ends | cells).items()}


def _flat(cells: dict[str, Any], names: tuple[str, ...]) -> dict[str, object]:
    return {name: _known(cells[name]) for name in names}


def _known(cell: object) -> object:
    """Return a cell, None for a figure that is not defined: JSON has no nan."""
    return None if isinstance(cell, float) and not isfinite(cell) else cell
