"""For whom the rule of an action holds, and at which columns it looks."""

from collections.abc import Sequence

import numpy as np

from tiering.actions.conditions import Condition, Flags, condition_of
from tiering.actions.customers import Customers
from tiering.actions.policy import Action, ActionsPolicy
from tiering.actions.telling import placeholders


def columns_of_policy(policy: ActionsPolicy) -> list[str]:
    """Return every column that the actions of a policy look at, each once."""
    first = [condition_of(text, "care_first").column for text in policy.care_first]
    others = [each.column for action in policy.actions for each in looks_at(action, policy)]
    return list(dict.fromkeys([*first, *others]))


def looks_at(action: Action, policy: ActionsPolicy) -> list[Condition]:
    """Return all conditions of an action; the figures that its reason names are among them."""
    said = [condition_of(text, action.name) for text in (*action.when, *action.any_of)]
    if action.lifecycle:
        said.append(Condition(policy.lifecycle_column, "in", action.lifecycle))
    return said + [Condition(column, "is", ("known",)) for column in placeholders(action.reason)]


def matches(action: Action, customers: Customers, policy: ActionsPolicy) -> Flags:
    """Return for whom the rule holds: tier, stage, all of `when`, one of `any_of`."""
    all_of = [condition_of(text, action.name) for text in action.when]
    if action.tiers:
        all_of.append(Condition("tier", "in", action.tiers))
    if action.lifecycle:
        all_of.append(Condition(policy.lifecycle_column, "in", action.lifecycle))
    found = every(customers, all_of)
    if action.any_of:
        found &= some(customers, [condition_of(text, action.name) for text in action.any_of])
    return found


def every(customers: Customers, conditions: Sequence[Condition]) -> Flags:
    """Return for whom all conditions hold; everybody where there are none."""
    found = np.ones(len(customers.ids), dtype=np.bool_)
    for each in conditions:
        found &= each.holds(customers.columns[each.column])
    return found


def some(customers: Customers, conditions: Sequence[Condition]) -> Flags:
    """Return for whom one of the conditions holds; nobody where there are none."""
    found = np.zeros(len(customers.ids), dtype=np.bool_)
    for each in conditions:
        found |= each.holds(customers.columns[each.column])
    return found
