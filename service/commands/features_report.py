"""What `tingyin features` prints: the registry, or what was computed, dropped and found to tell."""

import json
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import typer

from nlp.message import Message
from service.commands.features_files import Judged, Places
from service.commands.report_lines import rejects_line, row_lines
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from service.files import Reject
    from tiering.features import Feature, FeatureRun, Importance, Redundancy

SHOWN = 10
WHYS = MappingProxyType(
    {
        "missing": "缺失",
        "constant": "常量",
        "nearly_constant": "近似常量",
        "duplicate": "重复",
        "correlated": "高度相关",
    }
)
HEADS = (
    Message("feature", "特征"),
    Message("table", "来源表"),
    Message("unit", "单位"),
    Message("range", "范围"),
    Message("what it is", "含义"),
    Message("null", "为空"),
)


def show_list(names: Sequence[str] | None, *, as_json: bool) -> None:
    """Print the registry, or the features of these names and patterns.

    Raises
    ------
    FeatureError
        A name is unknown.
    """
    from tiering import CONTRACTS
    from tiering.features import chosen

    features = chosen(names, list(CONTRACTS))
    if as_json:
        typer.echo(json.dumps([told(each) for each in features], ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    Console().print(_registry(features))


def told(feature: "Feature") -> dict[str, object]:
    """Return the documentation of a feature as plain values."""
    from tiering.features import UNITS

    return {
        "name": feature.name,
        "table": feature.table,
        "window_days": feature.window,
        "type": "int64" if feature.whole else "float64",
        "unit": UNITS[feature.unit].en,
        "unit_zh": UNITS[feature.unit].zh,
        "low": feature.low,
        "high": feature.high,
        "null": feature.null.en,
        "null_zh": feature.null.zh,
        "description": feature.description.en,
        "description_zh": feature.description.zh,
    }


def show(
    run: "FeatureRun[object]", judged: Judged, rejects: "Sequence[Reject]", places: Places
) -> None:
    """Print the summary in the spoken language."""
    for line in (
        *_computed(run, judged),
        *(_dropped(judged.redundancy) if judged.redundancy else ()),
        *(_important(judged.importance, judged.strangers) if judged.importance else ()),
        *_places(judged, rejects, places),
    ):
        typer.echo(line.text(spoken_language()))


def _registry(features: "Sequence[Feature]") -> "Table":
    from rich.table import Table

    from tiering.features import UNITS

    language = spoken_language()
    title = Message(f"{len(features)} features", f"{len(features)} 个特征").text(language)
    table = Table(*(head.text(language) for head in HEADS), title=title, title_justify="left")
    for each in features:
        table.add_row(
            each.name,
            each.table,
            UNITS[each.unit].text(language),
            _range(each),
            each.description.text(language),
            each.null.text(language),
        )
    return table


def _range(feature: "Feature") -> str:
    high = "∞" if feature.high is None else f"{feature.high:g}"
    return f"{feature.low:g} … {high}"


def _computed(run: "FeatureRun[object]", judged: Judged) -> Iterator[Message]:
    rows, features = judged.table.num_rows, len(run.features)
    yield Message(
        f"computed {features} features in {rows:,} rows as of {run.as_of}",
        f"截至 {run.as_of}，计算 {features} 个特征，共 {rows:,} 行",
    )
    yield from row_lines(run.rows)


def _dropped(found: "Redundancy") -> Iterator[Message]:
    reasons = [gone.why for gone in found.dropped]
    counts = {why: reasons.count(why) for why in dict.fromkeys(sorted(reasons))}
    said = ", ".join(f"{why} {number}" for why, number in counts.items()) or "none"
    said_zh = "、".join(f"{WHYS[why]} {number}" for why, number in counts.items()) or "无"
    yield Message(
        f"kept {len(found.kept)}, dropped {len(found.dropped)} ({said}); of those that say the "
        "same stays the one with fewer nulls, then more values, then by name",
        f"保留 {len(found.kept)} 个，去除 {len(found.dropped)} 个（{said_zh}）；"
        "含义重复者保留空值更少的，其次取值更多的，再次按名称",
    )


def _important(found: "Importance", strangers: int) -> Iterator[Message]:
    yield Message(
        f"importance: {found.metric} {found.score:.3f} on {found.held_out_rows:,} held-out rows, "
        f"learnt on {found.learnt_rows:,}; {strangers:,} targets have no features",
        f"重要性：在 {found.held_out_rows:,} 行留出数据上 {found.metric} 为 {found.score:.3f}，"
        f"学习用 {found.learnt_rows:,} 行；{strangers:,} 个目标值没有对应特征",
    )
    for each in found.features[:SHOWN]:
        line = f"  {each.name}  {each.mean:+.4f} ± {each.spread:.4f}"
        yield Message(line, line)


def _places(judged: Judged, rejects: "Sequence[Reject]", places: Places) -> Iterator[Message]:
    yield Message(f"features: {places.output}", f"特征：{places.output}")
    if judged.redundancy and judged.redundancy.dropped:
        yield Message(f"dropped, and why: {places.dropped}", f"去除及理由：{places.dropped}")
    if judged.importance:
        yield Message(f"importance: {places.importance}", f"重要性：{places.importance}")
    yield from rejects_line(len(rejects), places.output)
