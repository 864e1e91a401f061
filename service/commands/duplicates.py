"""`tingyin duplicates`: a feedback or signals file in, the groups of near-duplicates out."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Message
from service.commands import options
from service.commands.beside import keep_rejects
from service.commands.times import moment_of, zone_of
from service.exit_codes import ended
from service.files.places import demand_tables
from service.language import spoken_language

if TYPE_CHECKING:
    import pyarrow as pa

    from service.commands.duplicate_groups import Copies

SHOWN = 10
SHOWN_CHARACTERS = 40


def duplicates(
    source: Annotated[
        Path,
        typer.Argument(metavar="IN", help="Feedback, or signals of tingyin analyze 反馈或信号文件"),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Groups: .jsonl .csv .parquet .xlsx 输出文件"
        ),
    ],
    least: Annotated[
        int, typer.Option(min=2, metavar="N", help="Texts that make a group 几条起算一组")
    ] = 2,
    map_: options.Mapping = None,
    make_ids: options.MakeIds = False,
    at: options.At = None,
    zone: options.Zone = "Asia/Shanghai",
    sheet: options.Sheet = None,
    strict: options.Strict = False,
) -> int:
    """Find texts that say the same in nearly the same words, one row per group.

    Each group names its size, first and last time, authors, the wording that most share (masked),
    the phrases that tell it from the rest, and all ids. Rows that break the contract go to
    OUT.rejects.jsonl with line, value, reason and remedy.

    找出措辞几乎相同的文本，每组一行：条数、首末时间、作者、代表文本（已脱敏）、区别于其余文本的短语和全部编号。
    不合格的行写入 OUT.rejects.jsonl，附原因和办法。
    """
    from rich.console import Console

    from service.commands.duplicate_groups import Asked, find_copies
    from service.files import write_rows
    from service.files.contract import parse_mapping

    demand_tables([output], [source])
    place = zone_of(zone)
    default_at = None if at is None else moment_of("--at", at, place)
    mapping = parse_mapping(map_ or [])
    asked = Asked(source, mapping, place, default_at, make_ids, sheet, least)
    with Console(stderr=True).status(_reading(source).text(spoken_language())):
        copies = find_copies(asked)
        keep_rejects(output, copies.rejects)
        write_rows(output, copies.rows(), groups_schema())
    _show(copies, output)
    return ended(copies.rejects, strict=strict)


@cache
def groups_schema() -> "pa.Schema":
    """Return the Arrow schema of the table of groups; times are ISO text."""
    import pyarrow as pa

    text, texts, whole = pa.string(), pa.list_(pa.string()), pa.int64()
    columns = {
        "group": text,
        "size": whole,
        "first": text,
        "last": text,
        "author_count": whole,
        "authors": texts,
        "text": text,
        "keyphrases": texts,
        "ids": texts,
    }
    return pa.schema(list(columns.items()))


def _reading(source: Path) -> Message:
    return Message(f"comparing the texts of {source} …", f"正在比对 {source} 中的文本 …")


def _show(copies: "Copies", output: Path) -> None:
    for line in _report(copies, output):
        typer.echo(line.text(spoken_language()))


def _report(copies: "Copies", output: Path) -> list[Message]:
    grouped, rejects = sum(len(group.members) for group in copies.groups), len(copies.rejects)
    alone, repeated = len(copies.voices) - grouped, copies.repeated
    rows = grouped + alone + repeated + rejects
    sums = f"{rows:,} = {grouped:,} + {alone:,} + {repeated:,} + {rejects:,}"
    lines = [
        Message(
            f"rows = in groups + alone + repeated ids + rejects: {sums}",
            f"行数 = 成组 + 单独 + 编号重复 + 拒收：{sums}",
        )
    ]
    for group in copies.groups[:SHOWN]:
        text = copies.voices[group.representative].text
        cut = text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"
        told = f"{len(group.members):>7,} × {' '.join(cut.split())}"
        lines.append(Message(told, told))
    count = len(copies.groups)
    lines.append(Message(f"groups: {output} ({count:,})", f"分组：{output}（{count:,} 组）"))
    if rejects:
        from service.files.rejects import rejects_path

        place = rejects_path(output)
        lines.append(Message(f"rejects: {place} ({rejects:,})", f"拒收：{place}（{rejects:,} 行）"))
    return lines
