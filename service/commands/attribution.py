"""`tingyin attribution`: which channels earned the orders."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from datetime import tzinfo

    from tiering.attribution import Attribution, Credit
    from tiering.attribution import Path as Way


def attribution(
    touches: Annotated[
        Path,
        typer.Argument(
            metavar="TOUCHES",
            help="customer_id, channel, at; or path, conversions, value, nulls 触点或路径",
        ),
    ],
    conversions: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With touches: customer_id, at, value 转化，与触点合用"),
    ] = None,
    order: Annotated[
        int, typer.Option(min=1, max=3, help="How many last touches decide 马尔可夫阶数")
    ] = 1,
    days: Annotated[
        float, typer.Option(help="How long a touch counts for an order 触点有效天数")
    ] = 30.0,
    draws: Annotated[
        int, typer.Option(min=0, help="Of the intervals, 0 for none 区间的重抽次数，0 为不给")
    ] = 200,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="One row a channel 每渠道一行"),
    ] = None,
    zone: options.Zone = "Asia/Shanghai",
    as_json: options.AsJson = False,
) -> int:
    """Share orders among channels by what would be lost without each, beside last, first, linear.

    An absorbing Markov chain in closed form; paths without an order count. Intervals of 95 % come
    from drawing customers (of written paths: orders) again. A file with a column
    path holds paths as `微博 > 小红书 > 微博`; else touches and --conversions make them.

    以吸收马尔可夫链（闭式解）按移除效应分摊订单，附 95% 区间，并列末次、首次与均分规则。
    """
    from service.commands.attribution_report import show
    from service.commands.report_lines import print_json
    from service.commands.times import zone_of
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.attribution import attribution as credit

    demand_tables([output], [touches, conversions])
    ways, walkers = _ways(touches, conversions, days, zone_of(zone))
    found = credit(ways, order, walkers=walkers, draws=draws)
    if output is not None:
        write_rows(output, _rows(found))
    if as_json:
        print_json(_plain(found))
    else:
        show(found, output)
    return ExitCode.DONE


def _ways(
    touches: Path, conversions: Path | None, days: float, zone: "tzinfo"
) -> "tuple[list[Way], list[str] | None]":
    """Return the paths, and who walked each where that is known."""
    from service.commands.paths_input import read_paths, read_touches
    from service.errors import InputError
    from service.files import open_table

    if "path" in open_table(touches).columns:
        return read_paths(touches), None
    if conversions is None:
        raise InputError(
            f"{touches} holds touches: give the orders they led to as --conversions, or a file "
            "with a column path",
            f"{touches} 为触点：请用 --conversions 提供转化，或提供含 path 列的文件",
        )
    walked = read_touches(touches, conversions, days, zone)
    return [way for _, way in walked], [customer for customer, _ in walked]


def _rows(found: "Attribution") -> list[dict[str, object]]:
    return [
        {
            "channel": each.channel,
            "removal": each.removal,
            "conversions": each.conversions,
            "value": each.value,
        }
        | _ends(each)
        | {f"{rule}_conversions": orders for rule, (orders, _) in each.by_rule.items()}
        | {f"{rule}_value": value for rule, (_, value) in each.by_rule.items()}
        for each in found.credits
    ]


def _ends(each: "Credit") -> dict[str, object]:
    """Return both ends of each interval, where there are any."""
    if each.spread is None:
        return {}
    ends = {name: getattr(each.spread, name) for name in ("removal", "conversions", "value")}
    return {
        f"{name}_{side}": end
        for name, both in ends.items()
        for side, end in zip(("low", "high"), both, strict=True)
    }


def _plain(found: "Attribution") -> dict[str, object]:
    names = ("order", "conversions", "value", "direct", "direct_value", "nulls")
    return {name: getattr(found, name) for name in names} | {"channels": _rows(found)}
