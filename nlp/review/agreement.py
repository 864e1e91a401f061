"""What the decisions say of the model: how often it was right, and which reasons found mistakes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from nlp.evaluation import wilson
from nlp.review.decision import Decision
from nlp.review.finding import RANDOM, REASONS
from nlp.review.merging import Resolved

FIELDS: Mapping[str, Callable[[Decision], bool]] = MappingProxyType(
    {
        "sentiment": lambda one: one.labels.sentiment == one.model.sentiment,
        "intents": lambda one: set(one.labels.intents) == set(one.model.intents),
        "complaint": lambda one: set(one.labels.complaint) == set(one.model.complaint),
        "severity": lambda one: one.labels.severity == one.model.severity,
    }
)


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, and the 95 % interval of the share behind it (Wilson 1927)."""

    hits: int
    n: int

    @property
    def interval(self) -> tuple[float, float]:
        """Return the interval, (0, 1) where there is nothing to estimate from."""
        return wilson(self.hits, self.n)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How one version of the model did in the eyes of people.

    `all_tasks` counts per field where the model agrees with the decision, among all tasks: those
    were picked to be hard. `random` does so among the random share, and estimates the accuracy
    without bias, on the distinct texts of the files that were exported. `found` counts per reason
    the tasks of which any field was changed.
    """

    model_version: str
    all_tasks: Mapping[str, Share]
    random: Mapping[str, Share]
    found: Mapping[str, Share]

    def as_row(self) -> dict[str, Any]:
        """Return the figures as plain dicts."""
        return {
            "model_version": self.model_version,
            "all_tasks": {name: _plain(share) for name, share in self.all_tasks.items()},
            "random": {name: _plain(share) for name, share in self.random.items()},
            "found": {name: _plain(share) for name, share in self.found.items()},
        }


def agreements(resolved: Iterable[Resolved]) -> tuple[Agreement, ...]:
    """Return the agreement of each version of the model, on the texts without a tie."""
    by_version: dict[str, list[Decision]] = {}
    for one in resolved:
        if not one.ties:
            by_version.setdefault(one.decision.model_version, []).append(one.decision)
    return tuple(_agreement(name, decisions) for name, decisions in sorted(by_version.items()))


def _agreement(version: str, decisions: Sequence[Decision]) -> Agreement:
    drawn = [one for one in decisions if one.picked_for == RANDOM]
    groups = {name: [one for one in decisions if one.picked_for == name] for name in REASONS}
    return Agreement(
        model_version=version,
        all_tasks=_shares(decisions),
        random=_shares(drawn),
        found={
            name: Share(sum(not _agrees(one) for one in group), len(group))
            for name, group in groups.items()
            if group
        },
    )


def _shares(decisions: Sequence[Decision]) -> dict[str, Share]:
    shares = {
        field: Share(sum(agrees(one) for one in decisions), len(decisions))
        for field, agrees in FIELDS.items()
    }
    return shares | {"all fields": Share(sum(map(_agrees, decisions)), len(decisions))}


def _agrees(one: Decision) -> bool:
    return all(agrees(one) for agrees in FIELDS.values())


def _plain(share: Share) -> dict[str, float]:
    low, high = share.interval
    return {"hits": share.hits, "n": share.n, "low": round(low, 4), "high": round(high, 4)}
