"""What `tingyin attribution` prints: the channels by removal beside the rules, then the totals."""

from pathlib import Path
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines
from service.language import spoken_language

if TYPE_CHECKING:
    from tiering.attribution import Attribution, Credit

HEADS = (
    Message("channel", "渠道"),
    Message("lost without it", "移除效应"),
    Message("orders", "订单"),
    Message("value", "价值"),
    Message("last", "末次"),
    Message("first", "首次"),
    Message("linear", "均分"),
)


def show(found: "Attribution", output: Path | None) -> None:
    """Print the credits in the spoken language."""
    from rich.console import Console
    from rich.table import Table

    language = spoken_language()
    title = Message(
        f"Markov chain of order {found.order}; last, first, linear: orders by these rules",
        f"{found.order} 阶马尔可夫链；末次、首次、均分为按该规则的订单",
    )
    heads = (head.text(language) for head in HEADS)
    table = Table(*heads, title=title.text(language), title_justify="left")
    for each in found.credits:
        rules = (f"{each.by_rule[name][0]:,.1f}" for name in ("last", "first", "linear"))
        table.add_row(
            each.channel,
            *_cells(each),
            *rules,
        )
    console = Console()
    console.print(table)
    print_lines(_lines(found, output))


def _cells(each: "Credit") -> tuple[str, str, str]:
    """Return removal, orders and value, each with its interval where there is one."""
    plain = (f"{each.removal:.1%}", f"{each.conversions:,.1f}", f"{each.value:,.0f}")
    if each.spread is None:
        return plain
    removal, orders, value = each.spread.removal, each.spread.conversions, each.spread.value
    return (
        f"{plain[0]} ({removal[0]:.1%} – {removal[1]:.1%})",
        f"{plain[1]} ({orders[0]:,.1f} – {orders[1]:,.1f})",
        f"{plain[2]} ({value[0]:,.0f} – {value[1]:,.0f})",
    )


def _lines(found: "Attribution", output: Path | None) -> list[Message]:
    orders, direct, nulls = (f"{n:,.0f}" for n in (found.conversions, found.direct, found.nulls))
    lines = [
        Message(
            f"orders: {orders}, of them without a touch: {direct}; paths without an order: {nulls}",
            f"订单：{orders}，其中无触点：{direct}；未转化路径：{nulls}",
        )
    ]
    if found.conversions == found.direct:
        lines.append(
            Message(
                "no path with a touch ended in an order: nothing to share",
                "没有含触点的路径成交：无可分摊",
            )
        )
    if output is not None:
        lines.append(Message(f"channels: {output}", f"渠道：{output}"))
    return lines
