"""The combined scorer: what customers buy, say, spread and do, to one tier with reasons.

score = the weighted mean of the dimensions, 0 to 100 each. A customer without orders, text or
events is scored all the same: what is not there counts 0, and experience the policy's neutral
value. A dimension whose table was not given at all is left out for everybody, and the others
share its weight.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic

import narwhals as nw

from tiering.card import CAP_COLUMNS, LIFETIME_COLUMNS, SCORE_COLUMNS, customers_of, score_card
from tiering.check import Checked, RowCounts
from tiering.community import measure_community
from tiering.content import measure_content
from tiering.counting import order_counting
from tiering.engagement import measure_engagement
from tiering.experience import measure_experience
from tiering.faults import RefusedRow
from tiering.frames import Frame, Native, collect, give_back, settle
from tiering.in_force import in_force
from tiering.influence import COLUMNS, heard_in, measure_influence, of_customers, parts_of
from tiering.influence_reasons import with_author_reasons, with_author_sentences
from tiering.merges import all_remapped, open_merges
from tiering.policy import Policy
from tiering.policy_file import load_policy
from tiering.rfm import measure_rfm
from tiering.risk import Seen, measure_risk
from tiering.stability import open_previous
from tiering.tables import attributed, check_tables, demand_one_engine, scored_tables
from tiering.times import Moment, moment_of

Heed = Callable[[str], None]
"""Is told each step of a measuring as it begins: a table by its name, then a part of the score."""


def unheeded(_: str) -> None:
    """Heed nothing."""


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
    links: Native | None = None,
    merges: Native | None = None,
    policy: Policy | None = None,
    previous: Native | None = None,
) -> Native:
    """Return every customer with tier, score and reasons, by customer_id.

    Parameters
    ----------
    orders, signals
        pandas, Polars, DuckDB or PySpark frames by their contracts (`tiering.schema`); either may
        be empty. Money in fen; a time without a zone is China's time.
    as_of
        Day (to its end in China) or moment of scoring; nothing that happened or became known
        later is used.
    engagement, accounts, edges, links, merges
        Frames of the same engine by their contracts, where known. `links` (who shares a device,
        an address, a phone, a payment) is only looked at where risk is measured; it brings no
        customers of its own. `merges` leads ids to the one that its person now has, in every
        table but `previous`, whose rows of old ids are not looked at.
    policy
        The shipped policy when None.
    previous
        What an earlier run returned, where the policy's `stability` shall keep customers from
        moving to and fro.

    Returns
    -------
    Native
        Frame of the same engine with `tiering.SCORE_COLUMNS`: `score` and the dimensions from 0
        to 100 (`engagement` null where no such table was given), `influence` of the strongest
        account (null where none is known), `reasons` a list of {en, zh}; `content`, `community`
        and `risk` null where the policy gives them no weight (`risk`: and no caps). Equal inputs
        give equal output, whatever the order of their rows. Where the policy names a lifetime
        model, `p_alive`, `expected_orders_12m` and `value_12m` (fen) follow, null without a
        purchase; where risk caps tiers, `uncapped_tier` does.

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
    MergeError
        Ids that were merged lead back to themselves.
    MovesError
        `previous` cannot be used, see `tiering.stability`.
    PolicyError
        All weight lies on dimensions whose tables are not given.
    """
    run = score_run(
        orders,
        signals,
        as_of=as_of,
        engagement=engagement,
        accounts=accounts,
        edges=edges,
        links=links,
        merges=merges,
        policy=policy,
        previous=previous,
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
    links: Native | None = None,
    merges: Native | None = None,
    policy: Policy | None = None,
    previous: Native | None = None,
) -> ScoreRun[Native]:
    """Return the scores with the influence of accounts, the counts, and the refused rows.

    Parameters and errors are those of `score`.
    """
    moment, given = moment_of(as_of), policy or load_policy()
    tables = scored_tables(orders, signals, engagement, accounts, edges, links, merges)
    measured = measure(tables, moment, given, previous)
    earlier = None if previous is None else open_previous(previous, given, moment)
    card = score_card(
        measured.customers, measured.parts, moment, measured.policy, earlier, measured.lifetime
    )
    columns = columns_of(measured)
    scores = settle(card.with_columns(policy_version=nw.lit(given.label())).select(columns))
    return ScoreRun(
        as_of=moment.text,
        policy_version=given.label(),
        scores=give_back(scores.sort("customer_id"), orders),
        authors=give_back(_heard(measured).select(COLUMNS).sort("author_id"), orders),
        customers=_count(scores),
        rows={name: each.counts() for name, each in measured.checked.items()},
        unattributed=measured.unattributed(),
        refused=tuple(row for each in measured.checked.values() for row in each.refused()),
    )


def columns_of(measured: "Measured") -> tuple[str, ...]:
    """Return the columns of the scores, which depend on the policy."""
    risk = measured.policy.risk
    more = () if measured.lifetime is None else LIFETIME_COLUMNS
    return (*SCORE_COLUMNS, *more, *(CAP_COLUMNS if risk is not None and risk.caps else ()))


def _heard(measured: "Measured") -> Frame:
    return with_author_reasons(measured.authors, parts_of(measured.checked))


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of everybody, before it is weighed; `policy` is the one in force."""

    checked: Mapping[str, Checked]
    said: Frame
    authors: Frame
    customers: Frame
    parts: Mapping[str, Frame]
    policy: Policy
    lifetime: Frame | None
    merged: int

    def unattributed(self) -> int:
        """Return how many used signals belong to no known customer."""
        return _count(self.said.filter(nw.col("customer_id").is_null()))


