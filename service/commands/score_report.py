"""What `tingyin score` prints: tiers, the best customers, whom to care for, who is heard."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line, row_lines
from service.commands.score_record import record_path
from service.commands.score_summary import SHOWN, Summary, first_rows
from service.language import spoken_language

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from service.files import Reject
    from tiering import Policy, ScorePieces

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
    run: "ScorePieces",
    policy: "Policy",
    rejects: "Sequence[Reject]",
    output: Path,
    summary: Summary,
    took: Message,
) -> None:
    """Print the summary in the spoken language, and at last how long the run `took`."""
    from rich.console import Console

    console = Console()
    console.print(_tiers(summary.tiers, policy))
    if summary.best is not None:
        console.print(_rows(summary.best, "best", ("customer_id", "tier", "score")))
    if summary.care is not None and summary.unhappy:
        console.print(_rows(summary.care, "care", ("customer_id", "commercial", "experience")))
    heard = first_rows([run.heard(SHOWN)], "influence", "author_id")
    if heard.num_rows:
        console.print(_rows(heard, "heard", ("author_id", "influence")))
    print_lines((*_outcome(run, summary.unhappy), *_places(rejects, output), took))


def _tiers(counts: Mapping[str, int], policy: "Policy") -> "Table":
    table, everybody = _table("tiers", ("tier", "customers", "share")), sum(counts.values())
    for tier in policy.tiers:
        number = counts.get(tier.name, 0)
        share = number / max(everybody, 1)
        table.add_row(f"{tier.name} {tier.zh}", f"{number:,}", f"{share:.1%}")
    return table


def _rows(rows: "pa.Table", title: str, columns: Sequence[str]) -> "Table":
    from rich.markup import escape

    table = _table(title, (*columns, "reasons"))
    for row in rows.select([*columns, "reasons"]).to_pylist():
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


def _outcome(run: "ScorePieces", unhappy: int) -> Iterable[Message]:
    yield Message(
        f"scored {run.customers:,} customers as of {run.as_of} by policy {run.policy_version}; "
        f"care first for {unhappy:,}; {run.unattributed:,} signals belong to no known customer",
        f"截至 {run.as_of}，按策略 {run.policy_version} 为 {run.customers:,} 位顾客评分；"
        f"重点关怀 {unhappy:,} 位；{run.unattributed:,} 条信号不属于已知顾客",
    )
    yield from _population(run)
    yield from row_lines(run.rows)


def _population(run: "ScorePieces") -> Iterable[Message]:
    who = run.population
    yield Message(
        f"customers without orders {who.without_orders:,}, without text {who.without_text:,}, with "
        f"text only {who.only_text:,}, known by an account only {who.only_account:,}; "
        f"merged ids {run.merged:,}",
        f"无订单 {who.without_orders:,} 位，无文本 {who.without_text:,} 位，"
        f"仅有文本 {who.only_text:,} 位，仅有账号 {who.only_account:,} 位；"
        f"已合并编号 {run.merged:,} 个",
    )
    if run.network is not None:
        net = run.network
        yield Message(
            f"network: accounts {net.accounts:,}, pairs {net.pairs:,}, groups {net.groups:,}, "
            f"accounts without an edge {net.islands:,}",
            f"关系网：账号 {net.accounts:,} 个，关系 {net.pairs:,} 条，连通群 {net.groups:,} 个，"
            f"孤立账号 {net.islands:,} 个",
        )


def _places(rejects: "Sequence[Reject]", output: Path) -> Iterable[Message]:
    yield Message(f"scores: {output}", f"得分：{output}")
    record = record_path(output)
    yield Message(f"run record: {record}", f"运行记录：{record}")
    yield from rejects_line(len(rejects), output)
