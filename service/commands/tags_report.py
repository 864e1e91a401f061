"""What `tingyin tags` prints: the rules as read, how many have each tag, and what changed."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line, row_lines
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from service.files import Reject
    from tiering.tags import Definition, Rules, TagRun

HEADS = MappingProxyType(
    {
        "tag": Message("tag", "标签"),
        "source": Message("source", "来源"),
        "state": Message("state", "状态"),
        "values": Message("values", "取值"),
        "version": Message("version", "版本"),
        "customers": Message("customers", "顾客数"),
    }
)
SOURCES = MappingProxyType({"rule": "规则", "model": "模型", "feedback": "反馈", "manual": "人工"})
STATES = MappingProxyType({"published": "已发布", "unpublished": "未发布"})
CHANGES = MappingProxyType({"added": "新增", "changed": "变更", "ended": "结束"})


def show_rules(rules: "Rules") -> None:
    """Print the tags of a rules file that was found sound."""
    from rich.console import Console

    language, console = spoken_language(), Console()
    table = _table("tag", "source", "state", "values", "version")
    for tag in rules.tags:
        source = Message(tag.source, SOURCES[tag.source]).text(language)
        state = Message(tag.state, STATES[tag.state]).text(language)
        table.add_row(_name(tag), source, state, _values(tag), tag.label())
    console.print(table)
    number = len(rules.published())
    told = Message(
        f"rules {rules.version}: {len(rules.tags)} tags, {number} published; sound",
        f"规则 {rules.version}：{len(rules.tags)} 个标签，{number} 个已发布；检查通过",
    )
    console.print(told.text(language), highlight=False, markup=False)


def show(run: "TagRun[Any]", rules: "Rules", rejects: "Sequence[Reject]", output: Path) -> None:
    """Print how many customers have each tag, and what changed, in the spoken language."""
    from rich.console import Console

    console = Console()
    table = _table("tag", "source", "customers")
    for tag in rules.published():
        source = Message(tag.source, SOURCES[tag.source]).text(spoken_language())
        table.add_row(_name(tag), source, f"{run.held[tag.name]:,}")
    console.print(table)
    print_lines(_lines(run, rejects, output))


def _lines(run: "TagRun[Any]", rejects: "Sequence[Reject]", output: Path) -> Iterator[Message]:
    en = ", ".join(f"{name} {run.changed.get(name, 0):,}" for name in CHANGES)
    zh = "、".join(f"{word} {run.changed.get(name, 0):,}" for name, word in CHANGES.items())
    yield Message(
        f"as of {run.as_of} by rules {run.rules_version}: {en}",
        f"截至 {run.as_of}，按规则 {run.rules_version}：{zh}",
    )
    if run.withdrawn or run.merged or run.stale:
        yield Message(
            f"removed because consent was withdrawn {run.withdrawn:,}; merged ids {run.merged:,}; "
            f"profiles of merged ids left out {run.stale:,}",
            f"因撤回同意而删除 {run.withdrawn:,} 行；已合并编号 {run.merged:,} 个；"
            f"略过其旧档案 {run.stale:,} 行",
        )
    yield from row_lines(run.rows)
    yield Message(f"tags: {output}", f"标签：{output}")
    yield from rejects_line(len(rejects), output)


def _name(tag: "Definition") -> str:
    from rich.markup import escape

    return escape(f"{tag.name} {tag.zh}".strip())


def _values(tag: "Definition") -> str:
    from rich.markup import escape

    return escape(" < ".join(f"{level.value} {level.zh}".strip() for level in tag.levels))


def _table(*columns: str) -> "Table":
    from rich.table import Table

    return Table(*(HEADS[name].text(spoken_language()) for name in columns))