def measure(
    tables: Mapping[str, object],
    moment: Moment,
    policy: Policy,
    previous: object = None,
    heed: Heed = unheeded,
) -> Measured:
    """Return the parts of the score card from native tables by their contract.

    Parameters
    ----------
    tables
        None where a table is not given.
    moment, policy
        When, and by which policy as it was given.
    previous
        Only looked at for its engine.
    heed
        Is told what is measured next.

    Raises
    ------
    ContractError, EngineError, MergeError
        As for `score`.
    """
    given = {name: native for name, native in tables.items() if native is not None}
    earlier = {} if previous is None else {"previous": previous}
    demand_one_engine({**given, **earlier})
    rules = in_force(policy)
    heed("tables")
    merges, known = open_merges(given.pop("merges", None), moment)
    checked = check_tables(all_remapped(given, merges), moment)
    checked |= {} if known is None else {"merges": known}
    said = attributed(checked)
    heed("influence")
    authors = _authors(checked, said, moment, rules)
    orders = checked["orders"].good
    events = checked["engagement"].good if "engagement" in checked else None
    everybody = settle(customers_of([orders, said, authors, *([] if events is None else [events])]))
    links = checked["links"].good if "links" in checked else None
    heed("figures")
    parts = _parts(Seen(orders, said, events, links), authors, moment, rules)
    lifetime = _lifetime(orders, moment, rules)
    return Measured(checked, said, authors, everybody, parts, rules, lifetime, len(merges))


def _authors(checked: Mapping[str, Checked], said: Frame, moment: Moment, policy: Policy) -> Frame:
    return settle(measure_influence(said, moment, policy.influence, *heard_in(checked)))


def _parts(seen: Seen, authors: Frame, moment: Moment, policy: Policy) -> dict[str, Frame]:
    """Return one frame a dimension; those that the policy may leave out only where they count."""
    orders, said, events = seen.orders, seen.signals, seen.engagement
    parts = {
        "commercial": measure_rfm(orders, moment, policy.rfm, order_counting(policy)),
        "social": with_author_sentences(
            settle(of_customers(authors)), weighs_opinion=policy.influence.weights.opinion > 0
        ),
        "experience": measure_experience(said, events, moment, policy.experience),
    }
    if events is not None:
        rules = policy.engagement
        parts["engagement"] = measure_engagement(events, moment, rules, policy.decay)
    if policy.content is not None and policy.weights.content:
        worth = policy.influence.reactions
        parts["content"] = measure_content(said, moment, policy.content, worth)
    if policy.community is not None and policy.weights.community:
        parts["community"] = measure_community(said, moment, policy.community)
    if policy.risk is not None and policy.measures_risk():
        parts["risk"] = measure_risk(seen, moment, policy.risk)
    return parts


def _lifetime(orders: Frame, moment: Moment, policy: Policy) -> Frame | None:
    if policy.lifetime.model == "none":
        return None
    from tiering.lifetime import of_policy  # loads scipy

    return of_policy(orders, moment, policy.lifetime)


def _count(frame: Frame) -> int:
    return int(collect(frame.select(nw.len().alias("n")))["n"][0].as_py())
