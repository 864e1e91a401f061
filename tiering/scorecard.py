"""The combined scorer: what customers buy, say, spread and do, to one tier with reasons.

score = the weighted mean of the dimensions, 0 to 100 each. A customer without orders, text or
events is scored all the same: what is not there counts 0, and experience the policy's neutral
value. A dimension whose table was not given at all is left out for everybody, and the others
share its weight.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic

import narwhals as nw

from tiering.card import customers_of, score_card
from tiering.check import Checked, RowCounts, check
from tiering.engagement import measure_engagement
from tiering.errors import EngineError
from tiering.experience import measure_experience
from tiering.faults import RefusedRow
from tiering.frames import Frame, Native, collect, engine_of, give_back, settle
from tiering.influence import COLUMNS, measure_influence, of_customers
from tiering.policy import Policy
from tiering.policy_file import load_policy
from tiering.rfm import measure_rfm
from tiering.times import Moment, moment_of


@dataclass(frozen=True, slots=True)
class ScoreRun(Generic[Native]):
    """Everything that one scoring gives.

    `scores` is what `score` returns, `authors` what `influence` returns; `rows` says per table
    what became of its rows, `refused` lists the rows that broke a contract; `unattributed` counts
    used signals that belong to no known customer (they still count for their author).
    """

    as_of: str
    policy_version: str
    scores: Native
    authors: Native
    customers: int
    rows: Mapping[str, RowCounts]
    unattributed: int
    refused: tuple[RefusedRow, ...]


def score(
    orders: Native,
    signals: Native,
    *,
    as_of: date | datetime | str,
    engagement: Native | None = None,
    accounts: Native | None = None,
    edges: Native | None = None,
    policy: Policy | None = None,
) -> Native:
    """Return every customer with tier, score and reasons, by customer_id.

    Parameters
    ----------
    orders, signals
        pandas, Polars or DuckDB frames by their contracts (`tiering.schema`); either may be
        empty. Money in fen; a time without a zone is China's time.
    as_of
        Day (to its end in China) or moment of scoring; nothing that happened or became known
        later is used.
    engagement, accounts, edges
        Frames of the same engine by their contracts, where known.
    policy
        The shipped policy when None.

    Returns
    -------
    Native
        Frame of the same engine with `tiering.SCORE_COLUMNS`: `score` and the dimensions from 0
        to 100 (`engagement` null where no such table was given), `influence` of the strongest
        account (null where none is known), `reasons` a list of {en, zh}. Equal inputs give equal
        output, whatever the order of their rows. Where the policy names a lifetime model,
        `p_alive`, `expected_orders_12m` and `value_12m` (fen) follow, null without a purchase.

    Raises
    ------
    ContractError
        A required column is missing altogether.
    EngineError
        A frame is of another engine than `orders`, or of none that can be used.
    AsOfError
        `as_of` cannot be read.
    FitError
        The policy names a lifetime model that cannot be fitted to these orders.
    """
    run = score_run(
        orders,
        signals,
        as_of=as_of,
        engagement=engagement,
        accounts=accounts,
        edges=edges,
        policy=policy,
    )
    return run.scores


def score_run(
    orders: Native,
    signals: Native,
    *,
    as_of: date | datetime | str,
    engagement: Native | None = None,
    accounts: Native | None = None,
    edges: Native | None = None,
    policy: Policy | None = None,
) -> ScoreRun[Native]:
    """Return the scores with the influence of accounts, the counts, and the refused rows.

    Parameters and errors are those of `score`.
    """
    moment, policy = moment_of(as_of), policy or load_policy()
    given = {
        "orders": orders,
        "signals": signals,
        "engagement": engagement,
        "accounts": accounts,
        "edges": edges,
    }
    tables = {name: native for name, native in given.items() if native is not None}
    _demand_one_engine(tables)
    checked = {name: check(native, name, moment) for name, native in tables.items()}
    said = _attributed(checked)
    authors = _authors(checked, said, moment, policy)
    scores = settle(_card(checked, said, authors, moment, policy))
    return ScoreRun(
        as_of=moment.text,
        policy_version=policy.label(),
        scores=give_back(scores.sort("customer_id"), orders),
        authors=give_back(authors.select(COLUMNS).sort("author_id"), orders),
        customers=_count(scores),
        rows={name: each.counts() for name, each in checked.items()},
        unattributed=_count(said.filter(nw.col("customer_id").is_null())),
        refused=tuple(row for each in checked.values() for row in each.refused()),
    )


def _demand_one_engine(tables: Mapping[str, object]) -> None:
    engines = {name: engine_of(native) for name, native in tables.items()}
    if len(set(engines.values())) > 1:
        found = ", ".join(f"{name} {engine}" for name, engine in engines.items())
        raise EngineError(
            f"the tables are of several engines ({found}); give all of them in one",
            f"各表来自不同引擎（{found}）；请统一为同一引擎",
        )


def _attributed(checked: Mapping[str, Checked]) -> Frame:
    """Return the signals, with the customer of the author's account where the row names none."""
    signals = checked["signals"].good
    if "accounts" not in checked:
        return signals
    owners = checked["accounts"].good.select(
        author_id=nw.col("account_id"), owner=nw.col("customer_id")
    )
    joined = signals.join(owners, on="author_id", how="left")
    return joined.with_columns(customer_id=nw.coalesce("customer_id", "owner")).drop("owner")


def _authors(checked: Mapping[str, Checked], said: Frame, moment: Moment, policy: Policy) -> Frame:
    accounts, edges = (
        checked[name].good if name in checked else None for name in ("accounts", "edges")
    )
    return settle(measure_influence(said, moment, policy.influence, accounts, edges))


def _card(
    checked: Mapping[str, Checked], said: Frame, authors: Frame, moment: Moment, policy: Policy
) -> Frame:
    orders = checked["orders"].good
    events = checked["engagement"].good if "engagement" in checked else None
    sources = [orders, said, authors, *([] if events is None else [events])]
    parts = {
        "commercial": measure_rfm(orders, moment, policy.rfm),
        "social": of_customers(authors),
        "experience": measure_experience(said, events, moment, policy.experience),
    }
    if events is not None:
        parts["engagement"] = measure_engagement(events, moment, policy.engagement)
    lifetime = _lifetime(orders, moment, policy)
    return score_card(customers_of(sources), parts, moment, policy, lifetime)


def _lifetime(orders: Frame, moment: Moment, policy: Policy) -> Frame | None:
    if policy.lifetime.model == "none":
        return None
    from tiering.lifetime import of_policy  # loads scipy

    return of_policy(orders, moment, policy.lifetime)


def _count(frame: Frame) -> int:
    return int(collect(frame.select(nw.len().alias("n")))["n"][0].as_py())
