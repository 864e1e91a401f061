"""Lexicon files: YAML in, a lexicon out; what is wrong is named with file, line and remedy."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from nlp.opinions.aspects import COMMON, RANKS, Aspect, Domain, Lexicon, Rank, plain
from nlp.opinions.errors import LexiconError
from nlp.yaml_nodes import compose, fault_of

SHIPPED = Path(__file__).with_name("aspects.yaml")
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
SECTIONS = ("domains", "aspects")
DOMAIN_FIELDS = ("domain", "zh", "names")
ASPECT_FIELDS = ("aspect", "zh", "domain", "terms", "cues", "rank")
NULLS = ("", "~", "null")
LONGEST = 20


@lru_cache(maxsize=1)
def shipped_lexicon() -> Lexicon:
    """Return the lexicon that comes with Tingyin."""
    return _Reader(str(SHIPPED), ()).lexicon(_root(SHIPPED))


def load_lexicon(path: Path | str | None = None) -> Lexicon:
    """Return the shipped lexicon, extended by a file where one is named.

    Raises
    ------
    LexiconError
        The file cannot be read or breaks the form described at the head of `aspects.yaml`.
    """
    shipped = shipped_lexicon()
    if path is None:
        return shipped
    own = _Reader(str(path), shipped.domains).lexicon(_root(Path(path)))
    return shipped.extended(own)


def _root(path: Path) -> Node | None:
    try:
        return compose(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        number, why = fault_of(error)
        line, line_zh = ("", "") if number is None else (f", line {number}", f" 第 {number} 行")
        raise LexiconError(
            f"{path}{line} cannot be read as a lexicon: {why}; give a YAML file in UTF-8 with a "
            "list `aspects`",
            f"{path}{line_zh} 无法作为方面词库读取：{why}；请提供含 aspects 列表的 UTF-8 YAML 文件",
        ) from error


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns the nodes of a YAML file into a lexicon; each node knows its line."""

    source: str
    domains: tuple[Domain, ...]

    def lexicon(self, root: Node | None) -> Lexicon:
        if root is None:
            self._refuse(1, "the file is empty", "文件为空", "a list `aspects`", "aspects 列表")
        sections = self._fields(root, SECTIONS, ("aspects",))
        domains = tuple(map(self._domain, self._items(sections.get("domains"))))
        known = (*self.domains, *domains)
        keys = (COMMON, *(domain.key for domain in known))
        nodes = list(self._items(sections["aspects"]))
        aspects = tuple(self._aspect(node, keys) for node in nodes)
        self._check_unique(nodes, aspects)
        return Lexicon(domains, aspects)

    def _domain(self, node: Node) -> Domain:
        fields = self._fields(node, DOMAIN_FIELDS, ("domain", "zh"))
        zh, names = self._text(fields["zh"]), self._words(fields.get("names"))
        return Domain(self._key(fields["domain"]), zh, names)

    def _aspect(self, node: Node, domains: tuple[str, ...]) -> Aspect:
        fields = self._fields(node, ASPECT_FIELDS, ("aspect", "zh", "terms"))
        domain, rank = fields.get("domain"), fields.get("rank")
        return Aspect(
            key=self._key(fields["aspect"]),
            zh=self._text(fields["zh"]),
            domain=self._one_of(domain, domains) if domain else COMMON,
            terms=self._words(fields["terms"]),
            cues=self._words(fields.get("cues")),
            rank=self._rank(rank) if rank else "aspect",
        )

    def _rank(self, node: Node) -> Rank:
        told = self._one_of(node, RANKS)
        return next(rank for rank in RANKS if rank == told)

    def _check_unique(self, nodes: Iterable[Node], aspects: Iterable[Aspect]) -> None:
        keys: dict[str, int] = {}
        words: dict[tuple[str, str], str] = {}
        for node, aspect in zip(nodes, aspects, strict=True):
            line = _line(node)
            if aspect.key in keys:
                self._twice(
                    line, aspect.key, f"line {keys[aspect.key]}", f"第 {keys[aspect.key]} 行"
                )
            keys[aspect.key] = line
            for term in aspect.terms:
                owner = words.setdefault((aspect.domain, term), aspect.key)
                if owner != aspect.key:
                    self._twice(line, term, f"aspect {owner}", f"方面 {owner}")

    def _twice(self, line: int, value: str, en: str, zh: str) -> NoReturn:
        self._refuse(
            line, f"{value!r} stands already in {en}", f"{value!r} 已出现于{zh}",
            "each key, and each term of a domain, once", "每个键、同一行业的每个词只能出现一次",
        )  # fmt: skip

    def _fields(
        self, node: Node, known: tuple[str, ...], needed: tuple[str, ...]
    ) -> dict[str, Node]:
        if not isinstance(node, MappingNode):
            self._refuse(
                _line(node), f"{_shown(node)} has no keys", f"{_shown(node)} 没有键值",
                f"the keys {', '.join(known)}", f"键 {'、'.join(known)}",
            )  # fmt: skip
        fields: dict[str, Node] = {}
        for name, value in node.value:
            key = name.value if isinstance(name, ScalarNode) else _shown(name)
            if key not in known or key in fields:
                self._refuse(
                    _line(name), f"the key {key!r} is not known here, or stands twice",
                    f"键 {key!r} 未知或重复", f"only {', '.join(known)}", f"仅 {'、'.join(known)}",
                )  # fmt: skip
            fields[key] = value
        for key in needed:
            if key not in fields:
                self._refuse(
                    _line(node), f"the key {key!r} is missing", f"缺少键 {key!r}",
                    f"{', '.join(needed)}", f"{'、'.join(needed)}",
                )  # fmt: skip
        return fields

    def _items(self, node: Node | None) -> Iterator[Node]:
        if node is None:
            return
        if not isinstance(node, SequenceNode):
            self._refuse(
                _line(node), f"{_shown(node)} is no list", f"{_shown(node)} 不是列表",
                "a list, each item on a line with '-'", "以 '-' 逐行列出的列表",
            )  # fmt: skip
        yield from node.value

    def _words(self, node: Node | None) -> tuple[str, ...]:
        return tuple(dict.fromkeys(plain(self._text(item)) for item in self._items(node)))

    def _text(self, node: Node) -> str:
        text = node.value.strip() if isinstance(node, ScalarNode) else ""
        if text.lower() in NULLS or len(text) > LONGEST or not plain(text):
            self._refuse(
                _line(node), f"{_shown(node)} is no word", f"{_shown(node)} 不是词",
                f"a text of 1 to {LONGEST} characters", f"1 至 {LONGEST} 个字符的文本",
            )  # fmt: skip
        return str(text)

    def _key(self, node: Node) -> str:
        text = self._text(node)
        if not KEY.fullmatch(text):
            self._refuse(
                _line(node), f"{text!r} cannot be a key", f"{text!r} 不能作为键",
                "small letters, digits and _, a letter first", "以字母开头的小写字母、数字和 _",
            )  # fmt: skip
        return text

    def _one_of(self, node: Node, allowed: tuple[str, ...]) -> str:
        text = self._text(node)
        if text not in allowed:
            self._refuse(
                _line(node), f"{text!r} is not known", f"{text!r} 未知",
                f"one of {', '.join(allowed)}", f"{'、'.join(allowed)} 之一",
            )  # fmt: skip
        return text

    def _refuse(self, line: int, en: str, zh: str, want: str, want_zh: str) -> NoReturn:
        raise LexiconError(
            f"{self.source}, line {line}: {en}; write {want}",
            f"{self.source} 第 {line} 行：{zh}；请写 {want_zh}",
        )


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _shown(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return repr(node.value[: 2 * LONGEST])
    return "a list" if isinstance(node, SequenceNode) else "a section"
