"""Lines that many commands end with: what became of the rows, and where the rejects are."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from nlp.message import Message
from service.files.cells import plain
from service.files.rejects import rejects_path
from service.language import spoken_language

if TYPE_CHECKING:
    from tiering import RowCounts


def print_lines(lines: Iterable[Message], *, err: bool = False) -> None:
    """Print lines in the spoken language, as they are; to the error stream where `err`."""
    from rich.console import Console

    console = Console(stderr=err)
    for line in lines:
        console.print(line.text(spoken_language()), highlight=False, markup=False)


def print_json(told: object) -> None:
    """Print plain values as JSON; what is not defined (nan) is null, times are ISO 8601."""
    typer.echo(json.dumps(plain(told), ensure_ascii=False, indent=1, allow_nan=False))


def row_lines(rows: "Mapping[str, RowCounts]") -> Iterator[Message]:
    """Yield for each table what became of its rows, as a sentence."""
    for name, counts in rows.items():
        refused = sum(counts.refused.values())
        causes = ", ".join(f"{code} {number:,}" for code, number in counts.refused.items())
        told = f" ({causes})" if causes else ""
        yield Message(
            f"{name}: rows {counts.rows:,} = used {counts.used:,} + later {counts.later:,} "
            f"+ superseded {counts.superseded:,} + refused {refused:,}{told}",
            f"{name}：{counts.rows:,} 行 = 使用 {counts.used:,} + 晚于截至日 {counts.later:,} "
            f"+ 已被更新 {counts.superseded:,} + 拒收 {refused:,}{told}",
        )


def rejects_line(rejects: int, output: Path | None) -> Iterator[Message]:
    """Yield where the rejected rows are, if there are any; without an output only their number."""
    if rejects and output is not None:
        place = rejects_path(output)
        yield Message(
            f"rejects: {place} ({rejects:,} rows with reason and remedy)",
            f"拒收：{place}（{rejects:,} 行，附原因和办法）",
        )
    elif rejects:
        yield Message(f"rows rejected: {rejects:,}", f"拒收行数：{rejects:,}")
