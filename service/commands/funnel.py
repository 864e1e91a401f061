"""`tingyin funnel`: how many customers come from view to order, and how often they come at all."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from tiering.funnel import Activity, Funnel

STEPS = "view,click,add_to_cart,order"


def funnel(
    engagement: Annotated[Path, typer.Option(metavar="FILE", help="Views, carts … 行为记录")],
    orders: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For the step order 订单，用于 order 步骤")
    ] = None,
    steps: Annotated[
        str, typer.Option(metavar="A,B,C", help="Events in their order 按次序的步骤")
    ] = STEPS,
    window: Annotated[
        float, typer.Option(metavar="DAYS", help="From the first step to the last 首末步最长间隔")
    ] = 7.0,
    last: Annotated[
        int | None,
        typer.Option(metavar="DAYS", help="Only ways begun lately [all] 仅最近开始的路径"),
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Use nothing later [the newest] 截至日期")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="One row a customer 每位顾客一行"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON 以 JSON 输出")] = False,
) -> int:
    """Follow customers from step to step, and count who is active by day, week and month.

    A customer comes to a step when it follows the step before, within the window from the first.
    Steps that stand nowhere in the files are named and left out. Intervals are Wilson's, 95 %.

    按步骤统计顾客的转化路径（浏览→点击→加购→下单），并统计日活、周活、月活与黏性。
    """
    from service.commands.beside import keep_rejects
    from service.commands.columns_input import refused
    from service.commands.funnel_report import show
    from service.commands.score_files import demand_output, newest, read_tables
    from service.files import write_rows
    from tiering.funnel import activity
    from tiering.funnel import funnel as funnel_of

    given = {"engagement": engagement, "orders": orders}
    files = {name: path for name, path in given.items() if path is not None}
    if output is not None:
        demand_output(output, files.values())
    tables = read_tables(files, "pandas")
    day, frames = as_of or newest(tables), tables.frames
    found = funnel_of(
        frames["engagement"],
        frames.get("orders"),
        as_of=day,
        steps=steps.split(","),
        window_days=window,
        last_days=last,
    )
    active = activity(frames["engagement"], as_of=day)
    rejects = [*tables.unread, *refused(found.refused, files)]
    if output is not None:
        write_rows(output, found.reached.to_pylist(), found.reached.schema)
        keep_rejects(output, rejects)
    if as_json:
        typer.echo(json.dumps(_plain(found, active), ensure_ascii=False, indent=1))
    else:
        show(found, active, len(rejects), output)
    return ExitCode.DONE


def _plain(found: "Funnel", active: "Activity") -> dict[str, object]:
    return {
        "steps": [asdict(step) for step in found.steps],
        "unrecorded": found.unrecorded,
        "days": [asdict(each) | {"day": each.day.isoformat()} for each in active.days],
        "stickiness": active.stickiness,
        "whole": active.whole,
    }
