"""What `tingyin score` prints: tiers, the best customers, whom to care for, who is heard."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.commands.score_files import arrow_of
from service.files.rejects import rejects_path
from service.language import spoken_language

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from service.files import Reject
    from tiering import Policy, RowCounts, ScoreRun

SHOWN = 5
TITLES = MappingProxyType(
    {
        "tiers": Message("Tiers", "客户分层"),
        "best": Message("Highest scores", "得分最高的顾客"),
        "care": Message("Care first: worth much, and unhappy", "重点关怀：价值高而体验差"),
        "heard": Message("Most influential accounts", "影响力最大的账号"),
    }
)
HEADS = MappingProxyType(
    {
        "tier": Message("tier", "层级"),
        "customers": Message("customers", "顾客数"),
        "share": Message("share", "占比"),
        "customer_id": Message("customer", "顾客"),
        "author_id": Message("account", "账号"),
        "score": Message("score", "得分"),
        "influence": Message("influence", "影响力"),
        "commercial": Message("worth", "商业价值"),
        "experience": Message("experience", "体验"),
        "reasons": Message("reasons", "理由"),
    }
)


def show(
    run: "ScoreRun[object]", policy: "Policy", rejects: "Sequence[Reject]", output: Path
) -> None:
    """Print the summary in the spoken language."""
    from rich.console import Console

    console, scores, authors = Console(), arrow_of(run.scores), arrow_of(run.authors)
    console.print(_tiers(scores, policy))
    console.print(_first(scores, "best", "score", ("customer_id", "tier", "score")))
    unhappy = scores.filter(scores["care"])
    if unhappy.num_rows:
        columns = ("customer_id", "commercial", "experience")
        console.print(_first(unhappy, "care", "commercial", columns))
    if authors.num_rows:
        console.print(_first(authors, "heard", "influence", ("author_id", "influence")))
    for line in (*_outcome(run, unhappy.num_rows), *_places(rejects, output)):
        console.print(line.text(spoken_language()), highlight=False, markup=False)


def _tiers(scores: "pa.Table", policy: "Policy") -> "Table":
    counts = {row["values"]: row["counts"] for row in scores["tier"].value_counts().to_pylist()}
    table = _table("tiers", ("tier", "customers", "share"))
    for tier in policy.tiers:
        number = counts.get(tier.name, 0)
        share = number / max(scores.num_rows, 1)
        table.add_row(f"{tier.name} {tier.zh}", f"{number:,}", f"{share:.1%}")
    return table


def _first(rows: "pa.Table", title: str, by: str, columns: Sequence[str]) -> "Table":
    """Return the first rows by a figure, falling; of equal ones the first by their id."""
    import pyarrow.compute as pc
    from rich.markup import escape

    keys = [(by, "descending"), (columns[0], "ascending")]
    best = rows.take(pc.select_k_unstable(rows, SHOWN, keys))
    table = _table(title, (*columns, "reasons"))
    for row in best.select([*columns, "reasons"]).to_pylist():
        cells = (_cell(row[name]) for name in columns)
        why = "\n".join(reason[spoken_language()] for reason in row["reasons"])
        table.add_row(*map(escape, cells), escape(why), end_section=True)
    return table


def _cell(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def _table(title: str, columns: Iterable[str]) -> "Table":
    from rich.table import Table

    language = spoken_language()
    heads = (HEADS[name].text(language) for name in columns)
    return Table(*heads, title=TITLES[title].text(language), title_justify="left")


def _outcome(run: "ScoreRun[Any]", unhappy: int) -> Iterable[Message]:
    yield Message(
        f"scored {run.customers:,} customers as of {run.as_of} by policy {run.policy_version}; "
        f"care first for {unhappy:,}; {run.unattributed:,} signals belong to no known customer",
        f"截至 {run.as_of}，按策略 {run.policy_version} 为 {run.customers:,} 位顾客评分；"
        f"重点关怀 {unhappy:,} 位；{run.unattributed:,} 条信号不属于已知顾客",
    )
    for name, counts in run.rows.items():
        yield row_counts(name, counts)


def row_counts(name: str, counts: "RowCounts") -> Message:
    """Return what became of the rows of a table, in a sentence."""
    refused = sum(counts.refused.values())
    causes = ", ".join(f"{code} {number:,}" for code, number in counts.refused.items())
    told = f" ({causes})" if causes else ""
    return Message(
        f"{name}: rows {counts.rows:,} = used {counts.used:,} + later {counts.later:,} "
        f"+ superseded {counts.superseded:,} + refused {refused:,}{told}",
        f"{name}：{counts.rows:,} 行 = 使用 {counts.used:,} + 晚于截至日 {counts.later:,} "
        f"+ 已被更新 {counts.superseded:,} + 拒收 {refused:,}{told}",
    )


def _places(rejects: "Sequence[Reject]", output: Path) -> Iterable[Message]:
    yield Message(f"scores: {output}", f"得分：{output}")
    if rejects:
        place = rejects_path(output)
        yield Message(
            f"rejects: {place} ({len(rejects):,} rows with reason and remedy)",
            f"拒收：{place}（{len(rejects):,} 行，附原因和办法）",
        )
