"""What `tingyin funnel` prints: the steps, what is not recorded, and who is active."""

from collections.abc import Iterator
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line
from service.language import spoken_language

if TYPE_CHECKING:
    from tiering.funnel import Activity, Funnel
    from tiering.migration import Interval

HEADS = (
    Message("step", "步骤"),
    Message("customers", "人数"),
    Message("of the first", "占首步"),
    Message("of the one before", "占上一步"),
    Message("hours since, quartiles", "距上一步小时（四分位）"),
)


def show(found: "Funnel", active: "Activity", rejects: int, output: Path | None) -> None:
    """Print the funnel in the spoken language."""
    from rich.console import Console
    from rich.table import Table

    language = spoken_language()
    table = Table(*(head.text(language) for head in HEADS))
    for number, step in enumerate(found.steps):
        table.add_row(
            step.name,
            f"{step.customers:,}",
            _share(step.of_first) if number else "",
            _share(step.of_before) if number else "",
            " · ".join(f"{hours:,.1f}" for hours in step.hours or ()),
        )
    console = Console()
    console.print(table)
    print_lines(_lines(found, active, rejects, output))


def _lines(
    found: "Funnel", active: "Activity", rejects: int, output: Path | None
) -> Iterator[Message]:
    if found.unrecorded:
        yield Message(
            f"not recorded and left out: {', '.join(found.unrecorded)}",
            f"未记录，已略去：{'、'.join(found.unrecorded)}",
        )
    last = active.days[-1]
    counts = f"{last.dau:,} / {last.wau:,} / {last.mau:,}"
    yield Message(
        f"active on {last.day}, day / week / month: {counts}",
        f"{last.day} 日活 / 周活 / 月活：{counts}",
    )
    sticks = "–" if isnan(active.stickiness) else f"{active.stickiness:.1%}"
    yield Message(
        f"stickiness (mean DAU of 30 days / MAU): {sticks}",
        f"黏性（30 日平均日活 / 月活）：{sticks}",
    )
    yield from rejects_line(rejects, output)
    if output is not None:
        yield Message(f"customers: {output}", f"顾客：{output}")


def _share(found: "Interval") -> str:
    if isnan(found.share):
        return "–"
    return f"{found.share:.1%} ({found.low:.1%}–{found.high:.1%})"
