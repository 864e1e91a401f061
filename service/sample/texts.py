"""The hand-written texts with the labels their writer intends, and the slots that are filled in."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from types import MappingProxyType

from nlp.labels import Sentiment
from service.sample.brand import CITY_REGION, PRODUCTS

FAMILIES = (
    "reviews",
    "comments",
    "scripts",
    "transcripts",
    "crisis",
    "crisis_replies",
    "attack",
    "spam",
    "personal",
)
CRITICAL = 3
_FOLDER = Path(__file__).parent / "texts"
_PLAIN_START = re.compile(r"[\u4e00-\u9fff]{8}")
_PLAIN_END = re.compile(r"[\u4e00-\u9fff]。?$")
_SLOT = re.compile(r"\{(\w+)\}")
_OPENINGS = ("说一下，", "话说，", "来反馈下，", "那个，", "讲真，")
_ENDINGS = ("～", "…", "。。", "")


@dataclass(frozen=True, slots=True)
class HandText:
    """One text written by hand, with the labels its writer intends (the label guide's terms)."""

    key: str
    text: str
    sentiment: Sentiment
    intents: tuple[str, ...]
    complaint: tuple[str, ...]
    severity: int
    products: tuple[str, ...]
    role: str = "customer"


@cache
def handwritten(family: str) -> tuple[HandText, ...]:
    """Return the texts of one family, in the order of its file.

    Raises
    ------
    KeyError
        If `family` is not one of `FAMILIES`.
    """
    if family not in FAMILIES:
        raise KeyError(f"{family!r} is not one of {', '.join(FAMILIES)}")
    lines = (_FOLDER / f"{family}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_hand_text(json.loads(line)) for line in lines)


def _hand_text(row: dict[str, object]) -> HandText:
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    return HandText(**{**row, **lists})  # type: ignore[arg-type]  # the test checks every row


class Deck:
    """Texts to draw from: the less often a text was used, the likelier it is drawn.

    Critical texts (severity 3) are drawn a quarter as often, as they are rare on a quiet day.
    """

    def __init__(self, texts: tuple[HandText, ...]) -> None:
        self._texts = texts
        self._used: Counter[str] = Counter()

    def draw(self, rng: Random, fits: Callable[[HandText], bool] = lambda _: True) -> HandText:
        """Return one text for which `fits` holds, and count it as used."""
        fitting = [text for text in self._texts if fits(text)]
        drawn = rng.choices(fitting, [self._weight(text) for text in fitting])[0]
        self._used[drawn.key] += 1
        return drawn

    def _weight(self, text: HandText) -> float:
        rare = 0.25 if text.severity == CRITICAL else 1.0
        return rare / (1 + self._used[text.key]) ** 3


def fill(text: str, product: str, city: str, rng: Random) -> str:
    """Return `text` with every slot filled; a slot that occurs twice gets one value."""
    values: dict[str, str] = {"product": rng.choice(PRODUCTS[product].aliases), "city": city}

    def value_of(match: re.Match[str]) -> str:
        slot = match[1]
        if slot not in values:
            values[slot] = SLOTS[slot](rng)
        return values[slot]

    return _SLOT.sub(value_of, text)


def voiced(text: str, rng: Random) -> str:
    """Return `text` as another person would type it: an opening word, another full stop."""
    opening = rng.choice(_OPENINGS) if _PLAIN_START.match(text) and rng.random() < 0.2 else ""
    plain_end = _PLAIN_END.search(text) and rng.random() < 0.5
    return opening + (text.rstrip("。") + rng.choice(_ENDINGS) if plain_end else text)


def _phone(rng: Random) -> str:
    return f"1990000{rng.randrange(10_000):04d}"


def _order_number(rng: Random) -> str:
    return f"YL2025{rng.randrange(10**10):010d}"


def _bank_card(rng: Random) -> str:
    body = f"622202000000{rng.randrange(10**6):06d}"
    digits = [int(digit) for digit in body]
    doubled = [d if place % 2 else sum(divmod(2 * d, 10)) for place, d in enumerate(digits[::-1])]
    return body + str(-sum(doubled) % 10)


def _id_card(rng: Random) -> str:
    """A number with a right check digit (GB 11643) and a birthday that nobody alive has."""
    body = f"11010119000101{rng.randrange(1000):03d}"
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


SLOTS: MappingProxyType[str, Callable[[Random], str]] = MappingProxyType(
    {
        "days": lambda rng: str(rng.randint(3, 45)),
        "n": lambda rng: str(rng.randint(2, 6)),
        "hours": lambda rng: str(rng.randint(2, 9)),
        "month": lambda rng: str(rng.randint(1, 12)),
        "price": lambda rng: str(rng.choice((19, 20, 29, 30, 39, 49, 50, 69, 80, 99))),
        "city": lambda rng: rng.choice(tuple(CITY_REGION)),
        "phone": _phone,
        "order": _order_number,
        "card": _bank_card,
        "idcard": _id_card,
    }
)


def spoken(text: HandText, product: str, city: str, rng: Random) -> str:
    """Return the text as one person types it: slots filled, and in a voice of their own."""
    return voiced(fill(text.text, product, city, rng), rng)


def drawn(deck: Deck, product: str, moods: Mapping[str, float], rng: Random) -> HandText:
    """Return a text about `product`; `moods` says how often each sentiment is wanted."""
    mood = rng.choices(tuple(moods), tuple(moods.values()))[0]
    return deck.draw(rng, lambda text: product in text.products and text.sentiment == mood)
