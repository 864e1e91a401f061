"""What the demo heard: signals and alerts in tables for people, in both languages."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from nlp.surveillance import LEVELS
from service.sample.comparison import Comparison
from service.sample.tables import both, shortened, table_of

Row = Mapping[str, Any]
BAR = 24
TOP = 5
CRITICAL = 3
COLOURS = MappingProxyType({"negative": "red", "neutral": "yellow", "positive": "green"})


def tell_signals(console: Console, signals: Sequence[Row]) -> None:
    """Print shares of sentiments and intents, and the complaint categories, the largest first."""
    heard = [row for row in signals if row.get("role") != "agent" and not row.get("spam")]
    adverts = sum(bool(row.get("spam")) for row in signals)
    unsure = sum(bool(row.get("abstained")) for row in heard)
    masked = sum("*" in row["masked_text"] for row in signals)
    console.print(_sentiments(heard), _intents(heard), _complaints(heard))
    console.print(
        f"顾客原声 {len(heard)} 条，存疑待复核 {unsure} 条，广告 {adverts} 条，"
        f"含个人信息已脱敏 {masked} 条\n"
        f"{len(heard)} texts by customers, {unsure} left to a person (abstained), "
        f"{adverts} adverts, {masked} with personal data masked"
    )


def _sentiments(heard: Sequence[Row]) -> Table:
    counts = Counter(row["sentiment"] for row in heard)
    return _shares("情感 sentiment", tuple(SENTIMENTS.items()), counts, len(heard))


def _intents(heard: Sequence[Row]) -> Table:
    counts = Counter(intent for row in heard for intent in row["intents"])
    title = "意图 intent（可多选 several may hold）"
    return _shares(title, tuple(INTENTS.items()), counts, len(heard))


def _shares(
    title: str, names: Sequence[tuple[str, str]], counts: Counter[str], total: int
) -> Table:
    table = table_of(title, ("n", "right"), ("%", "right"), ("", "left"))
    for name, chinese in sorted(names, key=lambda pair: -counts[pair[0]]):
        share = counts[name] / max(total, 1)
        bar = f"[{COLOURS.get(name, 'cyan')}]{'█' * round(BAR * share)}[/]"
        table.add_row(f"{chinese} {name}", str(counts[name]), f"{share:.1%}", bar)
    return table


def _complaints(heard: Sequence[Row]) -> Table:
    table = table_of(
        "投诉类别 complaint category",
        ("n", "right"),
        ("严重度\nseverity 0-3", "right"),
        ("最严重的一条\nthe most severe", "left"),
    )
    for category, rows in _by_category(heard)[:TOP]:
        worst = max(rows, key=lambda row: (row["severity"], row["confidence"]))
        mean = sum(row["severity"] for row in rows) / len(rows)
        said = escape(shortened(worst["masked_text"]))
        table.add_row(_topic(category), str(len(rows)), f"{mean:.1f}", said)
    return table


def _by_category(heard: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    categories: dict[str, list[Row]] = {}
    for row in heard:
        for category in row["complaint"]:
            categories.setdefault(category, []).append(row)
    return sorted(categories.items(), key=lambda item: (-len(item[1]), item[0]))


def tell_evidence(console: Console, signals: Sequence[Row]) -> None:
    """Print one complaint with the words that made the verdict, the weightiest first."""
    told = [row for row in signals if row["evidence"] and row["severity"] == CRITICAL]
    if not told:
        return
    row = max(told, key=lambda row: (row["confidence"], row["id"]))
    words = sorted(row["evidence"], key=lambda word: -word["weight"])[:TOP]
    proof = " · ".join(f"{word['word']} {word['weight']:+.2f}" for word in words)
    console.print(
        f"例 example {row['id']}\n  {shortened(row['masked_text'], 80)}\n"
        f"  {SENTIMENTS[row['sentiment']]} {row['sentiment']} {row['confidence']:.0%} · "
        f"严重度 severity {row['severity']}\n  依据 because of: {proof}",
        markup=False,
    )


def tell_alerts(console: Console, alerts: Sequence[Row]) -> None:
    """Print one line per alert, oldest first."""
    table = table_of(
        "预警 alerts",
        ("级别\nlevel", "left"),
        ("始于\nsince", "left"),
        ("实际\nobserved", "right"),
        ("预期\nexpected", "right"),
        ("疑似水军\ncoordinated", "right"),
    )
    for alert in alerts:
        share = f"{alert['coordinated_share']:.0%}"
        table.add_row(
            f"{alert['product']}\n{_topic(alert['category'])}",
            LEVELS[alert["level"]].zh.split("（")[0].strip(),
            _minute(alert["onset"]).replace(" ", "\n"),
            str(alert["observed"]),
            f"{alert['expected']:.1f}",
            f"[bold yellow]{share} !![/]" if alert["suspected_coordination"] else share,
        )
    console.print(table)


def tell_crisis(console: Console, made: Comparison, followers: Mapping[str, int]) -> None:
    """Print the alert of the planted crisis with its reasons, authors and proof."""
    if made.alert is None:
        console.print("[bold red]未发现植入的危机 the planted crisis was not found[/]")
        return
    console.print(
        Panel(
            Group(*_reasons(made.alert), _authors(made.alert, followers), _proof(made)),
            title="[bold red]危机 crisis[/]",
            border_style="red",
        )
    )


def tell_attack(console: Console, made: Comparison) -> None:
    """Print the alert of the planted attack, and whether it is marked as arranged."""
    if made.alert is None:
        console.print("未发现植入的水军攻击 the planted attack raised no alert")
        return
    marked = made.alert["suspected_coordination"]
    verdict = "已标记为疑似水军 marked as coordinated" if marked else "未标记 not marked"
    console.print(
        Panel(
            Group(*_reasons(made.alert), f"[bold]{verdict}[/]", _proof(made)),
            title="[bold yellow]水军攻击 coordinated attack[/]",
            border_style="yellow",
        )
    )


def _reasons(alert: Row) -> Iterable[RenderableType]:
    yield from map(both, alert["reasons"])


def _authors(alert: Row, followers: Mapping[str, int]) -> Table:
    table = table_of(
        "传播最广的作者 authors by reach",
        ("粉丝\nfollowers", "right"),
        ("帖\nposts", "right"),
        ("传播力\nreach", "right"),
    )
    for author in alert["authors"][:TOP]:
        name = author["author_id"]
        known = f"{followers[name]:,}" if name in followers else "-"
        table.add_row(name, known, str(author["posts"]), f"{author['reach']:,}")
    return table


def _proof(made: Comparison) -> str:
    return (
        f"[bold]证据 {made.proven} 条；植入 {made.planted} 条中的 {made.shared} 条在内："
        f"召回 {made.recall:.0%}，精确 {made.precision:.0%}\n"
        f"{made.proven} ids prove it; of the {made.planted} planted ones {made.shared} are among "
        f"them: recall {made.recall:.0%}, precision {made.precision:.0%}[/]"
    )


def _topic(category: str | None) -> str:
    return f"{COMPLAINTS.get(category, category)} {category}" if category else "-"


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")
