"""Actions for customers as rows, each with its reason, its evidence and how long it stands."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tiering.actions.customers import Customers
from tiering.actions.policy import Action
from tiering.actions.run import ActionRow
from tiering.actions.telling import evidence_of
from tiering.times import Moment, china_time


@dataclass(frozen=True, slots=True)
class Chosen:
    """An action with the customers (their places) who get it, and the channel of each.

    `columns` are those that its rule looks at.
    """

    action: Action
    places: npt.NDArray[np.int64]
    channels: Sequence[str]
    columns: Sequence[str]


def rows_of(
    chosen: Sequence[Chosen], customers: Customers, label: str, moment: Moment
) -> Iterator[ActionRow]:
    """Yield the rows of the actions, in their order."""
    for each in chosen:
        action, at = each.action, pa.array(each.places)
        ids, tiers = (column.take(at).to_pylist() for column in (customers.ids, customers.tiers))
        told = evidence_of(action, customers, each.columns, at)
        until = _valid_until(action, moment)
        for customer, tier, channel, (reason, evidence) in zip(
            ids, tiers, each.channels, told, strict=True
        ):
            yield ActionRow(
                action_id=_id(customer, action.name, moment.text),
                customer_id=customer,
                tier=tier,
                action=action.name,
                kind=action.kind,
                channel=channel,
                priority=action.priority,
                gives=action.gives,
                reason=reason,
                valid_until=until,
                as_of=moment.text,
                policy_version=label,
                evidence=evidence,
            )


def _valid_until(action: Action, moment: Moment) -> str:
    """Return the last day in China on which the action still makes sense."""
    day = china_time(moment.us).date()
    return (day + timedelta(days=action.valid_days)).isoformat()


def _id(customer: str, action: str, as_of: str) -> str:
    written = "\0".join((customer, action, as_of)).encode("utf-8", "surrogatepass")
    return hashlib.sha256(written).hexdigest()[:24]
