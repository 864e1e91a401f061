"""Why a detector spoke up or did not, in both languages."""

from datetime import datetime

from nlp.message import Message

SHORT_HISTORY = 14


def moment(at: datetime) -> str:
    """Return a time as people write it, to the minute, in its own zone."""
    return at.strftime("%Y-%m-%d %H:%M")


def number(value: float) -> str:
    """Return a count or an expectation: whole from 10 on, with one digit below.

    >>> number(0.04), number(3.25), number(41.6)
    ('<0.1', '3.2', '42')
    """
    if 0.0 < value < 0.1:
        return "<0.1"
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def history_reason(age: int) -> tuple[Message, ...]:
    """Return a warning where the baseline rests on few bins, or on none; `age` counts them."""
    if age == 0:
        return (
            Message(
                "there is no history of this series; the expectation is an assumption",
                "该序列没有历史数据，预期值为先验假设",
            ),
        )
    if age < SHORT_HISTORY:
        return (Message(f"the history is only {age} bins long", f"历史数据仅 {age} 格"),)
    return ()


def verdict_reasons(
    *, alarm: bool, count: int, expected: float, upper: int, since: datetime, age: int
) -> tuple[Message, ...]:
    """Return why a bin alarms or does not; `since` is the start of the rise."""
    told = number(expected)
    if not alarm:
        return (
            Message(
                f"{count} where {told} are expected and up to {upper} are chance",
                f"实际 {count} 条，预期 {told} 条，{upper} 条以内属正常波动",
            ),
        )
    rise = Message(
        f"{count} where {told} are expected and up to {upper} are chance; "
        f"rising since {moment(since)}",
        f"实际 {count} 条，预期 {told} 条，正常上限 {upper} 条；自 {moment(since)} 起上升",
    )
    return (rise, *history_reason(age))
