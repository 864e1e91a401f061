"""What a run of actions takes and gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiering.actions.telling import Evidence

FATES = ("chosen", "care_first", "quiet", "cooldown", "no_consent", "over_limit")


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One thing to do for one customer; `action_id` is the same whenever the run is repeated."""

    action_id: str
    customer_id: str
    tier: str
    action: str
    kind: str
    channel: str
    priority: int
    gives: str
    reason: Mapping[str, str]
    valid_until: str
    as_of: str
    policy_version: str
    evidence: Sequence[Evidence]

    def as_row(self) -> dict[str, object]:
        """Return the columns of a file of actions."""
        row: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        told = [{"column": each.column, "value": each.value} for each in self.evidence]
        return row | {"reason": dict(self.reason), "evidence": told}


@dataclass(frozen=True, slots=True)
class ActionRun:
    """What one run chose, and what became of the rest.

    `fates` counts, by action, what became of the customers for whom its rule holds; `not_judged`
    names the table that a rule looks at and nobody gave; `strangers` counts per table the rows of
    customers who are not in the scores, `log_unknown` rows of the log of an unknown action.
    """

    as_of: str
    policy_version: str
    customers: int
    rows: Sequence[ActionRow]
    fates: Mapping[str, Mapping[str, int]]
    not_judged: Mapping[str, str]
    strangers: Mapping[str, int]
    log_unknown: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """Native frames about contact, each None where there is none: `tiering.actions.contact`."""

    log: object | None = None
    consent: object | None = None
    quiet: object | None = None
