"""What `tingyin watch` prints: a table, each surge in sentences, and where they are written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line
from service.commands.watch_input import Heard, Sifted
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from nlp.surveillance import Judgement, Surge, WatchSettings

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
    """What was listened to, until when and by which settings, and what was found."""

    heard: Heard
    sifted: Sifted
    judgement: "Judgement"
    as_of: datetime
    settings: "WatchSettings"


def show(watched: Watched, output: Path) -> None:
    """Print the surges as a table, then each in sentences, then where they are written."""
    from rich.console import Console

    console = Console()
    surges = watched.judgement.surges
    worst = sorted(surges, key=lambda surge: (surge.level, surge.onset))[:SHOWN]
    if worst:
        console.print(_table(worst))
    for number, surge in enumerate(worst, start=1):
        for place, reason in enumerate(surge.reasons):
            mark = f"{number:>3}. " if place == 0 else "     "
            told = mark + reason.text(spoken_language())
            console.print(told, highlight=False, markup=False)
    print_lines(_outcome(watched, output))


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


def _outcome(watched: Watched, output: Path) -> Iterable[Message]:
    at, found = f"{watched.as_of:%Y-%m-%d %H:%M}", len(watched.judgement.surges)
    judged = watched.sifted.judged
    products = len({mention.product for mention in judged})
    negative = sum(mention.negative for mention in judged)
    yield Message(
        f"as of {at}: {found} surges in {len(judged):,} mentions "
        f"({negative:,} negative) of {products:,} products",
        f"截至 {at}：{products:,} 个产品的 {len(judged):,} 条反馈"
        f"（负面 {negative:,} 条）中发现 {found} 起异常上升",
    )
    yield _since(watched)
    yield _rows(watched)
    if found > SHOWN:
        yield Message(f"the worst {SHOWN} are shown", f"仅显示最重的 {SHOWN} 起")
    yield Message(f"alerts: {output}", f"告警：{output}")
    yield from rejects_line(len(watched.heard.rejects), output)


def _since(watched: Watched) -> Message:
    since = watched.judgement.since.astimezone(watched.settings.clock)
    return Message(
        f"judged since {since:%Y-%m-%d %H:%M}: what lies before only teaches what is usual",
        f"自 {since:%Y-%m-%d %H:%M} 起判断：更早的反馈只用于了解平常情况",
    )


def _rows(watched: Watched) -> Message:
    """Say what became of every row; what there is none of is left out."""
    heard, sifted, days = watched.heard, watched.sifted, watched.settings.memory.days
    left_out = (
        (sifted.later, Message("later", "晚于该时间")),
        (sifted.older, Message(f"older than the memory ({days} days)", f"早于记忆期（{days} 天）")),
        (sifted.repeated, Message("repeated ids", "编号重复")),
        (heard.others, Message("of staff or spam", "客服或垃圾信息")),
        (len(heard.rejects), Message("rejected", "拒收")),
    )
    parts = [(len(sifted.judged), Message("heard", "计入")), *(one for one in left_out if one[0])]
    rows = sum(count for count, _ in parts)
    return Message(
        f"rows: {rows:,} = " + " + ".join(f"{count:,} {what.en}" for count, what in parts),
        f"行数：{rows:,} = " + " + ".join(f"{what.zh} {count:,}" for count, what in parts),
    )
