"""`tingyin lift`: did the score foretell what customers did later?"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands import options
from service.errors import InputError
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from service.files import Reject
    from tiering.lift import Later

DAYS = 30


def lift(
    tiers: options.Tiers,
    column: Annotated[str, typer.Option(metavar="COLUMN", help="The score 得分列")] = "score",
    outcome: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="What came later, in the same file 后来的结果列"),
    ] = None,
    orders: options.OrdersIfAny = None,
    days: Annotated[int, typer.Option(help="How long after as_of 之后多少天")] = DAYS,
    groups: Annotated[int, typer.Option(help="Of about equal size 分组数")] = 10,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="One row a group 每组一行的输出文件"),
    ] = None,
    as_json: options.AsJson = False,
) -> int:
    """Hold a score against what came later: deciles with lift and gains, and the Gini.

    The outcome is a column of the same file, or what customers paid by --orders in the days after
    the as_of of the file. Intervals are 95 %.

    检验得分是否预示后来的结果：十分位的提升与累计占比，以及（归一化）基尼系数，附 95% 区间。
    """
    from service.commands.beside import keep_rejects
    from service.commands.columns_input import number, read_columns, text
    from service.commands.lift_report import show
    from service.commands.report_lines import print_json
    from service.files import write_rows
    from service.files.places import demand_tables
    from tiering.lift import lift as lift_of

    if (outcome is None) == (orders is None):
        raise InputError(
            "name either --outcome, a column of TIERS, or --orders, a file",
            "请指定 --outcome（TIERS 中的列）或 --orders（订单文件），二者择一",
        )
    demand_tables([output], [tiers, orders])
    needed = {"customer_id": text, column: number}
    needed |= {"as_of": text} if outcome is None else {outcome: number}
    read = read_columns(tiers, needed, once=("customer_id",))
    rejects: list[Reject] = []
    paid = None if outcome else _paid(tiers, read, orders, days, rejects)
    later: Sequence[float] = read[outcome or column] if paid is None else paid.fen
    others = 0 if paid is None else paid.others
    found = lift_of(read[column], later, groups=groups)
    if output is not None:
        write_rows(output, [asdict(group) for group in found.groups])
        keep_rejects(output, rejects)
    if as_json:
        print_json(asdict(found) | {"others": others})
    else:
        show(found, others, len(rejects), output)
    return ExitCode.DONE


def _paid(
    tiers: Path,
    read: "dict[str, list[str]]",
    orders: Path | None,
    days: int,
    rejects: "list[Reject]",
) -> "Later":
    from service.commands.tables_input import open_tables
    from tiering.lift import paid_later

    times = sorted(set(read["as_of"]))
    if len(times) > 1 or orders is None:
        raise InputError(
            f"{tiers}, as_of: {times[0]} and {times[-1]}; give the scores of one day",
            f"{tiers}，as_of：有 {times[0]} 与 {times[-1]}；请提供同一天的得分",
        )
    opened = open_tables({"orders": orders}, None)
    later = paid_later(
        read["customer_id"],
        opened.frames["orders"],
        after=times[0],
        days=days,
        as_of=opened.as_of,
    )
    rejects += opened.rejects(later.refused)
    return later
