"""What `tingyin campaigns` prints: a table of campaigns by verdict, each with its reasons."""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines
from service.language import spoken_language

if TYPE_CHECKING:
    from tiering.campaigns import Assessment

SHOWN = 20
HEADS = (
    Message("campaign", "投放"),
    Message("account", "账号"),
    Message("verdict", "建议"),
    Message("return", "回报"),
    Message("interval", "区间"),
    Message("risk", "风险"),
    Message("why", "原因"),
)
VERDICTS = MappingProxyType(
    {
        "renew": Message("renew", "续投"),
        "test": Message("test", "测试"),
        "stop": Message("stop", "停投"),
    }
)


def show(judged: "Sequence[Assessment]", output: Path) -> None:
    """Print the first campaigns and where all are written, in the spoken language."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console, language = Console(), spoken_language()
    table = Table(*(head.text(language) for head in HEADS))
    for one in judged[:SHOWN]:
        table.add_row(*map(escape, _cells(one)), end_section=True)
    console.print(table)
    counts = {n: sum(one.verdict == n for one in judged) for n in VERDICTS}
    en = ", ".join(f"{VERDICTS[name].en} {count}" for name, count in counts.items())
    zh = "、".join(f"{VERDICTS[name].zh} {count}" for name, count in counts.items())
    lines = (
        Message(f"campaigns: {len(judged)} ({en})", f"投放：{len(judged)} 次（{zh}）"),
        Message(f"written: {output}", f"已写入：{output}"),
    )
    print_lines(lines)


def _cells(one: "Assessment") -> tuple[str, ...]:
    language = spoken_language()
    return (
        one.campaign.campaign,
        one.campaign.account,
        VERDICTS[one.verdict].text(language),
        f"{one.returned.ratio:+.0%}",
        f"{one.returned.low:+.0%} … {one.returned.high:+.0%}",
        "–" if one.risk is None else f"{one.risk:.0f}",
        "\n".join(reason.text(language) for reason in one.reasons),
    )
