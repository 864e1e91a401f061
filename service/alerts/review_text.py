"""A review as text, to be sent on: what happened, how fast people were, what to do otherwise."""

from collections.abc import Mapping
from datetime import timedelta, tzinfo
from types import MappingProxyType

from nlp.message import Message
from nlp.surveillance import LEVELS, category_name, product_name
from service.alerts.response_times import ResponseTimes
from service.database.tables import Alert, AlertReview
from service.spoken_times import about, moment

REACHED: Mapping[str, Message] = MappingProxyType(
    {
        "acknowledged": Message("acknowledged", "确认"),
        "responded": Message("responded in public", "公开回应"),
        "resolved": Message("resolved", "解决"),
    }
)
NEVER, NOTHING = Message("never", "无"), Message("nothing", "无")


def text_of(review: AlertReview, alert: Alert, times: ResponseTimes, zone: tzinfo) -> Message:
    """Return all of a review; what people wrote is the same in both languages."""
    raised = moment(alert.raised_at, zone)
    done = Message("; ".join(review.actions), "；".join(review.actions))
    parts = (
        (Message("Raised", "触发"), Message(raised, raised)),
        (Message("What happened", "经过"), _same(review.what_happened)),
        (Message("Cause", "原因"), _same(review.cause)),
        (Message("What was done", "措施"), done if review.actions else NOTHING),
        (Message("How fast", "响应用时"), _fast(times)),
        (Message("Lessons", "教训"), _same(review.lessons)),
        (Message("Written", "记录"), _same(f"{review.who}, {moment(review.written_at, zone)}")),
    )
    head = _head(alert)
    return Message(
        "\n".join([head.en, *(f"{title.en}: {said.en}" for title, said in parts)]),
        "\n".join([head.zh, *(f"{title.zh}：{said.zh}" for title, said in parts)]),
    )


def _same(text: str) -> Message:
    return Message(text, text)


def _head(alert: Alert) -> Message:
    parts = [LEVELS[alert.level], product_name(alert.product)]
    parts += [category_name(alert.category)] if alert.category else []
    en, zh = (" · ".join(each) for each in zip(*((p.en, p.zh) for p in parts), strict=True))
    number = alert.incident
    return Message(f"Review: {en} (incident {number})", f"复盘：{zh}（第 {number} 次事件）")


def _fast(times: ResponseTimes) -> Message:
    told = [_reached(words, getattr(times, name)) for name, words in REACHED.items()]
    told += [
        Message(f"escalations: {times.escalations}", f"超时上报 {times.escalations} 次"),
        Message(f"returns: {times.returns}", f"复发 {times.returns} 次"),
    ]
    return Message("; ".join(each.en for each in told), "；".join(each.zh for each in told))


def _reached(words: Message, seconds: float | None) -> Message:
    if seconds is None:
        return Message(f"{words.en}: {NEVER.en}", f"{words.zh}：{NEVER.zh}")
    span = about(timedelta(seconds=seconds))
    return Message(f"{words.en} after {span.en}", f"{span.zh}后{words.zh}")
