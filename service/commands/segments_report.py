"""What `tingyin segments` prints: the segments, why so many, how stable, what was left out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line, row_lines
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from service.files import Reject
    from tiering.segments import SegmentRun


def summary_of(run: "SegmentRun[Any]") -> str:
    """Return the run as JSON: segments with their centres, silhouettes, stability."""
    told = {
        "as_of": run.as_of,
        "segments": [
            {
                "segment": each.name.name,
                "segment_zh": each.name.zh,
                "customers": each.customers,
                "fit": each.name.fit,
                "centre": dict(each.centre),
                "reasons": each.reasons,
            }
            for each in run.segments
        ],
        "axes": list(run.axes),
        "silhouettes": {str(count): value for count, value in run.silhouettes.items()},
        "chance": {str(count): value for count, value in run.chance.items()},
        "sound": {"level": run.sound.level, "reason": asdict(run.sound.reason())},
        "agreement": list(run.agreement),
        "dropped": list(run.dropped),
        "filled": dict(run.filled),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def show(run: "SegmentRun[Any]", rejects: "Sequence[Reject]", output: Path) -> None:
    """Print the run in the spoken language."""
    from rich.console import Console

    console = Console()
    console.print(_segments(run))
    lines = (*_chosen(run), *_left_out(run), *row_lines(run.rows), *_places(rejects, output))
    print_lines(lines)


def _segments(run: "SegmentRun[Any]") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    language = spoken_language()
    heads = (
        Message("segment", "分群"),
        Message("customers", "顾客数"),
        Message("share", "占比"),
        Message("what its customers are like", "特点"),
    )
    title = Message("Segments", "客户分群").text(language)
    table = Table(*(head.text(language) for head in heads), title=title, title_justify="left")
    total = sum(each.customers for each in run.segments)
    for each in run.segments:
        why = "\n".join(reason[language] for reason in each.reasons)
        name = f"{each.name.name} {each.name.zh}"
        share = f"{each.customers / total:.1%}"
        table.add_row(escape(name), f"{each.customers:,}", share, escape(why), end_section=True)
    return table


def _chosen(run: "SegmentRun[Any]") -> Iterator[Message]:
    said = run.sound.reason()
    if not run.silhouettes:
        yield said
        return
    tried = ", ".join(
        f"{count}: {value:.3f} / {run.chance[count]:.3f}"
        for count, value in run.silhouettes.items()
    )
    yield Message(
        f"{len(run.segments)} segments: {said.en}", f"分为 {len(run.segments)} 群：{said.zh}"
    )
    yield Message(
        f"silhouette by number, and by chance where columns are shuffled: {tried}",
        f"各群数的轮廓系数 / 打乱各列后的随机水平：{tried}",
    )
    if run.agreement:
        mean, least = fmean(run.agreement), min(run.agreement)
        refits = len(run.agreement)
        yield Message(
            f"stability: adjusted Rand of {refits} refits on customers drawn again, mean "
            f"{mean:.2f}, least {least:.2f} (1 the same, 0 chance)",
            f"稳定性：重抽样后重新分群 {refits} 次，调整兰德指数平均 {mean:.2f}，最低 {least:.2f}"
            "（1 为完全一致，0 为随机）",
        )


def _left_out(run: "SegmentRun[Any]") -> Iterator[Message]:
    if run.dropped:
        names = ", ".join(run.dropped)
        yield Message(f"alike for everybody, so left out: {names}", f"人人相同而略去：{names}")
    if run.filled:
        told = ", ".join(f"{name} {count:,}" for name, count in run.filled)
        yield Message(f"not known, so taken as the median: {told}", f"缺失而按中位数计：{told}")


def _places(rejects: "Sequence[Reject]", output: Path) -> Iterator[Message]:
    yield Message(f"customers: {output}", f"顾客：{output}")
    yield from rejects_line(len(rejects), output)
