"""What can be told of one customer from what is stored: tags, next actions, who shares a device.

Computed when asked for, from the rows of this customer alone; nothing of it is stored. The service
holds no consents, merges, tags by hand nor a log of actions: `tingyin tags` and `tingyin actions`
take these as files.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.customers import store
from service.database.tables import Account, CustomerScore, Engagement, Feedback, Order
from service.errors import NotFoundError, SettingError
from service.stored_frames import (
    ACCOUNTS,
    ENGAGEMENT,
    ORDERS,
    PROFILE,
    SIGNALS,
    frame_of,
    frame_of_scores,
    frame_or_none,
)

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from tiering import Policy
    from tiering.actions import ActionRun, ActionsPolicy, Inputs
    from tiering.tags import Rules

MOST_EXACT = float(1 << 53)
"""Numbers up to here are whole numbers exactly: a device beyond them is not told apart."""
PUBLIC_FROM, WINDOW_DAYS = 30, 365
"""Where the policy of scores looks at no risk: as many who share a device are strangers."""
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The owner's policies by which customers are judged."""

    scoring: "Policy"
    actions: "ActionsPolicy"
    tags: "Rules"


@dataclass(frozen=True, slots=True)
class Sharer:
    """Another customer who was seen on the same devices, and on how many."""

    customer_id: str
    devices: int
    last_at: datetime


def demand_stored(rules: "Rules") -> None:
    """Raise where rules of tags ask for columns that the service does not store.

    Raises
    ------
    SettingError
        Names the columns and the remedy.
    """
    missing = [name for name in rules.profile_names() if name not in PROFILE]
    if missing:
        raise SettingError(
            f"TINGYIN_TAG_RULES: published tags read {', '.join(missing)}, which the service does "
            f"not store; it has {', '.join(PROFILE)}. Unpublish them here, or use `tingyin tags`.",
            f"TINGYIN_TAG_RULES：已发布的标签读取 {'、'.join(missing)}，服务并不存储；"
            f"现有 {'、'.join(PROFILE)}。请取消发布，或改用 `tingyin tags`。",
        )


def scored(session: Session, customer_id: str) -> CustomerScore:
    """Return the newest score of a customer.

    Raises
    ------
    NotFoundError
        The customer was never scored.
    """
    score = store.latest_score(session, customer_id, None)
    if score is None:
        raise NotFoundError(
            "This customer has no score yet; post orders and start a run at /v1/scores/run.",
            "该客户尚无评分；请先提交订单，再通过 /v1/scores/run 运行评分。",
        )
    return score


def tags_of(
    session: Session, score: CustomerScore, book: Rulebook, now: datetime
) -> list[dict[str, Any]]:
    """Return the tags of a customer as of now, as `tingyin tags` would write them."""
    from tiering.tags import TagTables, tag_run

    own = score.customer_id
    tables = TagTables(
        orders=_typed(_orders(session, own)),
        signals=_typed(_signals(session, own)),
        engagement=_typed(frame_of(session, ENGAGEMENT, Engagement, Engagement.customer_id == own)),
        accounts=_typed(frame_of(session, ACCOUNTS, Account, Account.customer_id == own)),
        profile=_typed(frame_of_scores([score])),
    )
    run = tag_run(tables, as_of=now, rules=book.tags, policy=book.scoring)
    return [row for row in run.tags.to_dicts() if row["customer_id"] == own]


def actions_of(
    session: Session, score: CustomerScore, book: Rulebook, now: datetime
) -> "ActionRun":
    """Return what to do next for a customer: without consents, a log, or a stage of life."""
    from tiering.actions import next_actions, tables_of

    inputs = _inputs(session, score.customer_id, now)
    return next_actions(
        frame_of_scores([score]),
        book.actions,
        as_of=inputs.moment.text,
        tiers=book.scoring.tiers,
        tables=tables_of(inputs, book.actions),
    )


def sharers_of(
    session: Session, customer_id: str, book: Rulebook, now: datetime
) -> Sequence[Sharer]:
    """Return who was seen on the same devices lately, most devices first, as the score of risk is.

    A device is the whole-number value of an event `device`; one that many share, as in a shop or
    an office, links nobody (`risk.signs.public_from` of the policy of scores).
    """
    risk = book.scoring.risk
    signs = risk.signs if risk else None
    since = now - timedelta(days=risk.window_days if risk else WINDOW_DAYS)
    public = signs.public_from if signs else PUBLIC_FROM

    def lately(event: type[Engagement]) -> Sequence[ColumnElement[bool]]:
        exact = (event.value == func.floor(event.value)) & (func.abs(event.value) < MOST_EXACT)
        return (func.lower(event.event) == "device", exact, event.at >= since, event.at <= now)

    mine, theirs = aliased(Engagement), aliased(Engagement)
    held = select(mine.value).where(mine.customer_id == customer_id, *lately(mine)).distinct()
    people = func.count(theirs.customer_id.distinct())
    few = select(theirs.value).where(theirs.value.in_(held), *lately(theirs))
    few = few.group_by(theirs.value).having(people < public)
    devices = func.count(Engagement.value.distinct())
    wanted = (
        select(Engagement.customer_id, devices, func.max(Engagement.at))
        .where(Engagement.value.in_(few), Engagement.customer_id != customer_id)
        .where(*lately(Engagement))
        .group_by(Engagement.customer_id)
        .order_by(devices.desc(), Engagement.customer_id)
    )
    return [Sharer(*row) for row in session.execute(wanted.limit(MOST_SHOWN))]


def accounts_of(session: Session, customer_id: str) -> Sequence[Account]:
    """Return the social accounts that are known to be the customer's."""
    wanted = select(Account).where(Account.customer_id == customer_id)
    return session.scalars(wanted.order_by(Account.account_id).limit(MOST_SHOWN)).all()


def _inputs(session: Session, customer_id: str, now: datetime) -> "Inputs":
    from tiering.actions import inputs_of

    return inputs_of(
        as_of=now,
        orders=_orders(session, customer_id),
        signals=_signals(session, customer_id),
        accounts=frame_or_none(session, ACCOUNTS, Account, Account.customer_id == customer_id),
    )


def _signals(session: Session, customer_id: str) -> "pd.DataFrame":
    """Return what the customer said, under their id or an account of theirs, with the answers."""
    accounts = select(Account.account_id).where(Account.customer_id == customer_id)
    named = Feedback.customer_id == customer_id
    by_account = Feedback.customer_id.is_(None) & Feedback.author_id.in_(accounts)
    return frame_of(session, SIGNALS, Feedback, or_(named, by_account))


def _orders(session: Session, customer_id: str) -> "pd.DataFrame":
    return frame_of(session, ORDERS, Order, Order.customer_id == customer_id)


def _typed(frame: "pd.DataFrame") -> "pl.DataFrame":
    """Return the frame in Polars, a column of nulls as text: of few rows pandas guesses others."""
    import polars as pl

    return pl.from_pandas(frame).with_columns(pl.col(pl.Null).cast(pl.String))
