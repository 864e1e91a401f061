"""Policies of actions: read strictly, refused with file, key, value and remedy."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from tiering.actions.policy import ActionsPolicy
from tiering.actions.policy_rules import broken_rules
from tiering.errors import ActionsError
from tiering.policy import Tier
from tiering.policy_reader import Reader

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
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ActionsError(
            f"{path} cannot be read as a policy of actions: {error}; give a YAML file in UTF-8",
            f"{path} 无法作为行动策略读取：{error}；请提供 UTF-8 编码的 YAML 文件",
        ) from error
    policy: ActionsPolicy = Reader(str(path), ActionsError).section(ActionsPolicy, data, "")
    for key, en, zh in broken_rules(policy, tiers):
        raise ActionsError(f"{path}, {key}: {en}", f"{path}，{key}：{zh}")
    return policy
