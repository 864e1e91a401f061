"""The rules file: every tag with its kind, state, version and rule; read strictly."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from nlp.message import Message
from tiering.errors import TagError
from tiering.policy_reader import Reader, read_yaml
from tiering.tags.expression import Compare, Expression, Profile, leaves, sources_of
from tiering.tags.tree import expression_of
from tiering.tags.vocabulary import FLAG, NUMBER, SCORED, TEXT, Field, Vocabulary, demand_fit

SHIPPED = Path(__file__).with_name("rules.yaml")
KINDS = ("rule", "model", "feedback", "manual")
TAKES: Mapping[str, list[list[str]]] = MappingProxyType({"model": [["model"]], "manual": [[]]})
"""What a tag of a source must have; all others have a rule or values."""
STATES = ("published", "unpublished")
CONSENTS = ("needed", "not_needed")
COLUMN_KINDS = MappingProxyType({"number": NUMBER, "text": TEXT, "flag": FLAG})
YES = "true"
"""The value of a tag that a customer has or has not."""


@dataclass(frozen=True, slots=True)
class Model:
    """Who has a tag by a model: its column at least, or at most, a cut.

    `probability` names the event whose probability the column is: `tag` where it speaks for the
    tag (then it is the confidence), "" where it is no probability.
    """

    column: str
    at_least: float | None = None
    at_most: float | None = None
    probability: str = ""


@dataclass(frozen=True, slots=True)
class Level:
    """One value of a tag of several, and who has it."""

    value: str
    zh: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Definition:
    """One tag. Of several levels that match the last one wins; a manual tag has none."""

    name: str
    zh: str
    version: str
    source: str
    state: str
    consent: str
    valid_days: int | None
    levels: tuple[Level, ...]
    model: Model | None = None

    def label(self) -> str:
        """Return version and digest, such as `1+1f0c9a3e`: it changes with what the tag says."""
        told = (self.name, self.source, self.valid_days, self.levels, self.model)
        return f"{self.version}+{hashlib.sha256(repr(told).encode()).hexdigest()[:8]}"

    def is_published(self) -> bool:
        """Return whether the tag is given to customers."""
        return self.state == "published"


@dataclass(frozen=True, slots=True)
class Rules:
    """All tags of a file, and the columns of the profile beside those of the score card."""

    version: str
    columns: Mapping[str, Field]
    tags: tuple[Definition, ...]

    def published(self) -> tuple[Definition, ...]:
        """Return the tags that are given to customers."""
        return tuple(tag for tag in self.tags if tag.is_published())

    def sources(self) -> set[str]:
        """Return which tables the published tags read; `profile` is one."""
        levels = (level for tag in self.published() for level in tag.levels)
        return {name for level in levels for name in sources_of(level.expression)}

    def profile_names(self) -> tuple[str, ...]:
        """Return the columns of the profile that published tags read, each once."""
        found = (
            leaf.figure.name
            for tag in self.published()
            for level in tag.levels
            for leaf in leaves(level.expression)
            if isinstance(leaf, Compare) and isinstance(leaf.figure, Profile)
        )
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class _Plain:
    """A tag as the file has it, without its rules."""

    name: str
    zh: str = ""
    version: str = "1"
    source: str = "rule"
    state: str = "published"
    consent: str = "needed"
    valid_days: int | None = None
    model: Model | None = None


@dataclass(frozen=True, slots=True)
class _File:
    version: str
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def load_rules(path: Path | str | None = None) -> Rules:
    """Return the tags of a YAML (or JSON) file; without a path those of the shipped sample.

    Raises
    ------
    TagError
        The file is missing or no YAML; a key, name, operator or value is not known or does not
        fit; two tags share a name. Names file, tag, place and the nearest names.
    """
    path = Path(path) if path is not None else SHIPPED
    data = read_yaml(path, Message("rules", "标签规则"), TagError)
    return rules_of(data, str(path))


def rules_of(data: object, source: str) -> Rules:
    """Return the tags that plain data (as from YAML) describe; errors name `source`.

    Raises
    ------
    TagError
        As for `load_rules`.
    """
    if not isinstance(data, Mapping) or not isinstance(data.get("tags"), list):
        _refuse(source, "`version` and a list `tags` are needed", "须有 version 与列表 tags")
    head = {key: cell for key, cell in data.items() if key != "tags"}
    file: _File = Reader(source, TagError).section(_File, head, "")
    columns = {
        name: _column(kind, f"{source}, columns.{name}") for name, kind in file.columns.items()
    }
    vocabulary = Vocabulary({**SCORED, **columns})
    tags = tuple(
        _definition(cell, vocabulary, source, f"tags[{n}]") for n, cell in enumerate(data["tags"])
    )
    _demand_names(source, [tag.name for tag in tags])
    return Rules(file.version, MappingProxyType(columns), tags)


def _column(kind: str, place: str) -> Field:
    if kind not in COLUMN_KINDS:
        _not_of(place, kind, tuple(COLUMN_KINDS))
    return COLUMN_KINDS[kind]


def _definition(data: object, vocabulary: Vocabulary, source: str, key: str) -> Definition:
    if not isinstance(data, Mapping):
        _refuse(f"{source}, {key}", f"{data!r} must be a section", f"{data!r} 须为小节")
    rule, values = data.get("rule"), data.get("values")
    rest = {name: cell for name, cell in data.items() if name not in ("rule", "values")}
    plain: _Plain = Reader(source, TagError).section(_Plain, rest, key)
    place = f"{source}, {key} {plain.name}"
    words: tuple[tuple[str, tuple[str, ...]], ...] = (
        (plain.source, KINDS),
        (plain.state, STATES),
        (plain.consent, CONSENTS),
    )
    for word, allowed in words:
        if word not in allowed:
            _not_of(place, word, allowed)
    if plain.valid_days is not None and plain.valid_days < 1:
        _refuse(place, "valid_days must be 1 or more", "valid_days 须不小于 1")
    _demand_kind(plain, rule, values, place)
    levels = _levels(plain, rule, values, vocabulary, place)
    if plain.source == "feedback":
        _demand_signals(levels, place)
    cells = {name: getattr(plain, name) for name in _Plain.__slots__}
    return Definition(**cells, levels=levels)


def _demand_kind(plain: _Plain, rule: object, values: object, place: str) -> None:
    """Raise where a tag has other than what its source asks for."""
    given = [
        name
        for name, cell in (("rule", rule), ("values", values), ("model", plain.model))
        if cell is not None
    ]
    wanted: list[list[str]] = TAKES.get(plain.source, [["rule"], ["values"]])
    if given not in wanted:
        en = " or ".join("+".join(each) or "nothing" for each in wanted)
        _refuse(
            place,
            f"source {plain.source} takes {en}; found {', '.join(given) or 'nothing'}",
            f"source {plain.source} 需要 {en}；现有 {'、'.join(given) or '无'}",
        )


def _levels(
    plain: _Plain, rule: object, values: object, vocabulary: Vocabulary, place: str
) -> tuple[Level, ...]:
    if plain.model is not None:
        return (Level(YES, "", _cut(plain.model, vocabulary, place)),)
    if rule is not None:
        return (Level(YES, "", expression_of(rule, vocabulary, f"{place}, rule")),)
    if values is None:
        return ()
    if not isinstance(values, list) or not values:
        _refuse(place, "`values` must be a list", "values 须为非空列表")
    found = tuple(
        _level(cell, vocabulary, f"{place}, values[{n}]") for n, cell in enumerate(values)
    )
    _demand_names(f"{place}, values", [level.value for level in found])
    return found


def _level(data: object, vocabulary: Vocabulary, place: str) -> Level:
    if not isinstance(data, Mapping) or not {"value", "rule"} <= set(data) <= {
        "value",
        "zh",
        "rule",
    }:
        _refuse(place, "must have `value`, `rule`, perhaps `zh`", "须有 value、rule，可有 zh")
    value, zh = data["value"], data.get("zh", "")
    if not isinstance(value, str) or not isinstance(zh, str):
        _refuse(place, f"value {value!r} and zh {zh!r} must be text", f"value {value!r} 须为文本")
    return Level(value, zh, expression_of(data["rule"], vocabulary, f"{place}, rule"))


def _cut(model: Model, vocabulary: Vocabulary, place: str) -> Expression:
    kind = vocabulary.column(model.column, f"{place}, model.column")
    cuts = [
        (op, cut) for op, cut in ((">=", model.at_least), ("<=", model.at_most)) if cut is not None
    ]
    if len(cuts) != 1:
        _refuse(
            f"{place}, model", "needs one of at_least, at_most", "须有 at_least 或 at_most 之一"
        )
    if model.probability not in ("", "tag"):
        _not_of(f"{place}, model.probability", model.probability, ("tag", ""))
    op, cut = cuts[0]
    demand_fit(kind, op, (cut,), f"{place}, model")
    return Compare(Profile(model.column), op, (cut,))


def _demand_signals(levels: Sequence[Level], place: str) -> None:
    found = {name for level in levels for name in sources_of(level.expression)}
    if found != {"signals"}:
        _refuse(
            place,
            f"a feedback tag reads signals alone; found {', '.join(sorted(found))}",
            f"反馈标签只读取 signals；现有 {'、'.join(sorted(found))}",
        )


def _demand_names(place: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    empty = [name for name in names if not name.strip() or not name.isprintable()]
    if twice or empty or not names:
        wrong = ", ".join([*twice, *map(repr, empty)]) or "none"
        _refuse(
            place,
            f"names must be there, differ, and have printable letters; found {wrong}",
            f"名称须存在、互不相同且为可见字符；现有 {wrong}",
        )


def _not_of(place: str, word: str, allowed: Sequence[str]) -> NoReturn:
    _refuse(
        place,
        f"{word!r} must be one of {', '.join(map(repr, allowed))}",
        f"{word!r} 须为 {'、'.join(map(repr, allowed))} 之一",
    )


def _refuse(place: str, en: str, zh: str) -> NoReturn:
    raise TagError(f"{place}: {en}", f"{place}：{zh}")
