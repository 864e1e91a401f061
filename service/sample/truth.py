"""What was planted, so that a demo and a test can compare what was found with it."""

from collections.abc import Sequence
from datetime import timedelta

from nlp.message import Message
from service.sample.brand import PRODUCTS
from service.sample.calendar import Calendar
from service.sample.planted import (
    ATTACK_MINUTES,
    ATTACK_PRODUCT,
    CRISIS_MINUTES,
    CRISIS_PRODUCT,
)

NOTE = Message(
    "Generated. The brand 云岭, its customers and everything said here are made up; the crisis "
    "and the attack below were planted by the generator.",
    "由程序生成。品牌“云岭”、顾客及全部内容均为虚构；下列危机与水军攻击由生成器植入。",
)


def truth_of(rows: Sequence[dict[str, object]], calendar: Calendar, seed: int) -> dict[str, object]:
    """Return what is planted in `rows` and what is only noise, by the ids of the feedback."""
    start, attack = calendar.crisis_start, calendar.attack_start
    return {
        "generated": True,
        "planted": True,
        "note": {"en": NOTE.en, "zh": NOTE.zh},
        "seed": seed,
        "first_day": calendar.start.isoformat(),
        "last_day": calendar.end.isoformat(),
        "promotion_day": calendar.promotion.isoformat(),
        "crisis": {
            "product": PRODUCTS[CRISIS_PRODUCT].name,
            "category": "safety",
            "start": start,
            "end_of_growth": start + timedelta(minutes=CRISIS_MINUTES),
            "first_post": _ids(rows, "crisis-000")[0],
            "kol_repost": _ids(rows, "crisis-001")[0],
            "ids": _ids(rows, "crisis-"),
        },
        "attack": {
            "product": PRODUCTS[ATTACK_PRODUCT].name,
            "start": attack,
            "end": attack + timedelta(minutes=ATTACK_MINUTES),
            "ids": _ids(rows, "attack-"),
            "accounts": sorted({str(r["author_id"]) for r in rows if _is(r, "attack-")}),
        },
        "adverts": {"ids": _ids(rows, "advert-")},
        "personal_data": {"ids": _ids(rows, "disclosure-")},
    }


def _ids(rows: Sequence[dict[str, object]], handle: str) -> list[str]:
    return [str(row["id"]) for row in rows if _is(row, handle)]


def _is(row: dict[str, object], handle: str) -> bool:
    return str(row["handle"]).startswith(handle)
