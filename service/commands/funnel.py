"""`tingyin funnel`: how many customers come from view to order, and how often they come at all."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from tiering.funnel import Activity, Funnel

STEPS = "view,click,add_to_cart,order"


def funnel(
    engagement: options.Engagement,
    orders: options.OrdersIfAny = None,
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
    as_of: options.AsOf = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="One row a customer 每位顾客一行"),
    ] = None,
    as_json: options.AsJson = False,
) -> int:
    """Follow customers from step to step, and count who is active by day, week and month.

    A customer comes to a step when it follows the step before, within the window from the first.
    Steps that stand nowhere in the files are named and left out. Intervals are Wilson's, 95 %.

    按步骤统计顾客的转化路径（浏览→点击→加购→下单），并统计日活、周活、月活与黏性。
    """
    from service.commands.beside import keep_rejects
    from service.commands.funnel_report import show
    from service.commands.report_lines import print_json
    from service.commands.tables_input import given_files, open_tables
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.funnel import activity
    from tiering.funnel import funnel as funnel_of

    files = given_files(engagement=engagement, orders=orders)
    demand_tables([output], files.values())
    opened = open_tables(files, as_of)
    found = funnel_of(
        **opened.frames,
        as_of=opened.as_of,
        steps=steps.split(","),
        window_days=window,
        last_days=last,
    )
    active = activity(opened.frames["engagement"], as_of=opened.as_of)
    rejects = opened.rejects(found.refused)
    if output is not None:
        write_rows(output, found.reached.to_pylist(), found.reached.schema)
        keep_rejects(output, rejects)
    if as_json:
        print_json(_plain(found, active))
    else:
        show(found, active, len(rejects), output)
    return ExitCode.DONE


def _plain(found: "Funnel", active: "Activity") -> dict[str, object]:
    return {
        "steps": [asdict(step) for step in found.steps],
        "unrecorded": found.unrecorded,
        "days": [asdict(each) for each in active.days],
        "stickiness": active.stickiness,
        "whole": active.whole,
    }
