"""What `tingyin watch` prints: a table, each surge in sentences, and where they are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.message import Message
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from nlp.surveillance import Surge

SHOWN = 20
HEADS = (
    Message("#", "#"),
    Message("level", "级别"),
    Message("product", "产品"),
    Message("expected / observed", "预期 / 实际"),
    Message("since", "始于"),
    Message("about", "内容"),
    Message("coordinated", "疑似有组织"),
    Message("proofs", "证据数"),
)


@dataclass(frozen=True, slots=True)
class Watched:
    """What was listened to, until when, and what was found; `later` mentions were left out."""

    mentions: int
    negative: int
    products: int
    as_of: datetime
    later: int
    surges: "tuple[Surge, ...]"


def show(watched: Watched, output: Path) -> None:
    """Print the surges as a table, then each in sentences, then where they are written."""
    from rich.console import Console

    console = Console()
    worst = sorted(watched.surges, key=lambda surge: (surge.level, surge.onset))[:SHOWN]
    if worst:
        console.print(_table(worst))
    for number, surge in enumerate(worst, start=1):
        for place, reason in enumerate(surge.reasons):
            mark = f"{number:>3}. " if place == 0 else "     "
            told = mark + reason.text(spoken_language())
            console.print(told, highlight=False, markup=False)
    for line in _outcome(watched, output):
        console.print(line.text(spoken_language()), highlight=False, markup=False)


def _table(surges: "Iterable[Surge]") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    from nlp.surveillance import LEVELS, category_name, product_name

    language = spoken_language()
    table = Table(*(head.text(language) for head in HEADS))
    for number, surge in enumerate(surges, start=1):
        topic = category_name(surge.category).text(language) if surge.category else "-"
        cells = (
            f"{number}",
            LEVELS[surge.level].text(language),
            product_name(surge.product).text(language),
            f"{surge.expected:.1f} / {surge.observed}",
            f"{surge.onset:%Y-%m-%d %H:%M}",
            " · ".join([topic, *surge.keyphrases[:3]]),
            f"{surge.coordinated_share:.0%}{' !' if surge.suspected_coordination else ''}",
            f"{len(surge.ids)}",
        )
        table.add_row(*map(escape, cells))
    return table


def _outcome(watched: Watched, output: Path) -> list[Message]:
    at, found = f"{watched.as_of:%Y-%m-%d %H:%M}", len(watched.surges)
    lines = [
        Message(
            f"as of {at}: {found} surges in {watched.mentions:,} mentions "
            f"({watched.negative:,} negative) of {watched.products:,} products",
            f"截至 {at}：{watched.products:,} 个产品的 {watched.mentions:,} 条反馈"
            f"（负面 {watched.negative:,} 条）中发现 {found} 起异常上升",
        )
    ]
    if watched.later:
        lines.append(
            Message(
                f"{watched.later:,} mentions are later than that and were left out",
                f"另有 {watched.later:,} 条晚于该时间，未计入",
            )
        )
    if found > SHOWN:
        lines.append(Message(f"the worst {SHOWN} are shown", f"仅显示最重的 {SHOWN} 起"))
    return [*lines, Message(f"alerts: {output}", f"告警：{output}")]
