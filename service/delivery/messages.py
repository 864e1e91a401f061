"""Messages for people: one event told in full, or several named one after another.

Every figure stands beside how it was come to and some of the ids that prove it. What customers
wrote is quoted as plain text: no mention, link or formatting of theirs takes effect in a chat.
"""

from collections.abc import Sequence
from datetime import datetime

from nlp.message import Language, Message
from nlp.surveillance import LEVELS, category_name, product_name
from service.delivery.happened import NAMES, Happened
from service.delivery.letters import Style
from service.trail import SERVICE

NAME = Message("Tingyin", "听音")
LONGEST_QUOTE, QUOTES, PROOFS, REASONS = 120, 2, 5, 4
_PLAIN = str.maketrans(
    {"<": "＜", ">": "＞", "[": "［", "]": "］", "*": "＊", "`": "｀", "@": "＠"}
)
_UNSEEN = dict.fromkeys((*range(32), 127, 0x2028, 0x2029, *range(0x202A, 0x202F)), " ")


def plain(text: str) -> str:
    """Return a text of one line in which no sign means anything to a chat or a mail.

    >>> plain("<@all> *免费* [点我](http://x)")
    '＜＠all＞ ＊免费＊ ［点我］(http://x)'
    """
    return text.translate(_PLAIN).translate(_UNSEEN).strip()


def shortened(text: str, limit: int) -> str:
    """Return the first characters of a text, with … in place of the rest."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def title(events: Sequence[Happened], language: Language) -> str:
    """Return one line that says what it is about: the gravest of the events leads."""
    worst = min(events, key=lambda event: (event.level, event.number))
    name = NAME.text(language)
    if len(events) == 1:
        return f"[{name}] {headline(worst, language)}"
    count = {"en": f"{len(events)} events, gravest", "zh": f"{len(events)} 条事件，最重"}
    return f"[{name}] {count[language]}: {headline(worst, language)}"


def headline(event: Happened, language: Language) -> str:
    """Return level, event, product and category in one line."""
    level = LEVELS[event.level].text(language)
    told = NAMES.get(event.event, Message(event.event, event.event)).text(language)
    product = shortened(plain(product_name(event.product).text(language)), 60)
    about = plain(category_name(event.category).text(language)) if event.category else ""
    return " · ".join(filter(None, (level, told, product, about)))


def body(events: Sequence[Happened], style: Style) -> str:
    """Return the text below the title: all about one event, or a line or two for each."""
    if len(events) == 1:
        return "\n".join(_full(events[0], style))
    return "\n".join(_short(event, style) for event in events)


def _short(event: Happened, style: Style) -> str:
    seen = _seen(event).text(style.language)
    line = f"- {headline(event, style.language)} · {seen} · {_clock(event.at, style)}"
    return f"{line} · {event.alert_id}"


def _seen(event: Happened) -> Message:
    if event.of_kpi and event.reasons:
        first = event.reasons[0]
        return Message(plain(first.en), plain(first.zh))
    return Message(
        f"{event.observed} negative, {event.expected:.1f} expected",
        f"负面 {event.observed} 条，预期 {event.expected:.1f} 条",
    )


def _full(event: Happened, style: Style) -> list[str]:
    language = style.language
    if event.of_kpi:
        return [*_kpi(event, style), *_who(event, language)]
    lines = [
        _counts(event).text(language),
        _times(event, style).text(language),
        *(f"- {plain(reason.text(language))}" for reason in event.reasons[:REASONS]),
        *_words(event, language),
        *(f"“{shortened(plain(text), LONGEST_QUOTE)}” ({own})" for own, text in _quoted(event)),
        _proof(event).text(language),
    ]
    if event.suspected_coordination:
        lines.append(Message("Looks organised.", "疑似有组织。").text(language))
    return [*lines, *_who(event, language)]


def _kpi(event: Happened, style: Style) -> list[str]:
    """Return what is told of a figure of a tier: no posts prove it, but how it was counted."""
    since = Message(
        f"Since {_clock(event.onset, style)}, at {_clock(event.until, style)}: {event.observed} "
        f"counted, {event.expected:.1f} at the threshold; p = {event.p:.2g}",
        f"自 {_clock(event.onset, style)}，至 {_clock(event.until, style)}：计 {event.observed}，"
        f"界线处应为 {event.expected:.1f}；p = {event.p:.2g}",
    )
    where = f"/v1/alerts/{event.alert_id}"
    told = [f"- {plain(reason.text(style.language))}" for reason in event.reasons[:REASONS]]
    return [*told, since.text(style.language), where]


def _counts(event: Happened) -> Message:
    return Message(
        f"{event.observed} negative mentions, {event.expected:.1f} expected "
        f"(chance explains up to {event.upper}; p = {event.p:.2g})",
        f"负面 {event.observed} 条，预期 {event.expected:.1f} 条"
        f"（偶然波动上限 {event.upper} 条；p = {event.p:.2g}）",
    )


def _times(event: Happened, style: Style) -> Message:
    onset, until = _clock(event.onset, style), _clock(event.until, style)
    return Message(f"From {onset} to {until}", f"时间：{onset} 至 {until}")


def _words(event: Happened, language: Language) -> list[str]:
    words = " ".join(plain(word) for word in event.keyphrases[:8])
    return [Message(f"Words: {words}", f"关键词：{words}").text(language)] if words else []


def _quoted(event: Happened) -> list[tuple[str, str]]:
    return [(shortened(plain(own), 60), text) for own, text in event.quotes[:QUOTES]]


def _proof(event: Happened) -> Message:
    some = ", ".join(shortened(plain(own), 60) for own in event.evidence[:PROOFS])
    more = " …" if event.evidence_count > PROOFS else ""
    en, zh = (f" ({some}{more})", f"（{some}{more}）") if some else ("", "")
    return Message(
        f"Proof: {event.evidence_count} posts{en}, all at /v1/alerts/{event.alert_id}",
        f"证据：{event.evidence_count} 条{zh}，全部见 /v1/alerts/{event.alert_id}",
    )


def _who(event: Happened, language: Language) -> list[str]:
    note = event.note.text(language) if isinstance(event.note, Message) else event.note or ""
    note = shortened(plain(note), 300)
    if event.who == SERVICE:
        return [note] if note else []
    return [
        Message(
            f"By {plain(event.who)}: {note}".rstrip(": "),
            f"操作人 {plain(event.who)}：{note}".rstrip("："),
        ).text(language)
    ]


def _clock(moment: datetime, style: Style) -> str:
    return f"{moment.astimezone(style.zone):%Y-%m-%d %H:%M}"
