"""Weights of a policy from a file of pairwise judgements."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tiering.ahp import load_hierarchy
from tiering.errors import PolicyError
from tiering.policy import Policy, Weights

SECTIONS = MappingProxyType(
    {
        "commercial": "rfm",
        "social": "influence",
        "engagement": "engagement",
        "content": "content",
    }
)
"""Where the weights of the measures of a dimension stand; the others have points, no weights."""


def with_judged_weights(policy: Policy, path: Path) -> Policy:
    """Return the policy with the weights that the judgements of a file give.

    The goal compares dimensions; a matrix named as a dimension compares its measures. What a
    matrix leaves out weighs 0. The policy's version tells that its weights were judged, and
    `weights_from` is empty, so that the policy written out stands by itself.

    Raises
    ------
    PolicyError
        A dimension or a measure is not known.
    JudgementError, ConsistencyError
        See `tiering.ahp`.
    """
    hierarchy = load_hierarchy(path)
    weighed = hierarchy.weighed()
    goal = _filled(Weights, weighed[hierarchy.goal].weights, f"{path}, {hierarchy.goal}")
    changed: dict[str, Any] = {"weights": goal}
    for name, weighing in weighed.items():
        if name == hierarchy.goal:
            continue
        section = getattr(policy, SECTIONS[name], None) if name in SECTIONS else None
        if section is None:
            raise PolicyError(
                f"{path}, {name}: no measures are weighed there; only those of "
                f"{', '.join(SECTIONS)} can be compared",
                f"{path}，{name}：该处没有可加权的指标；仅可比较 {'、'.join(SECTIONS)} 的指标",
            )
        inner = _filled(type(section.weights), weighing.weights, f"{path}, {name}")
        changed[SECTIONS[name]] = replace(section, weights=inner)
    return replace(policy, **changed, version=f"{policy.version}-judged", weights_from="")


def _filled(kind: type[Any], weights: Mapping[str, float], place: str) -> Any:  # noqa: ANN401  # of `kind`
    known = [field.name for field in fields(kind)]
    unknown = sorted(set(weights) - set(known))
    if unknown:
        raise PolicyError(
            f"{place}: {', '.join(unknown)} is not known; known are {', '.join(known)}",
            f"{place}：未知的 {'、'.join(unknown)}；可用的为 {'、'.join(known)}",
        )
    return kind(**{name: weights.get(name, 0.0) for name in known})
