"""What `tingyin opinions` prints: a table of aspects, over all and per product, with a quote."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.opinions_input import Listened
from service.commands.report_lines import print_lines, rejects_line
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from nlp.opinions import AspectSummary, OpinionSettings, Summariser

SHOWN_ASPECTS = 8
SHOWN_PRODUCTS = 3
QUOTE = 32
HEADS = (
    Message("aspect", "方面"),
    Message("mentions", "提及"),
    Message("share", "占比"),
    Message("positive / neutral / negative", "正面 / 中性 / 负面"),
    Message("net", "净情感"),
    Message("trend", "近期变化"),
    Message("in their words", "原话"),
)
ALL = Message("All products", "全部产品")
UNNAMED = Message("no product named", "未注明产品")
TRENDS = MappingProxyType(
    {
        "better": Message("better", "好转"),
        "worse": Message("worse", "变差"),
        "steady": Message("steady", "平稳"),
        "unknown": Message("-", "-"),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was found, how, and how much of it is asked for."""

    rows: "Sequence[AspectSummary]"
    listened: Listened
    summariser: "Summariser"
    settings: "OpinionSettings"
    top: int | None

    def by_product(self) -> "Iterator[list[AspectSummary]]":
        """Yield the aspects of all products together, then those of each, `top` at most."""
        for _, each in groupby(self.rows, key=lambda row: (row.scope, row.product)):
            yield list(each)[: self.top]

    def chosen(self) -> "Iterator[AspectSummary]":
        """Yield every row that is asked for."""
        for each in self.by_product():
            yield from each


def show(told: Told, output: Path, mentions: Path | None) -> None:
    """Print a table for all products and for the most mentioned, then where all is written."""
    from rich.console import Console

    console = Console()
    groups = list(told.by_product())
    shown = groups[: SHOWN_PRODUCTS + (bool(groups) and groups[0][0].scope == "all")]
    for each in shown:
        console.print(_table(each[: told.top or SHOWN_ASPECTS]))
    print_lines(_outcome(told, len(groups) - len(shown), output, mentions))


def _table(rows: "Sequence[AspectSummary]") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    language = spoken_language()
    title = ALL.text(language) if rows[0].scope == "all" else rows[0].product
    table = Table(
        *(head.text(language) for head in HEADS),
        title=escape(title or UNNAMED.text(language)),
        title_justify="left",
    )
    for row in rows:
        table.add_row(*map(escape, _cells(row)))
    return table


def _cells(row: "AspectSummary") -> tuple[str, ...]:
    language = spoken_language()
    shares = (row.positive_share, row.neutral_share, row.negative_share)
    wide = row.negative_share
    return (
        row.zh if language == "zh" else row.aspect.replace("_", " "),
        f"{row.mentions:,}",
        f"{row.share:.1%}",
        " / ".join(f"{each.share:.0%}" for each in shares) + f"  ({wide.low:.0%}-{wide.high:.0%})",
        f"{row.net:+.2f}",
        TRENDS[row.trend].text(language),
        _quote(row),
    )


def _quote(row: "AspectSummary") -> str:
    """Return a sentence of the polarity that prevails, the first of any where none does."""
    prevails = "positive" if row.net > 0 else "negative"
    ranked = sorted(row.quotes, key=lambda each: each[0] != prevails)
    if not ranked:
        return ""
    quote = ranked[0][1]
    text = quote.text if len(quote.text) <= QUOTE else f"{quote.text[: QUOTE - 1]}…"
    return f"{text} [{quote.id}]"


def _outcome(told: Told, hidden: int, output: Path, mentions: Path | None) -> Iterable[Message]:
    named = [row for row in told.rows if row.scope == "product"]
    total = sum(row.mentions for row in named)
    products = len({row.product for row in named})
    yield Message(
        f"{total:,} mentions of aspects, of {products:,} products",
        f"共 {products:,} 个产品、{total:,} 次方面提及",
    )
    yield _rows(told)
    if hidden > 0:
        yield Message(
            f"{hidden:,} more products are in the file", f"另有 {hidden:,} 个产品见输出文件"
        )
    yield Message(
        "in brackets: 95 % interval of the negative share; trend: the last "
        f"{told.settings.recent_days} days against before",
        f"括号内为负面占比的 95% 区间；近期变化为最近 {told.settings.recent_days} 天与此前相比",
    )
    yield Message(f"opinions: {output}", f"观点：{output}")
    if mentions is not None:
        yield Message(f"mentions: {mentions}", f"提及：{mentions}")
    yield from rejects_line(len(told.listened.rejects), output)


def _rows(told: Told) -> Message:
    """Say what became of every row; what there is none of is left out."""
    heard, listened = told.summariser, told.listened
    speaking = listened.usable - heard.silent - heard.later - heard.others
    left_out = (
        (heard.silent, Message("name no target", "未提及评价对象")),
        (heard.others, Message("of staff or spam", "客服或垃圾信息")),
        (heard.later + listened.future, Message("later", "晚于截至时间")),
        (listened.elsewhere, Message("of other products", "其他产品")),
        (len(listened.rejects), Message("rejected", "拒收")),
    )
    parts = [(speaking, Message("judge something", "有所评价"))]
    parts += [one for one in left_out if one[0]]
    rows = sum(count for count, _ in parts)
    return Message(
        f"rows: {rows:,} = " + " + ".join(f"{count:,} {what.en}" for count, what in parts),
        f"行数：{rows:,} = " + " + ".join(f"{what.zh} {count:,}" for count, what in parts),
    )
