"""What `tingyin lift` prints: the groups, then the figures of the whole score."""

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line
from service.language import spoken_language

if TYPE_CHECKING:
    from tiering.lift import Lift

THOUSAND = 1000
HEADS = (
    Message("group", "组"),
    Message("customers", "人数"),
    Message("score", "得分"),
    Message("mean outcome", "平均结果"),
    Message("lift", "提升"),
    Message("share", "占比"),
    Message("gains", "累计"),
)


def show(found: "Lift", others: int, rejects: int, output: Path | None) -> None:
    """Print the lift in the spoken language; `others` bought too and stand in no score."""
    from rich.console import Console
    from rich.table import Table

    language = spoken_language()
    table = Table(*(head.text(language) for head in HEADS))
    for group in found.groups:
        low, high = group.mean_interval
        table.add_row(
            str(group.number),
            f"{group.customers:,}",
            f"{group.least:g}–{group.most:g}",
            f"{_amount(group.mean)} ({_amount(low)}–{_amount(high)})",
            _figure(group.lift, ".2f"),
            _figure(group.share, ".1%"),
            _figure(group.gains, ".1%"),
        )
    console = Console()
    console.print(table)
    print_lines(_lines(found, others, rejects, output))


def _lines(found: "Lift", others: int, rejects: int, output: Path | None) -> list[Message]:
    gini, top = _with(found.normalised, found.normalised_interval, ".3f"), found.top_interval
    best_tenth = _with(found.top, top, ".1%")
    lines = [
        Message(f"normalised Gini: {gini}", f"归一化基尼系数：{gini}"),
        Message(
            f"the best tenth brought {best_tenth}, at best {_figure(found.top_best, '.1%')}",
            f"前十分之一带来 {best_tenth}，理想情况下为 {_figure(found.top_best, '.1%')}",
        ),
    ]
    if isnan(found.normalised):
        lines.append(
            Message("nobody differs in the outcome: no Gini", "结果无差别：无法计算基尼系数")
        )
    if others:
        lines.append(
            Message(
                f"bought too, but stand in no score: {others:,} customers",
                f"另有 {others:,} 位下单顾客不在得分表中",
            )
        )
    lines.extend(rejects_line(rejects, output))
    if output is not None:
        lines.append(Message(f"groups: {output}", f"分组：{output}"))
    return lines


def _with(figure: float, ends: tuple[float, float], form: str) -> str:
    if isnan(figure):
        return "–"
    return f"{figure:{form}} ({ends[0]:{form}}–{ends[1]:{form}})"


def _figure(figure: float, form: str) -> str:
    return "–" if isnan(figure) else f"{figure:{form}}"


def _amount(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= THOUSAND else f"{figure:.4g}"
