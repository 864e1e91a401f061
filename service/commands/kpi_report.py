"""What `tingyin kpi` prints: every figure of every tier, and the alarms in words."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
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
    from tiering.actions import ActionsPolicy, KpiRow, Strangers

STATES = MappingProxyType(
    {
        "alarm": Message("ALARM", "告警"),
        "fine": Message("fine", "正常"),
        "unclear": Message("unclear", "不明"),
        "too_few": Message("too few to say", "人数太少"),
        "not_given": Message("no table", "缺少表"),
    }
)
HEADS = (
    Message("KPI", "指标"),
    Message("tier", "层级"),
    Message("figure (interval)", "数值（区间）"),
    Message("threshold", "界线"),
    Message("customers", "顾客数"),
    Message("verdict", "判断"),
)


def show(
    rows: "Sequence[KpiRow]",
    policy: "ActionsPolicy",
    ladder: "Sequence[Tier]",
    given: "Given",
    aside: "Mapping[str, Strangers]",
    output: Path | None,
) -> None:
    """Print the figures in the spoken language."""
    from rich.console import Console

    console = Console()
    console.print(_table(rows, policy, ladder))
    print_lines((*_alarms(rows), *strangers_lines(aside), *_places(rows, given, output)))


def strangers_lines(aside: "Mapping[str, Strangers]") -> Iterator[Message]:
    """Yield for each table whose rows no tier counts, because their customers are in none."""
    for table, each in aside.items():
        yield Message(
            f"{table}: {each.rows:,} rows of {each.customers:,} customers who are not in TIERS "
            "count in no tier",
            f"{table}：{each.customers:,} 位顾客不在分层结果中，其 {each.rows:,} 行不计入任何层级",
        )


def _table(rows: "Sequence[KpiRow]", policy: "ActionsPolicy", ladder: "Sequence[Tier]") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    language = spoken_language()
    names = {each.name: Message(each.en, each.zh).text(language) for each in policy.kpis.list}
    tiers = {tier.name: f"{tier.name} {tier.zh}" for tier in ladder}
    table = Table(*(head.text(language) for head in HEADS))
    for row in rows:
        sign = "<" if row.worse == "below" else ">"
        table.add_row(
            escape(names[row.kpi]),
            tiers[row.tier],
            _figures(row),
            f"{sign} {row.threshold:.1%}",
            f"{row.customers:,}",
            STATES[row.state].text(language),
        )
    return table


def _figures(row: "KpiRow") -> str:
    if isnan(row.value):
        return "–"
    return f"{row.value:.1%} ({row.low:.1%} – {row.high:.1%})"


def _alarms(rows: "Sequence[KpiRow]") -> Iterator[Message]:
    alarms = [row for row in rows if row.state == "alarm"]
    for row in alarms:
        yield Message(
            f"{row.verdict['en']}; since {row.since}", f"{row.verdict['zh']}；自 {row.since} 起"
        )
    yield Message(
        f"{len(alarms)} alarms among {len(rows)} figures",
        f"{len(rows)} 项数值中有 {len(alarms)} 项告警",
    )


def _places(rows: "Sequence[KpiRow]", given: "Given", output: Path | None) -> Iterator[Message]:
    if rows and rows[0].tiers_as_of == rows[0].as_of:
        yield Message(
            f"tiers and figures are both as of {rows[0].as_of}: these tiers already know who came "
            "back; for a fair repurchase rate give tiers of the start of the window, and --as-of",
            f"层级与数值同为 {rows[0].as_of}：该层级已包含窗口内的复购；"
            "要得到无偏的复购率，请提供窗口开始时的分层，并指定 --as-of",
        )
    if output is not None:
        yield Message(f"KPIs: {output}", f"指标：{output}")
        yield from rejects_line(len(given.rejects), output)
    elif given.rejects:
        number = len(given.rejects)
        yield Message(
            f"{number:,} rows were rejected; with -o they are kept beside the output",
            f"{number:,} 行被拒收；使用 -o 时会写在输出旁",
        )
