"""Policy files: read strictly, refused with file, key and remedy, written back equal."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

import yaml

from tiering.curves import Curve
from tiering.errors import PolicyError
from tiering.policy import Policy
from tiering.policy_rules import broken_rules

SHIPPED = Path(__file__).with_name("policy.yaml")


def load_policy(path: Path | str | None = None) -> Policy:
    """Return the policy of a YAML file; without a path the shipped one.

    Raises
    ------
    PolicyError
        The file is missing or no YAML; a key is unknown, missing or of another type; weights do
        not add up to 1; cuts or figures are not in order; the tiers leave a gap.
    """
    path = Path(path) if path is not None else SHIPPED
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PolicyError(
            f"{path} cannot be read as a policy: {error}; give a YAML file in UTF-8",
            f"{path} 无法作为策略读取：{error}；请提供 UTF-8 编码的 YAML 文件",
        ) from error
    return policy_of(data, str(path))


def policy_of(data: object, source: str) -> Policy:
    """Return the policy that plain data (as from YAML) describe; errors name `source`.

    Raises
    ------
    PolicyError
        As for `load_policy`.
    """
    policy: Policy = _Reader(source).section(Policy, data, "")
    for key, en, zh in broken_rules(policy):
        raise PolicyError(f"{source}, {key}: {en}", f"{source}，{key}：{zh}")
    return policy


def policy_text(policy: Policy) -> str:
    """Return the text of a policy file that `load_policy` reads back equal."""
    return yaml.safe_dump(
        _plain(policy), allow_unicode=True, sort_keys=False, default_flow_style=None
    )


def _plain(value: object) -> object:
    if isinstance(value, Curve):
        return [list(knot) for knot in value.knots]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


@dataclass(frozen=True, slots=True)
class _Reader:
    """Turns plain data into the classes of `tiering.policy`, by their annotations."""

    source: str

    def section(self, kind: type[Any], data: object, key: str) -> Any:  # noqa: ANN401  # `kind` decides
        cells = self._mapping(data, key)
        known = get_type_hints(kind)
        for name in cells:
            if name not in known:
                self._refuse(
                    f"{key}.{name}".lstrip("."),
                    f"this key is not known; known are {', '.join(known)}",
                    f"未知的键；可用的键为 {'、'.join(known)}",
                )
        optional = {field.name for field in fields(kind) if field.default is not MISSING}
        for name in known:
            if name not in cells and name not in optional:
                self._refuse(
                    f"{key}.{name}".lstrip("."),
                    f"this key is missing; take it from {SHIPPED.name}, the shipped policy",
                    f"缺少此键；请从随附策略 {SHIPPED.name} 复制",
                )
        given = [name for name in known if name in cells]
        return kind(**{n: self._value(known[n], cells[n], f"{key}.{n}".lstrip(".")) for n in given})

    def _value(self, kind: Any, data: object, key: str) -> object:  # noqa: ANN401  # an annotation
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
        is_number = isinstance(data, int | float) and not isinstance(data, bool)
        if kind is float and is_number:
            return float(data)  # type: ignore[arg-type]  # is_number
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
            case [int() | float() as figure, int() | float() as points]:
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
        raise PolicyError(f"{self.source}, {key}: {en}", f"{self.source}，{key}：{zh}")
