"""What `tingyin actions` prints: entitlements, actions with their fates, and what is missing."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from service.commands.actions_input import Given
    from tiering import Tier
    from tiering.actions import ActionRun, ActionsPolicy

FEN = 100
HEADS = MappingProxyType(
    {
        "tier": Message("tier", "层级"),
        "customers": Message("customers", "顾客数"),
        "entitled": Message("entitled to", "权益"),
        "cost": Message("¥ a customer and year", "每人每年（元）"),
        "action": Message("action", "行动"),
        "chosen": Message("chosen", "选中"),
        "care_first": Message("care first", "先关怀"),
        "quiet": Message("rests", "免打扰"),
        "cooldown": Message("done lately", "冷却中"),
        "no_consent": Message("no consent", "无授权"),
        "over_limit": Message("over the limit", "超上限"),
    }
)


def show(
    run: "ActionRun",
    policy: "ActionsPolicy",
    ladder: "Sequence[Tier]",
    given: "Given",
    output: Path,
) -> None:
    """Print the summary in the spoken language."""
    from rich.console import Console

    console = Console()
    console.print(_entitlements(policy, ladder, given))
    console.print(_fates(run, policy))
    print_lines((*_missing(run), *_outcome(run, given, output)))


def _entitlements(policy: "ActionsPolicy", ladder: "Sequence[Tier]", given: "Given") -> "Table":
    from rich.markup import escape

    from tiering.actions import entitled

    table = _table(
        Message("What each tier is entitled to", "各层权益"),
        ("tier", "customers", "entitled", "cost"),
    )
    counts = given.scores["tier"].value_counts()
    for tier in ladder:
        each = entitled(policy, ladder)[tier.name]
        names = ", ".join(
            Message(one.en, one.zh).text(spoken_language()) for one in each.entitlements
        )
        unknown = f" + {each.unknown_costs} ?" if each.unknown_costs else ""
        cost = f"{each.cost / FEN:,.2f}{unknown}"
        number = f"{int(counts.get(tier.name, 0)):,}"
        table.add_row(f"{tier.name} {tier.zh}", number, escape(names), cost)
    return table


def _fates(run: "ActionRun", policy: "ActionsPolicy") -> "Table":
    from rich.markup import escape

    from tiering.actions import FATES

    title = Message("Whose rule holds, and what became of it", "符合规则的顾客及其去向")
    table = _table(title, ("action", *FATES))
    names = {each.name: Message(each.en, each.zh) for each in policy.actions}
    for action, counts in run.fates.items():
        told = names[action].text(spoken_language())
        table.add_row(escape(f"{action}: {told}"), *(f"{counts[fate]:,}" for fate in FATES))
    return table


def _table(title: Message, columns: Sequence[str]) -> "Table":
    from rich.table import Table

    language = spoken_language()
    heads = (HEADS[name].text(language) for name in columns)
    return Table(*heads, title=title.text(language), title_justify="left")


def _missing(run: "ActionRun") -> Iterator[Message]:
    for action, table in run.not_judged.items():
        yield Message(
            f"{action}: not judged, because no table {table} was given "
            f"(--table {table}=FILE; complaints: --signals; orders: --orders)",
            f"{action}：未判断，因为没有提供 {table} 表"
            f"（--table {table}=文件；complaints 用 --signals，orders 用 --orders）",
        )
    for table, rows in run.strangers.items():
        if rows:
            yield Message(
                f"{table}: {rows:,} rows are of customers who are not in the scores",
                f"{table}：{rows:,} 行的顾客不在得分表中",
            )
    if run.log_unknown:
        yield Message(
            f"log: {run.log_unknown:,} rows are of actions that the policy does not know",
            f"行动记录：{run.log_unknown:,} 行的行动不在策略中",
        )


def _outcome(run: "ActionRun", given: "Given", output: Path) -> Iterator[Message]:
    people = len({row.customer_id for row in run.rows})
    yield Message(
        f"{len(run.rows):,} actions for {people:,} of {run.customers:,} customers as of "
        f"{run.as_of} by policy {run.policy_version}: {output}",
        f"截至 {run.as_of}，按策略 {run.policy_version} 为 {run.customers:,} 位顾客中的 "
        f"{people:,} 位给出 {len(run.rows):,} 项行动：{output}",
    )
    yield from rejects_line(len(given.rejects), output)
