"""`tingyin doctor`: whether everything is here that Tingyin needs."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from nlp.message import Message
from service.exit_codes import ExitCode

if TYPE_CHECKING:
    from rich.table import Table

    from service.doctor import Finding


def doctor(
    host: Annotated[str | None, typer.Option(help="Address to try 要检查的地址")] = None,
    port: Annotated[int | None, typer.Option(help="Port to try 要检查的端口")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder to try 要检查的数据目录 [./tingyin-data]")
    ] = None,
) -> int:
    """Check this machine; ends with 3 where something is missing.

    检查本机环境，有缺则以 3 结束。
    """
    from rich.console import Console

    from service.doctor import examine
    from service.settings import load_settings

    findings = list(examine(load_settings(host=host, port=port, data_dir=data_dir)))
    Console().print(table_of(findings))
    return ExitCode.DONE if all(finding.well for finding in findings) else ExitCode.BAD_INPUT


def table_of(findings: Sequence["Finding"]) -> "Table":
    """Return the findings as a table in both languages, with the remedies."""
    from rich.table import Table

    table = Table("", "Check 检查", "Found 结果", title="tingyin doctor")
    for finding in findings:
        mark = "[green]✓[/]" if finding.well else "[red]✗[/]"
        table.add_row(mark, _both(finding.name), _both(finding.seen))
        if not finding.well and finding.remedy is not None:
            table.add_row("", "", f"→ {_both(finding.remedy)}")
    return table


def _both(message: Message) -> str:
    from rich.markup import escape

    return escape(message.en if message.en == message.zh else f"{message.en}  {message.zh}")
