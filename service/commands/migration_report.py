"""What `tingyin migration` prints: the matrix, the rates, where it leads, and the drift."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from tiering import Tier
    from tiering.migration import Drift, Interval, Migration

RATES = MappingProxyType(
    {
        "up": Message("moved up", "升级"),
        "down": Message("moved down", "降级"),
        "stayed": Message("stayed", "未变"),
    }
)
NO_STEADY = MappingProxyType(
    {
        "several": Message(
            "no single steady state: some groups of tiers are never left",
            "没有唯一的稳态：部分层级进入后不再离开",
        ),
        "unseen": Message(
            "no steady state: customers move to a tier from which nobody started",
            "无法求稳态：有顾客移入了起初无人的层级",
        ),
    }
)
DRIFTED = Message("drifted", "已漂移")
CALM = Message("within chance", "属偶然波动")
SIZES = MappingProxyType(
    {
        "small": Message("small", "小"),
        "medium": Message("medium", "中"),
        "large": Message("large", "大"),
    }
)


def show(
    found: "Migration", drifts: "Mapping[str, Drift]", tiers: "Sequence[Tier]", output: Path | None
) -> None:
    """Print the comparison in the spoken language."""
    from rich.console import Console

    console = Console()
    console.print(_matrix(found, tiers))
    print_lines((*_rates(found), _steady(found, tiers), *_drifts(drifts)))
    if output is not None:
        console.print(Message(f"moves: {output}", f"变动：{output}").text(spoken_language()))


def _matrix(found: "Migration", tiers: "Sequence[Tier]") -> "Table":
    from rich.table import Table

    language = spoken_language()
    names = [f"{tier.name} {tier.zh}" for tier in tiers]
    title = Message(
        "From (row) to (column): customers, share, interval", "由（行）到（列）：人数、占比、区间"
    )
    head = Message("from", "原层级").text(language)
    left = Message("left", "流失").text(language)
    table = Table(head, *names, left, title=title.text(language), title_justify="left")
    for i, name in enumerate(names):
        cells = (_cell(int(found.counts[i, j]), found.cells[i][j]) for j in range(len(names)))
        table.add_row(name, *cells, f"{found.left[i]:,}", end_section=True)
    came = Message("came", "新增").text(language)
    table.add_row(came, *(f"{count:,}" for count in found.came), "")
    return table


def _cell(count: int, interval: "Interval") -> str:
    if isnan(interval.share):  # nobody started in this tier
        return "–"
    return f"{count:,}\n{interval.share:.1%}\n{interval.low:.1%}–{interval.high:.1%}"


def _rates(found: "Migration") -> Iterator[Message]:
    total = found.both()
    yield Message(f"customers in both runs: {total:,}", f"两次均有的顾客：{total:,}")
    for name, said in RATES.items():
        rate: Interval = getattr(found, name)
        figures = f"{rate.share:.1%} ({rate.low:.1%}–{rate.high:.1%})"
        yield Message(f"{said.en}: {figures}", f"{said.zh}：{figures}")


def _steady(found: "Migration", tiers: "Sequence[Tier]") -> Message:
    shares = found.steady.shares
    if shares is None:
        return NO_STEADY[found.steady.reason]
    en = ", ".join(f"{tier.name} {share:.1%}" for tier, share in zip(tiers, shares, strict=True))
    zh = "、".join(f"{tier.zh} {share:.1%}" for tier, share in zip(tiers, shares, strict=True))
    return Message(f"if it goes on like this: {en}", f"照此下去，最终为：{zh}")


def _drifts(drifts: "Mapping[str, Drift]") -> Iterator[Message]:
    names = {"tiers": "层级", "scores": "得分"}
    for name, drift in drifts.items():
        verdict, size = DRIFTED if drift.drifted() else CALM, SIZES[drift.size]
        yield Message(
            f"PSI of {name}: {drift.psi:.4f}, {verdict.en} (chance alone crosses {drift.line:.4f} "
            f"in {drift.level:.0%} of cases; p {drift.p:.3g}, {drift.method}); {size.en} by the "
            "usual lines 0.1 and 0.25",
            f"{names[name]}的 PSI：{drift.psi:.4f}，{verdict.zh}（纯属偶然时有 {drift.level:.0%} "
            f"的机会超过 {drift.line:.4f}；p 值 {drift.p:.3g}，{drift.method}）；"
            f"按常用的 0.1 与 0.25 属{size.zh}",
        )
