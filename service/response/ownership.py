"""Whose an alert is, by the rules of the policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from service.response.policy import OwnerRule


@dataclass(frozen=True, slots=True)
class Subject:
    """What the rules look at; a category or channel that is not known is "" and matches `*`."""

    product: str
    category: str = ""
    channel: str = ""


def owner_of(rules: Sequence[OwnerRule], subject: Subject) -> OwnerRule | None:
    """Return the first rule whose patterns all match; None where none does.

    >>> rules = [OwnerRule(product="壶*", owner="wang"), OwnerRule(owner="desk")]
    >>> owner_of(rules, Subject("壶 A1")).owner, owner_of(rules, Subject("风扇")).owner
    ('wang', 'desk')
    """
    return next((rule for rule in rules if _matches(rule, subject)), None)


def _matches(rule: OwnerRule, subject: Subject) -> bool:
    return (
        fnmatchcase(subject.product, rule.product)
        and fnmatchcase(subject.category, rule.category)
        and fnmatchcase(subject.channel, rule.channel)
    )
