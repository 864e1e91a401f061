"""Policies of actions: read strictly, refused with file, key, value and remedy."""

from collections.abc import Sequence
from pathlib import Path

from nlp.message import Message
from tiering.actions.policy import ActionsPolicy
from tiering.actions.policy_rules import broken_rules
from tiering.errors import ActionsError
from tiering.policy import Tier
from tiering.policy_reader import Reader, read_yaml

SHIPPED = Path(__file__).with_name("actions.yaml")


def load_actions(path: Path | str | None = None, *, tiers: Sequence[Tier]) -> ActionsPolicy:
    """Return the policy of actions of a YAML file; without a path the shipped one.

    Parameters
    ----------
    path
        YAML in UTF-8.
    tiers
        The tiers of the scoring policy, the best first: each must have its row.

    Raises
    ------
    ActionsError
        The file is missing or no YAML; a key is unknown, missing or of another type; a tier has no
        row; a name stands twice or is not known; a condition, number or word is not allowed.
    """
    path = Path(path) if path is not None else SHIPPED
    data = read_yaml(path, Message("a policy of actions", "行动策略"), ActionsError)
    policy: ActionsPolicy = Reader(str(path), ActionsError).section(ActionsPolicy, data, "")
    for key, en, zh in broken_rules(policy, tiers):
        raise ActionsError(f"{path}, {key}: {en}", f"{path}，{key}：{zh}")
    return policy
