"""The names that rules may use, of which kind each is, and what is nearest to one that is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal, TypeVar

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from tiering.card import CAP_COLUMNS, LIFETIME_COLUMNS, NAMES
from tiering.errors import TagError
from tiering.tags.expression import Value

T = TypeVar("T")
Kind = Literal["number", "text", "flag", "labels"]
OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "in")
MOST_NAMED = 12
WANTED: Mapping[str, tuple[type, str, str]] = MappingProxyType(
    {
        "number": (float, "a number", "数字"),
        "flag": (bool, "true or false", "true 或 false"),
    }
)
"""Of which type the values of a kind are, and how to say so; all others are words."""


@dataclass(frozen=True, slots=True)
class Field:
    """What a name stands for; `allowed` are the only values where there are any."""

    kind: Kind
    allowed: tuple[str, ...] = ()


NUMBER, TEXT, FLAG = Field("number"), Field("text"), Field("flag")
SOURCES: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {
        "orders": {"amount": NUMBER, "refunded": NUMBER},
        "signals": {
            "sentiment": Field("text", tuple(SENTIMENTS)),
            "intents": Field("labels", tuple(INTENTS)),
            "complaint": Field("labels", tuple(COMPLAINTS)),
            "severity": NUMBER,
            **dict.fromkeys(("channel", "platform", "role"), TEXT),
            **dict.fromkeys(("likes", "reposts", "saves", "replies"), NUMBER),
            **dict.fromkeys(("spam", "abstained"), FLAG),
        },
        "events": {"event": TEXT, "value": NUMBER},
    }
)
"""The tables and their fields; `events` are the rows of `engagement`."""

SCORED: Mapping[str, Field] = MappingProxyType(
    {
        **dict.fromkeys(("tier", "score_tier", "band", *CAP_COLUMNS), TEXT),
        **dict.fromkeys(("score", *NAMES, "influence", "runs_beyond", *LIFETIME_COLUMNS), NUMBER),
        "care": FLAG,
    }
)
"""The columns that the score card gives."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The columns of the profile that rules may name, beside the tables."""

    profile: Mapping[str, Field]

    def column(self, name: str, place: str) -> Field:
        """Return what a column of the profile is.

        Raises
        ------
        TagError
            There is none of that name.
        """
        return look_up(name, self.profile, place)

    def field(self, source: str, name: str, place: str) -> Field:
        """Return what a field of a table is; errors as for `column`."""
        return look_up(name, look_up(source, SOURCES, place), place)


def look_up(name: str, known: Mapping[str, T], place: str) -> T:
    """Return what a name stands for.

    Raises
    ------
    TagError
        The name is not known; names the place, the nearest names and the known ones.
    """
    if name in known:
        return known[name]
    near = nearest(name, known)
    listed = list(known)[:MOST_NAMED]
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    more_zh = f" 等 {len(known)} 个" if more else ""
    raise TagError(
        f"{place}: {name!r} is not known; "
        + (f"nearest: {', '.join(near)}; " if near else "")
        + f"known are {', '.join(listed)}{more}",
        f"{place}：未知的名称 {name!r}；"
        + (f"相近的有 {'、'.join(near)}；" if near else "")
        + f"可用的有 {'、'.join(listed)}{more_zh}",
    )


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that are spelt nearly so, the nearest first.

    >>> nearest("scroe", ["score", "tier"])
    ['score']
    """
    return get_close_matches(name, list(known), n=3, cutoff=0.5)


def demand_fit(kind: Field, op: str, values: tuple[Value, ...], place: str) -> None:
    """Raise where an operator or a value does not fit what it is compared with.

    Raises
    ------
    TagError
        Names the place, what was found and what is allowed.
    """
    if kind.kind in ("text", "flag", "labels") and op not in ("=", "!=", "in"):
        raise TagError(
            f"{place}: {op} compares numbers only; here use =, != or in",
            f"{place}：{op} 仅用于数字；此处请用 =、!= 或 in",
        )
    wanted, en, zh = WANTED.get(kind.kind, (str, "a word", "文本"))
    for value in values:
        if type(value) is not wanted:
            raise TagError(f"{place}: {value!r} must be {en}", f"{place}：{value!r} 须为{zh}")
        if kind.allowed:
            look_up(str(value), dict.fromkeys(kind.allowed), place)
