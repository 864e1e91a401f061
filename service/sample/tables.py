"""Tables and sentences of the demo, Chinese above English."""

from collections.abc import Mapping
from typing import Literal

from rich.markup import escape
from rich.table import Table

Side = Literal["left", "right"]


def table_of(title: str, *columns: tuple[str, Side]) -> Table:
    """Return an empty table; the first column, without a head, holds what a row is about."""
    table = Table(title=title, title_justify="left", title_style="bold", expand=False)
    table.add_column("", no_wrap=True)
    for name, side in columns:
        table.add_column(name, justify=side)
    return table


def both(reason: Mapping[str, str]) -> str:
    """Return a reason in both languages, as markup."""
    return f"{escape(reason['zh'])}\n[dim]{escape(reason['en'])}[/]"


def shortened(text: str, length: int = 40) -> str:
    """Return the text in one line of at most `length` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 1]}…"
