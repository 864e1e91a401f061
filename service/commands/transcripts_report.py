"""What `tingyin transcripts` prints: how many dialogues, the worst ones first, and what about."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from nlp.message import Message
from service.commands.report_lines import print_lines, rejects_line
from service.commands.transcripts_input import Listened
from service.language import spoken_language

if TYPE_CHECKING:
    from rich.table import Table

    from nlp.transcripts import Reading

SHOWN = 10
MOST_REASONS = 3
MOST_TOPICS = 5
TELLING = ("escalation", "unanswered", "turning", "contact", "resolution")
HEADS = (
    Message("#", "#"),
    Message("dialogue", "会话"),
    Message("product", "产品"),
    Message("predicted satisfaction", "预测满意度"),
    Message("resolution", "是否解决"),
    Message("escalated", "升级"),
    Message("about", "内容"),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What was listened to, and what was read in it."""

    heard: Listened
    readings: "Sequence[Reading]"


def show(told: Told, output: Path) -> None:
    """Print the worst dialogues, what proves it, what all are about, and where they are."""
    from rich.console import Console

    console, language = Console(), spoken_language()
    worst = sorted(told.readings, key=lambda reading: reading.concern, reverse=True)[:SHOWN]
    console.print(_table(worst))
    for number, reading in enumerate(worst, start=1):
        for place, reason in enumerate(_proof(reading)):
            mark = f"{number:>3}. " if place == 0 else "     "
            console.print(mark + reason.text(language), highlight=False, markup=False)
    print_lines(_outcome(told, output))


def _table(worst: "Iterable[Reading]") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    language = spoken_language()
    table = Table(*(head.text(language) for head in HEADS))
    for number, reading in enumerate(worst, start=1):
        table.add_row(f"{number}", *(escape(cell) for cell in _cells(reading)))
    return table


def _cells(reading: "Reading") -> tuple[str, ...]:
    from nlp.surveillance import category_name, product_name
    from nlp.transcripts import SATISFACTION, STATES

    language = spoken_language()
    verdict, chance = reading.satisfaction.verdict, reading.satisfaction.probability
    rated = f"{SATISFACTION[verdict].text(language)} {chance:.0%}" if verdict else "-"
    topics = [category_name(name).text(language) for name in reading.categories[:2]]
    return (
        reading.dialogue.id,
        product_name(reading.dialogue.product or "").text(language),
        rated,
        STATES[reading.resolution.state].text(language),
        "!" if reading.escalation.escalated else "-",
        " · ".join([*topics, *reading.keyphrases[:2]]) or "-",
    )


def _proof(reading: "Reading") -> list[Message]:
    """Return the most telling reasons, one of each verdict first."""
    told: dict[str, list[Message]] = {}
    for name, _, reason in reading.reasons():
        told.setdefault(name, []).append(reason)
    return [told[name][0] for name in TELLING if name in told][:MOST_REASONS]


def _outcome(told: Told, output: Path) -> Iterable[Message]:
    yield _counts(told)
    yield _verdicts(told.readings)
    yield _troubles(told.readings)
    if topics := _topics(told.readings):
        yield topics
    if len(told.readings) > SHOWN:
        yield Message(f"the worst {SHOWN} are shown", f"仅显示最需关注的 {SHOWN} 个")
    yield Message(f"dialogues: {output}", f"会话：{output}")
    yield from rejects_line(len(told.heard.rejects), output)


def _counts(told: Told) -> Message:
    """Say what became of every row; what there is none of is left out."""
    heard, dialogues = told.heard, len(told.readings)
    others = (
        (heard.alone, Message("rows without session", "行无会话")),
        (heard.repeated, Message("repeated ids", "行编号重复")),
        (len(heard.rejects), Message("rejected", "行拒收")),
    )
    left = [(count, what) for count, what in others if count]
    return Message(
        f"{dialogues:,} dialogues, {heard.turns:,} turns"
        + "".join(f"; {count:,} {what.en}" for count, what in left),
        f"{dialogues:,} 个会话，{heard.turns:,} 句"
        + "".join(f"；{count:,} {what.zh}" for count, what in left),
    )


def _verdicts(readings: "Sequence[Reading]") -> Message:
    from nlp.transcripts import SATISFACTION, STATES

    rated = Counter(reading.satisfaction.verdict for reading in readings)
    ended = Counter(reading.resolution.state for reading in readings)
    return Message(
        "predicted: "
        + ", ".join(f"{name.en} {rated[key]:,}" for key, name in SATISFACTION.items())
        + " · "
        + ", ".join(f"{name.en} {ended[key]:,}" for key, name in STATES.items()),
        "预测："
        + "、".join(f"{name.zh} {rated[key]:,}" for key, name in SATISFACTION.items())
        + " · "
        + "、".join(f"{name.zh} {ended[key]:,}" for key, name in STATES.items()),
    )


def _troubles(readings: "Sequence[Reading]") -> Message:
    escalated = sum(reading.escalation.escalated for reading in readings)
    silent = sum(bool(reading.unanswered) for reading in readings)
    again = sum(reading.contact.repeated for reading in readings)
    longest = [s for reading in readings if (s := reading.waits.longest_s) is not None]
    wait = f"{median(longest) / 60:,.1f}" if longest else "-"
    return Message(
        f"escalated {escalated:,}, with unanswered requests {silent:,}, repeated contact "
        f"{again:,}, longest wait {wait} min (median of dialogues)",
        f"升级 {escalated:,}、有未答诉求 {silent:,}、重复来访 {again:,}、"
        f"最长等待 {wait} 分钟（各会话中位数）",
    )


def _topics(readings: "Sequence[Reading]") -> Message | None:
    from nlp.surveillance import category_name

    counted = Counter(name for reading in readings for name in reading.categories)
    found = [(category_name(key), n) for key, n in counted.most_common(MOST_TOPICS)]
    if not found:
        return None
    return Message(
        "about (dialogues): " + ", ".join(f"{name.en} {n:,}" for name, n in found),
        "内容（会话数）：" + "、".join(f"{name.zh} {n:,}" for name, n in found),
    )
