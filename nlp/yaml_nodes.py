"""YAML files as nodes that know their lines and as plain data, with no key twice in one section.

Of equal keys YAML itself keeps the last and says nothing: what somebody wrote would not hold.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

import yaml

from nlp.message import Message

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Doubled:
    """A key that stands twice in one section: where, on which line, and on which before."""

    place: Place
    line: int
    first: int

    def message(self) -> Message:
        """Return what is wrong and what to do."""
        name = ".".join(map(str, self.place))
        return Message(
            f"{name} stands there twice, first on line {self.first}; keep one",
            f"{name} 重复，首次出现在第 {self.first} 行；请只保留一个",
        )


def compose(text: str) -> yaml.Node | None:
    """Return the root node of a YAML text; None of an empty one.

    Raises
    ------
    yaml.YAMLError, RecursionError
        It is no YAML, or nested too deep; `fault_of` tells where.
    """
    return yaml.compose(text, Loader=yaml.SafeLoader)


def plain(node: yaml.Node | None) -> object:
    """Return the plain data of a node, as `yaml.safe_load` gives them.

    Raises
    ------
    yaml.YAMLError, ValueError, RecursionError
        A value has a tag that is not known, or is no such date.
    """
    return None if node is None else yaml.SafeLoader("").construct_document(node)


def fault_of(error: Exception) -> tuple[int | None, str]:
    """Return the line on which reading failed, where it is known, and why in one line."""
    mark = getattr(error, "problem_mark", None)
    why = getattr(error, "problem", None) or str(error) or type(error).__name__
    return None if mark is None else mark.line + 1, " ".join(str(why).split())


def doubled(node: yaml.Node | None) -> Iterator[Doubled]:
    r"""Yield the keys that stand twice in one section, in the order of the file.

    >>> [(twice.place, twice.line, twice.first) for twice in doubled(compose("a: 1\na: 2\n"))]
    [(('a',), 2, 1)]
    """
    return _doubled(node, (), set())


def _doubled(node: yaml.Node | None, place: Place, seen: set[int]) -> Iterator[Doubled]:
    if node is None or id(node) in seen:  # an alias leads to a node that was looked at
        return
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        for number, each in enumerate(node.value):
            yield from _doubled(each, (*place, number), seen)
    if not isinstance(node, yaml.MappingNode):
        return
    first: dict[Hashable, int] = {}
    for key, value in node.value:
        inner, line = (*place, str(key.value)), key.start_mark.line + 1
        same = _value(key)
        if same in first:
            yield Doubled(inner, line, first[same])
        first.setdefault(same, line)
        yield from _doubled(value, inner, seen)


def _value(key: yaml.Node) -> Hashable:
    """Return what a key is in plain data: `yes` and `true` are the same; a list is only itself."""
    if not isinstance(key, yaml.ScalarNode):
        return id(key)
    try:
        found: Hashable = yaml.SafeLoader("").construct_object(key)
    except (ValueError, yaml.YAMLError):
        return key.tag, key.value
    return found
