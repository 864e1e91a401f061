"""Policy files: read strictly, refused with file, line, value and remedy."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nlp.yaml_nodes import Doubled, compose, doubled, plain
from service.errors import PolicyError
from service.response.policy import Policy
from service.response.policy_rules import Broken, Place, broken_rules
from service.validation import faults_of

SHIPPED = Path(__file__).with_name("policy.yaml")
MOST_TOLD = 5
LONGEST_SHOWN = 60


def load_policy(path: Path | None = None) -> Policy:
    """Return the policy of a YAML file; without a path the shipped one.

    Raises
    ------
    PolicyError
        The file is missing or no YAML; a key is unknown, missing, doubled or of another type; a
        role, calendar or level is not known; a clock would never be due.
    """
    path = SHIPPED if path is None else path
    try:
        text = path.read_text(encoding="utf-8-sig")
        node = compose(text)
        data = plain(node)
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise PolicyError(
            f"{path} cannot be read as a policy: {error}; give a YAML file in UTF-8.",
            f"{path} 无法作为策略读取：{error}；请提供 UTF-8 编码的 YAML 文件。",
        ) from error
    return _checked(path, node, data)


def _checked(path: Path, node: yaml.Node | None, data: object) -> Policy:
    if twice := [_twice(each) for each in doubled(node)]:
        raise _refusal(path, node, twice)
    try:
        policy = Policy.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, node, _told(error)) from None
    broken = list(broken_rules(policy))
    if broken:
        raise _refusal(path, node, broken)
    return policy


def _told(error: ValidationError) -> list[Broken]:
    details = error.errors(include_url=False)
    return [
        Broken(tuple(detail["loc"]), *_words(detail, fault.message.en, fault.message.zh))
        for detail, fault in zip(details, faults_of(details), strict=True)
    ]


def _words(detail: Mapping[str, Any], en: str, zh: str) -> tuple[str, str]:
    """Return the fault with the value that failed, unless it is the section around it."""
    value = detail["input"]
    if detail["type"] in ("missing", "extra_forbidden") or isinstance(value, dict | list):
        return en, zh
    shown = repr(value)
    shown = shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 1] + "…"
    return f"{en} (it is {shown})", f"{zh}（现为 {shown}）"


def _refusal(path: Path, node: yaml.Node | None, broken: Sequence[Broken]) -> PolicyError:
    lines = [(each.line or _line(node, each.place), each) for each in broken[:MOST_TOLD]]
    return PolicyError(
        "\n".join(f"{path}, line {line}: {each.en}" for line, each in lines),
        "\n".join(f"{path} 第 {line} 行：{each.zh}" for line, each in lines),
    )


def _line(node: yaml.Node | None, place: Place) -> int:
    """Return the line of a place, or of the nearest section around it that the file has."""
    line = 1 if node is None else node.start_mark.line + 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if _is(pair[0], step)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            if not 0 <= step < len(node.value):
                return line
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _is(key: yaml.Node, step: str | int) -> bool:
    return isinstance(key, yaml.ScalarNode) and key.value == str(step)


def _twice(found: Doubled) -> Broken:
    told = found.message()
    return Broken(found.place, told.en, told.zh, found.line)
