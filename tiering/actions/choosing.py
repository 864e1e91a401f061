"""The next best actions: for whom which rule holds, what holds it back, and why it is done.

Rules are tried from the highest priority down, those of equal priority in the order of the policy.
Every customer for whom a rule holds ends with exactly one fate for it: chosen, or held back by the
first of `run.FATES` that applies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from tiering.actions.action_rows import Chosen, rows_of
from tiering.actions.conditions import Flags, condition_of
from tiering.actions.contact import Days, Log, log_of, refusals_of, resting
from tiering.actions.customers import Customers, customers_of, one_tier
from tiering.actions.matching import columns_of_policy, looks_at, matches, some
from tiering.actions.policy import Action, ActionsPolicy
from tiering.actions.run import ActionRun, Contacts
from tiering.policy import Tier
from tiering.times import Moment, moment_of

AFTER_CARE = ("offer", "information")
"""Kinds of action that wait while a customer needs care."""
SPARED = ("care",)
"""Kinds of action that a rest, as for holidays, does not hold back."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What can hold an action back, one cell a customer."""

    care_first: Flags
    resting: Flags
    log: Log
    refused: Mapping[str, Flags]
    consented: Mapping[str, Flags]


def next_actions(
    scores: object,
    policy: ActionsPolicy,
    *,
    as_of: date | datetime | str,
    tiers: Sequence[Tier],
    tables: Mapping[str, object] | None = None,
    contacts: Contacts | None = None,
) -> ActionRun:
    """Return what to do next for whom, by customer and priority.

    Parameters
    ----------
    scores
        What `tiering.score` returned, of any engine. Collected are `customer_id` and the columns
        that rules name, here and of `tables`.
    policy
        See `load_actions`.
    as_of
        Day (to its end in China) or moment; what was logged or known later is not used.
    tiers
        The tiers of the scoring policy.
    tables
        Further frames by the name that conditions use, see `customers_of`.
    contacts
        The log of actions, consent, and who wants rest.

    Raises
    ------
    ActionsError
        A column is missing, a customer stands twice, a tier, cell or time cannot be used.
    """
    moment = moment_of(as_of)
    customers = customers_of(scores, tables or {}, columns_of_policy(policy), moment)
    one_tier(customers, [tier.name for tier in tiers])
    held = _held(customers, policy, contacts or Contacts(), moment)
    chosen: list[Chosen] = []
    fates: dict[str, dict[str, int]] = {}
    not_judged = _care_unseen(customers, policy)
    count = np.zeros((2, len(customers.ids)), dtype=np.int64)
    for action in sorted(policy.actions, key=lambda each: -each.priority):
        table = customers.missing(looks_at(action, policy))
        if table:
            not_judged[action.name] = table
            continue
        one, fates[action.name] = _judge(action, customers, policy, held, count)
        chosen.append(one)
    rows = sorted(
        rows_of(chosen, customers, policy.label(), moment),
        key=lambda row: (row.customer_id, -row.priority),
    )
    return ActionRun(
        moment.text,
        policy.label(),
        len(customers.ids),
        rows,
        fates,
        not_judged,
        customers.strangers,
        held.log.unknown,
    )


def _held(customers: Customers, policy: ActionsPolicy, contacts: Contacts, moment: Moment) -> _Held:
    names = [action.name for action in policy.actions]
    channels = [channel.name for channel in policy.channels]
    refused, consented = refusals_of(contacts.consent, customers.ids, channels, moment)
    first = [condition_of(text, "care_first") for text in policy.care_first]
    return _Held(
        some(customers, [each for each in first if each.table not in customers.absent]),
        resting(contacts.quiet, customers.ids, moment),
        log_of(contacts.log, customers.ids, names, moment),
        refused,
        consented,
    )


def _care_unseen(customers: Customers, policy: ActionsPolicy) -> dict[str, str]:
    """Return, as `care_first`, the first table that `care_first` looks at and nobody gave."""
    table = customers.missing(condition_of(text, "care_first") for text in policy.care_first)
    return {"care_first": table} if table else {}


def _judge(
    action: Action,
    customers: Customers,
    policy: ActionsPolicy,
    held: _Held,
    count: Days,
) -> tuple[Chosen, dict[str, int]]:
    """Return who gets the action, and the fates; `count` (actions, offers) goes up with it."""
    left = matches(action, customers, policy)
    is_offer = action.kind == "offer"
    channel = _channels(action, policy, held)
    limit = count[0] >= policy.most.actions
    if is_offer:
        limit = limit | (count[1] >= policy.most.offers)
    barred = {
        "care_first": held.care_first if action.kind in AFTER_CARE else np.zeros_like(left),
        "quiet": held.resting if action.kind not in SPARED else np.zeros_like(left),
        "cooldown": _cooling(action, policy, held, len(left)),
        "no_consent": channel < 0,
        "over_limit": limit,
    }
    fates: dict[str, int] = {}
    for fate, bar in barred.items():
        fates[fate] = int((left & bar).sum())
        left = left & ~bar
    count[0] += left
    count[1] += left & is_offer
    places = np.flatnonzero(left)
    ways = [action.channels[number] for number in channel[places].tolist()]
    columns = [one.column for one in looks_at(action, policy)]
    return Chosen(action, places, ways, columns), {"chosen": len(places), **fates}


def _cooling(action: Action, policy: ActionsPolicy, held: _Held, customers: int) -> Flags:
    """Return whose last such action, or last offer of any name, is too short a time ago."""
    cooling: Flags = held.log.since([action.name], customers) < action.cooldown_days
    if action.kind == "offer":
        offers = [each.name for each in policy.actions if each.kind == "offer"]
        cooling |= held.log.since(offers, customers) < policy.offer_pause_days
    return cooling


def _channels(action: Action, policy: ActionsPolicy, held: _Held) -> Days:
    """Return the number of the first channel that each customer allows; -1 for none."""
    needs = {channel.name: channel.offers for channel in policy.channels}
    found = np.full(len(held.resting), -1, dtype=np.int64)
    for number, name in enumerate(action.channels):
        allowed = ~held.refused[name]
        if action.kind == "offer" and needs[name] == "consented":
            allowed = allowed & held.consented[name]
        if action.kind == "offer" and needs[name] == "never":
            continue
        found[(found < 0) & allowed] = number
    return found
