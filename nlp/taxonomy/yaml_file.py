"""A YAML file as nodes that know their lines: what is wrong in it is told with its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import yaml

from nlp.not_utf8 import fault_of_encoding
from nlp.taxonomy.errors import CategoriesError
from nlp.yaml_nodes import compose, fault_of

STRING = "tag:yaml.org,2002:str"
SHOWN = 40
LARGEST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a file: reads it as what it should be, or raises with file and line."""

    path: Path
    node: yaml.Node

    def fault(self, en: str, zh: str) -> CategoriesError:
        """Return the error of this place; the texts say what is wrong and what to do."""
        line = self.node.start_mark.line + 1
        return CategoriesError(f"{self.path}:{line}: {en}", f"{self.path}:{line}：{zh}")

    def fields(self, allowed: tuple[str, ...]) -> dict[str, "Place"]:
        """Return the values of a mapping by key; each key is allowed and stands once."""
        if not isinstance(self.node, yaml.MappingNode):
            keys = ", ".join(allowed)
            raise self.fault(
                f"a mapping with the keys {keys} is expected here; write `{allowed[0]}: ...`",
                f"此处应为含有键 {keys} 的映射；请写成 `{allowed[0]}: ...`",
            )
        found: dict[str, Place] = {}
        for key, value in self.node.value:
            found[Place(self.path, key).key(allowed, found)] = Place(self.path, value)
        return found

    def key(self, allowed: tuple[str, ...], before: dict[str, "Place"]) -> str:
        """Return a key of a mapping that is allowed and has not stood there before."""
        name = str(self.node.value) if isinstance(self.node, yaml.ScalarNode) else "?"
        if name in before:
            raise self.fault(
                f"the key {name!r} stands here twice; keep one",
                f"键 {name!r} 重复；请只保留一个",
            )
        if name not in allowed:
            close = get_close_matches(name, allowed, n=1)
            hint, hint_zh = (
                (f"; did you mean {close[0]!r}?", f"；是否想写 {close[0]!r}？")
                if close
                else (".", "。")
            )
            raise self.fault(
                f"unknown key {shown(name)!r}{hint} Allowed: {', '.join(allowed)}",
                f"未知的键 {shown(name)!r}{hint_zh} 可用：{'、'.join(allowed)}",
            )
        return name

    def items(self) -> Iterator["Place"]:
        """Yield the places of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.fault(
                "a list is expected here; begin each line with `- `",
                "此处应为列表；请让每行以 `- ` 开头",
            )
        for node in self.node.value:
            yield Place(self.path, node)

    def text(self) -> str:
        """Return a text, stripped; never a number, a date or a truth value in its place."""
        node = self.node
        if not isinstance(node, yaml.ScalarNode):
            raise self.fault(
                "a text is expected here, not a list or a mapping; a text with `: ` or a leading"
                " `-`, `[`, `{` needs quotes",
                "此处应为文本，而不是列表或映射；含有“: ”或以 -、[、{ 开头的文本请加引号",
            )
        if node.tag != STRING:
            kind = node.tag.rsplit(":", 1)[-1]
            raise self.fault(
                f'YAML reads {shown(node.value)!r} as {kind}, not as a text; quote it: "..."',
                f'YAML 把 {shown(node.value)!r} 读作 {kind} 而不是文本；请加引号："..."',
            )
        return str(node.value).strip()


def read_yaml(path: Path) -> Place:
    """Return the root of a YAML file.

    Raises
    ------
    CategoriesError
        There is no such file, it is no UTF-8 or no YAML, or it is empty or larger than 64 MiB.
    """
    text = _text_of(path)
    try:
        root = compose(text)
    except (yaml.YAMLError, RecursionError) as error:
        number, why = fault_of(error)
        line = number or 1
        raise CategoriesError(
            f"{path}:{line}: no YAML: {why}; check indentation and colons, and quote texts",
            f"{path}:{line}：不是有效的 YAML：{why}；请检查缩进和冒号，并给文本加引号",
        ) from error
    if root is None:
        raise CategoriesError(
            f"{path} is empty; it must begin with `categories:`",
            f"{path} 是空文件；应以 `categories:` 开头",
        )
    return Place(path, root)


def _text_of(path: Path) -> str:
    if not path.is_file():
        raise CategoriesError(
            f"{path} is no file; name a YAML file of categories",
            f"{path} 不是文件；请给出类别的 YAML 文件",
        )
    if path.stat().st_size > LARGEST_BYTES:
        raise CategoriesError(
            f"{path} is larger than {LARGEST_BYTES >> 20} MiB; 8 to 32 examples a category are"
            " enough",
            f"{path} 超过 {LARGEST_BYTES >> 20} MiB；每个类别 8 到 32 条例句即可",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line, why = fault_of_encoding(path)
        raise CategoriesError(f"{path}:{line}: {why.en}", f"{path}:{line}：{why.zh}") from error


def shown(value: str) -> str:
    """Return the beginning of a value, for a message."""
    return value if len(value) <= SHOWN else value[:SHOWN] + "…"
