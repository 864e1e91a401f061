"""What a user sets of an opinion summary, checked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NoReturn

from nlp.opinions.errors import OpinionSettingsError

Weight = Literal["one", "likes"]
WEIGHTS: tuple[Weight, ...] = ("one", "likes")
NUMBERS = {
    "recent_days": (1, 3650),
    "quotes": (0, 20),
    "quote_length": (10, 500),
    "unknown_groups": (10, 10_000),
}


@dataclass(frozen=True, slots=True)
class OpinionSettings:
    """How opinions are counted and quoted.

    Parameters
    ----------
    as_of
        Until when, timezone-aware; later feedback is left out. None: until the last one.
    recent_days
        How many days before that are compared with all the time before them.
    weight
        `one`: every piece of feedback counts alike; `likes`: each like is one more voice.
    quotes
        At most so many quotes of each polarity and aspect.
    quote_length
        Characters of a quote at most.
    unknown_groups
        How many things that no lexicon names are told apart, per product. The rarest go into
        `other` where there are more, so that memory has a bound and no mention is lost.

    Raises
    ------
    OpinionSettingsError
        Names the setting, its value and what is allowed.
    """

    as_of: datetime | None = None
    recent_days: int = 30
    weight: Weight = "one"
    quotes: int = 2
    quote_length: int = 60
    unknown_groups: int = 200

    def __post_init__(self) -> None:
        for name, (least, most) in NUMBERS.items():
            value = getattr(self, name)
            if type(value) is not int or not least <= value <= most:
                allowed = f"{least} to {most}", f"{least} 到 {most}"
                _refuse(name, value, f"a whole number from {allowed[0]}", f"{allowed[1]} 的整数")
        if self.weight not in WEIGHTS:
            _refuse("weight", self.weight, " or ".join(WEIGHTS), " 或 ".join(WEIGHTS))
        if self.as_of is not None and self.as_of.utcoffset() is None:
            _refuse("as_of", self.as_of, "a time with its zone", "带时区的时间")


def _refuse(name: str, value: object, en: str, zh: str) -> NoReturn:
    raise OpinionSettingsError(
        f"{name} is {value!r}; give {en}", f"{name} 为 {value!r}；请给出{zh}"
    )
