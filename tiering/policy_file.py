"""Policy files: read strictly, refused with file, key and remedy, written back equal."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import yaml

from nlp.message import Message
from tiering.curves import Curve
from tiering.errors import PolicyError
from tiering.policy import Policy
from tiering.policy_reader import Reader, read_yaml
from tiering.policy_rules import broken_rules
from tiering.policy_weights import with_judged_weights
from tiering.risk import read_words

SHIPPED = Path(__file__).with_name("policy.yaml")


def load_policy(path: Path | str | None = None) -> Policy:
    """Return the policy of a YAML file; without a path the shipped one.

    Raises
    ------
    PolicyError
        The file is missing or no YAML; a key is unknown, missing or of another type; weights do
        not add up to 1; cuts or figures are not in order; the tiers leave a gap; `words_from`
        names no list of words.
    JudgementError, ConsistencyError
        `weights_from` names a file of judgements that cannot be used, or contradict each other.
    """
    path = Path(path) if path is not None else SHIPPED
    data = read_yaml(path, Message("a policy", "策略"))
    policy = _with_words(policy_of(data, str(path)), path.parent)
    if not policy.weights_from:
        return policy
    return _demand_sound(with_judged_weights(policy, path.parent / policy.weights_from), str(path))


def _with_words(policy: Policy, folder: Path) -> Policy:
    """Return the policy with the words of the list that it names, so that it stands by itself."""
    signs = policy.risk.signs if policy.risk else None
    if policy.risk is None or signs is None or not signs.words_from:
        return policy
    signs = replace(signs, words=read_words(folder / signs.words_from), words_from="")
    return replace(policy, risk=replace(policy.risk, signs=signs))


def policy_of(data: object, source: str) -> Policy:
    """Return the policy that plain data (as from YAML) describe; errors name `source`.

    Raises
    ------
    PolicyError
        As for `load_policy`.
    """
    policy: Policy = Reader(source).section(Policy, data, "")
    return _demand_sound(policy, source)


def _demand_sound(policy: Policy, source: str) -> Policy:
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
