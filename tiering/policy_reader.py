"""YAML files, and plain data, into frozen dataclasses: strictly, with file, key and remedy."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from math import isfinite
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

import yaml

from nlp.message import Message
from nlp.yaml_nodes import compose, doubled, fault_of, plain
from tiering.curves import Curve
from tiering.errors import PolicyError, TieringError


def read_yaml(path: Path, what: Message, error: type[TieringError] = PolicyError) -> object:
    """Return the plain data of a YAML (or JSON) file; `what` it should be is said in errors.

    Raises
    ------
    TieringError
        Of the class `error`: the file is missing, no text in UTF-8 or no YAML, or a key stands
        twice in one section; names file, line where there is one, and remedy.
    """
    try:
        root = compose(path.read_text(encoding="utf-8-sig"))
        twice = next(doubled(root), None)
        data = plain(root)
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as cause:
        line, why = fault_of(cause)
        at, at_zh = ("", "") if line is None else (f"line {line}: ", f"第 {line} 行：")
        raise error(
            f"{path} cannot be read as {what.en}: {at}{why}; give a YAML or JSON file in UTF-8",
            f"{path} 无法作为{what.zh}读取：{at_zh}{why}；请提供 UTF-8 编码的 YAML 或 JSON 文件",
        ) from cause
    if twice is not None:
        told = twice.message()
        raise error(
            f"{path}, line {twice.line}: {told.en}", f"{path} 第 {twice.line} 行：{told.zh}"
        )
    return data


@dataclass(frozen=True, slots=True)
class Reader:
    """Turns plain data into frozen dataclasses, by their annotations.

    Strict: a key that is not a field is refused, and so is a missing one whose field has no
    default. `source` names the file in errors; `error` is what is raised.
    """

    source: str
    error: type[TieringError] = PolicyError

    def section(self, kind: type[Any], data: object, key: str) -> Any:  # noqa: ANN401  # `kind` decides
        """Return an object of the dataclass `kind`; `key` is where in the file it stands.

        Raises
        ------
        TieringError
            Of the class `error`; names file, key, value and remedy.
        """
        cells, known = self._mapping(data, key), get_type_hints(kind)
        optional = {field.name for field in fields(kind) if _has_default(field)}
        for name in cells:
            if name not in known:
                self._refuse(
                    f"{key}.{name}".lstrip("."),
                    f"this key is not known; known are {', '.join(known)}",
                    f"未知的键；可用的键为 {'、'.join(known)}",
                )
        for name in known:
            if name not in cells and name not in optional:
                self._refuse(f"{key}.{name}".lstrip("."), *_missing(self.error))
        return kind(
            **{n: self._value(known[n], c, f"{key}.{n}".lstrip(".")) for n, c in cells.items()}
        )

    def _value(self, kind: Any, data: object, key: str) -> object:  # noqa: ANN401  # an annotation
        if get_origin(kind) is UnionType:  # `X | None`, the only union there is
            return None if data is None else self._value(get_args(kind)[0], data, key)
        if kind is Curve:
            return Curve(tuple(self._knot(knot, key) for knot in self._list(data, key)))
        if is_dataclass(kind) and isinstance(kind, type):
            return self.section(kind, data, key)
        if get_origin(kind) is tuple:
            cells = enumerate(self._list(data, key))
            return tuple(self._value(get_args(kind)[0], cell, f"{key}[{n}]") for n, cell in cells)
        if get_origin(kind) is Mapping:
            cell_kind = get_args(kind)[1]
            named = self._mapping(data, key).items()
            return MappingProxyType({n: self._value(cell_kind, c, f"{key}.{n}") for n, c in named})
        return self._scalar(kind, data, key)

    def _scalar(self, kind: type, data: object, key: str) -> object:
        if kind is float and isinstance(data, int | float) and not isinstance(data, bool):
            return float(data) if isfinite(data) else self._refuse(key, *_not_finite(data))
        if isinstance(data, kind) and not isinstance(data, bool):
            return data
        names = {
            float: ("a number", "数字"),
            int: ("a whole number", "整数"),
            str: ("text", "文本"),
        }
        en, zh = names[kind]
        return self._refuse(key, f"{data!r} must be {en}", f"{data!r} 须为{zh}")

    def _knot(self, data: object, key: str) -> tuple[float, float]:
        match data:
            case [int() | float() as figure, int() | float() as points] if isfinite(
                figure
            ) and isfinite(points):
                return float(figure), float(points)
        return self._refuse(
            key, f"{data!r} must be a pair [figure, points]", f"{data!r} 须为一对 [取值, 分数]"
        )

    def _list(self, data: object, key: str) -> list[object]:
        if isinstance(data, list):
            return data
        return self._refuse(key, f"{data!r} must be a list", f"{data!r} 须为列表")

    def _mapping(self, data: object, key: str) -> dict[str, object]:
        if isinstance(data, dict) and all(isinstance(name, str) for name in data):
            return data
        return self._refuse(
            key or "policy", f"{data!r} must be a section of keys", f"{data!r} 须为键值小节"
        )

    def _refuse(self, key: str, en: str, zh: str) -> NoReturn:
        raise self.error(f"{self.source}, {key}: {en}", f"{self.source}，{key}：{zh}")


def _not_finite(data: float) -> tuple[str, str]:
    return f"{data!r} must be a finite number", f"{data!r} 须为有限的数字"


def _has_default(field: "Field[Any]") -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


def _missing(error: type[TieringError]) -> tuple[str, str]:
    if error is PolicyError:
        return (
            "this key is missing; take it from policy.yaml, the shipped policy",
            "缺少此键；请从随附策略 policy.yaml 复制",
        )
    return "this key is missing; write it", "缺少此键；请补上"
