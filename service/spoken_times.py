"""Times and spans of time as people read them."""

from datetime import datetime, timedelta, tzinfo

from nlp.message import Message

MINUTE = timedelta(minutes=1)


def moment(at: datetime, zone: tzinfo) -> str:
    """Return a time as people read it, such as `2026-05-11 10:15 +08:00`."""
    text = at.astimezone(zone).isoformat(sep=" ", timespec="minutes")
    return f"{text[:16]} {text[16:]}"


def about(span: timedelta) -> Message:
    """Return a span, to the minute where it is longer than one, without its sign.

    >>> about(timedelta(hours=-1, minutes=-30))
    Message(en='1h30m', zh='1 小时 30 分')
    """
    length = abs(span)
    whole = length if length < MINUTE else length // MINUTE * MINUTE
    hours, rest = divmod(round(whole.total_seconds()), 3600)
    parts = ((hours, "h", "小时"), (rest // 60, "m", "分"), (rest % 60, "s", "秒"))
    en = "".join(f"{number}{unit}" for number, unit, _ in parts if number)
    zh = " ".join(f"{number} {unit}" for number, _, unit in parts if number)
    return Message(en or "0m", zh or "0 分")
