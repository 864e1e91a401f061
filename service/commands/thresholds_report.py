"""What `tingyin thresholds` prints: cuts with reasons, alternatives, and who would move."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from tiering import Tier
    from tiering.thresholds import Alternative, Cuts, Recalibration

CUTS = Message("Cuts that pay best", "收益最高的分层界线")
OTHERS = Message("Alternatives, against these cuts", "其他方案（与上述界线相比）")
CUT_HEADS = (
    Message("tier", "层级"),
    Message("cut today", "现行界线"),
    Message("cut proposed", "建议界线"),
    Message("customers", "顾客数"),
    Message("why", "理由"),
)
OTHER_HEADS = (
    Message("change", "变化"),
    Message("cuts", "界线"),
    Message("gain", "收益变化"),
    Message("up", "升级"),
    Message("down", "降级"),
)
IMPOSSIBLE = Message("cannot hold everybody", "名额不足")


@dataclass(frozen=True, slots=True)
class Found:
    """All that the report shows."""

    ladder: "Sequence[Tier]"
    plan: "Cuts"
    alternatives: "Sequence[Alternative]"
    moved: "Recalibration"


def show(found: Found, policy: Path | None, moves: Path | None) -> None:
    """Print the report in the spoken language."""
    from rich.console import Console

    console = Console()
    console.print(_cuts(found))
    console.print(_alternatives(found.alternatives))
    print_lines((*_moves(found), *_places(policy, moves)))


def _table(title: Message, heads: Sequence[Message]) -> "Table":
    from rich.table import Table

    language = spoken_language()
    names = (head.text(language) for head in heads)
    return Table(*names, title=title.text(language), title_justify="left")


def _cuts(found: Found) -> "Table":
    table, plan = _table(CUTS, CUT_HEADS), found.plan
    reasons = [each.text(spoken_language()) for each in plan.reasons]
    rows = zip(found.ladder, plan.at_least, plan.customers, [*reasons, ""], strict=True)
    for tier, cut, customers, why in rows:
        name = f"{tier.name} {tier.zh}"
        table.add_row(name, f"{tier.at_least:g}", f"{cut:g}", f"{customers:,}", why)
    return table


def _alternatives(alternatives: "Sequence[Alternative]") -> "Table":
    table, language = _table(OTHERS, OTHER_HEADS), spoken_language()
    for each in alternatives:
        change = each.change.text(language)
        if each.cuts is None:
            table.add_row(change, IMPOSSIBLE.text(language), "–", "–", "–")
            continue
        cuts = " / ".join(f"{cut:g}" for cut in each.cuts.at_least[:-1])
        table.add_row(change, cuts, _yuan(each.gain), f"{each.up:,}", f"{each.down:,}")
    return table


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:+,.2f}"


def _moves(found: Found) -> Iterator[Message]:
    moved, causes = found.moved, found.moved.by_cause()
    total = _yuan(found.plan.total)
    yield Message(f"all tiers together bring {total}", f"各层合计收益 {total}")
    yield Message(
        f"of {moved.customers:,} customers {len(moved.moves):,} would move: "
        f"{causes['own_score']:,} whose own score crossed a cut of today, "
        f"{causes['cut']:,} only because a cut moves",
        f"{moved.customers:,} 位顾客中有 {len(moved.moves):,} 位会变动："
        f"{causes['own_score']:,} 位因自身得分越过现行界线，{causes['cut']:,} 位仅因界线调整",
    )
    if held := moved.held():
        yield Message(
            f"of them {held:,} stay for now: they do not pass a cut by the margin (stability)",
            f"其中 {held:,} 位暂不变动：未超出界线的缓冲（stability）",
        )
    zh = {tier.name: tier.zh for tier in found.ladder}
    pairs = Counter((move.tier, move.proposed) for move in moved.moves)
    for (start, end), count in sorted(pairs.items()):
        yield Message(f"  {start} → {end}: {count:,}", f"  {zh[start]} → {zh[end]}：{count:,}")


def _places(policy: Path | None, moves: Path | None) -> Iterator[Message]:
    if policy is not None:
        yield Message(
            f"policy: {policy} (nothing moves until it is used)", f"策略：{policy}（使用后才生效）"
        )
    if moves is not None:
        yield Message(f"moves: {moves}", f"变动：{moves}")
