"""What the demo found about customers and authors: tiers, care, influence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from service.sample.tables import both, table_of
from tiering import load_policy

Row = Mapping[str, Any]
TOP = 5
CARE_EXPLAINED = 3


def tell_tiers(console: Console, scores: Sequence[Row]) -> None:
    """Print how many customers are in each tier, and why the median one of each is there."""
    table = table_of("客户分层 tiers", ("n", "right"), ("分\nscore", "right"), ("例\none", "left"))
    examples: list[Row] = []
    for tier in load_policy().tiers:
        rows = sorted((r for r in scores if r["tier"] == tier.name), key=lambda row: row["score"])
        spread = f"{rows[0]['score']:.0f}-{rows[-1]['score']:.0f}" if rows else ""
        middle = rows[len(rows) // 2 : len(rows) // 2 + 1]
        example = "".join(row["customer_id"] for row in middle)
        table.add_row(f"{tier.zh} {tier.name}", str(len(rows)), spread, example)
        examples += middle
    console.print(table)
    for row in examples:
        _tell_reasons(console, f"{row['customer_id']} {row['tier']}", row["reasons"][:2])


def tell_care(console: Console, scores: Sequence[Row]) -> None:
    """Print the customers who are worth much and unhappy, the most valuable first."""
    wanted = sorted((row for row in scores if row["care"]), key=lambda row: -row["commercial"])
    table = table_of(
        f"重点关怀 care first（{len(wanted)}）",
        ("层级\ntier", "left"),
        ("商业价值\nworth", "right"),
        ("体验\nexperience", "right"),
    )
    for row in wanted[:TOP]:
        worth, felt = f"{row['commercial']:.0f}", f"{row['experience']:.0f}"
        table.add_row(row["customer_id"], row["tier"], worth, felt)
    console.print(table)
    for row in wanted[:CARE_EXPLAINED]:
        felt_so = [r for r in row["reasons"] if r["en"].startswith("experience")]
        _tell_reasons(console, row["customer_id"], felt_so)


def tell_influencers(console: Console, authors: Sequence[Row]) -> None:
    """Print the most influential authors, and what the influence of the first is made of."""
    table = table_of(
        "影响力 influencers",
        ("平台\nplatform", "left"),
        ("级\nband", "left"),
        ("粉丝\nfollowers", "right"),
        ("影响力\ninfluence", "right"),
    )
    leading = sorted(authors, key=lambda row: (-row["influence"], row["author_id"]))[:TOP]
    for row in leading:
        figures = (f"{row['followers'] or 0:,.0f}", f"{row['influence']:.0f}")
        table.add_row(row["author_id"], row["platform"], row["band"], *figures)
    console.print(table)
    for row in leading[:1]:
        _tell_reasons(console, row["author_id"], row["reasons"][:3])


def _tell_reasons(console: Console, whose: str, reasons: Iterable[Mapping[str, str]]) -> None:
    console.print(f"[bold]{escape(whose)}[/]")
    for reason in reasons:
        console.print(Padding(both(reason), (0, 0, 0, 2)))
