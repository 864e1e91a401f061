"""Social influence: how far what an account says about us is heard, and whether that is real.

Influence = the weighted mean of reach, depth, audience, network and opinion (0 to 100 each), times
what is left after the discounts for coordinated posts and reposts, signs of a fake audience, and
adverts. A post that nobody reacted to has no depth: what nobody hears has no interaction, however
long it is. Parts whose table was not given (accounts: audience; edges: network) are left out for
everybody, and the others share their weight.

Opinion, the net sentiment of what an account says about us, is measured and told, and weighs 0 as
shipped: who speaks ill of us is heard as far as who speaks well, experience counts it already where
the account is a customer's, and `tiering.campaigns` where it is paid.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import reduce
from operator import add

import narwhals as nw

from tiering.audience import with_audience, with_band, with_fake_signs
from tiering.author_figures import figures_of_authors, posts_of_authors
from tiering.check import Checked, check
from tiering.curves import UNIT, settled, weighted
from tiering.frames import Frame, Native, give_back, null_like, settle
from tiering.influence_reasons import PARTS, with_author_reasons
from tiering.network import network_scores
from tiering.opinion import with_opinion
from tiering.policy import CoRepostPolicy, InfluencePolicy, NetworkPolicy, Policy
from tiering.policy_file import load_policy
from tiering.quality import depth_of
from tiering.suspects import co_reposts, with_growth
from tiering.times import Moment, moment_of

COLUMNS = (
    "author_id",
    "customer_id",
    "platform",
    "band",
    "followers",
    "posts",
    "reactions",
    "reach",
    "depth",
    "audience",
    "network",
    "nsr",
    "kept",
    "influence",
    "reasons",
)


def influence(
    signals: Native,
    *,
    as_of: date | datetime | str,
    accounts: Native | None = None,
    edges: Native | None = None,
    policy: Policy | None = None,
) -> Native:
    """Return how far each account is heard, by author_id.

    Parameters
    ----------
    signals
        A pandas, Polars, DuckDB or PySpark frame by the `signals` contract. Turns of agents and
        support transcripts are no posts. Posts without an author, or under a name that several
        customers share and no account row owns, count for `customer:` + customer_id.
    as_of
        Day (to its end in China) or moment of scoring; nothing later is used.
    accounts, edges
        Frames of the same engine by their contracts, where known. Several rows of an account are
        its snapshots: the one known last counts, and all tell how fast it grew. In memory come the
        different edges and one figure an account, for the network; all other rows stay with the
        engine.
    policy
        The shipped policy when None.

    Returns
    -------
    Native
        `COLUMNS`: followers, posts, reactions, the parts from 0 to 100
        (null where the table was not given), `nsr` from -1 to 1 (null where no text judges us),
        `kept` (what the discounts leave, 0 to 1), `influence` from 0 to 100, and `reasons`, a
        list of {en, zh}.

    Raises
    ------
    ContractError, EngineError, AsOfError
        See there.
    """
    moment = moment_of(as_of)
    given = {"signals": signals, "accounts": accounts, "edges": edges}
    checked = {name: check(t, name, moment) for name, t in given.items() if t is not None}
    rules = (policy or load_policy()).influence
    authors = measure_influence(checked["signals"].good, moment, rules, *heard_in(checked))
    told = with_author_reasons(authors, parts_of(checked))
    return give_back(told.select(COLUMNS).sort("author_id"), signals)


def parts_of(tables: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of influence that the given tables let be measured, by their names."""
    needs = {"audience": "accounts", "network": "edges"}
    given = set(tables)
    return tuple(part for part in PARTS if needs.get(part, "signals") in given)


def heard_in(checked: Mapping[str, Checked]) -> tuple[Frame | None, Frame | None, Frame | None]:
    """Return accounts, their edges, and the snapshots of accounts, None where not given."""
    accounts, edges = (
        checked[name].good if name in checked else None for name in ("accounts", "edges")
    )
    return accounts, edges, checked["accounts"].history() if "accounts" in checked else None


def measure_influence(
    signals: Frame,
    moment: Moment,
    policy: InfluencePolicy,
    accounts: Frame | None,
    edges: Frame | None,
    snapshots: Frame | None = None,
) -> Frame:
    """Return one row an account from checked tables: the figures of `COLUMNS`, no sentences.

    `snapshots` are all rows of the accounts, older ones included; None where each has one.
    """
    posts = settle(posts_of_authors(signals, accounts, moment, policy))
    authors = settle(figures_of_authors(posts, accounts, moment))
    authors = with_opinion(_with_parts(authors, policy), policy.opinion)
    authors = with_growth(authors, snapshots, posts, policy.fake_audience.growth)
    authors = settle(_with_co_reposts(authors, edges, policy.co_reposts))
    parts = {"reach": policy.weights.reach, "depth": policy.weights.depth}
    if accounts is not None:
        authors = with_audience(authors, policy.audience)
        parts["audience"] = policy.weights.audience
    if edges is not None:
        heard = network_scores(edges, authors.select("author_id", "posts"))
        authors = authors.join(heard, on="author_id", how="left")
        authors = _with_network(authors, policy.network)
        parts["network"] = policy.weights.network
    if policy.weights.opinion:
        parts["opinion"] = policy.weights.opinion
    return _combined(settle(authors), parts, policy)


def of_customers(authors: Frame) -> Frame:
    """Return the strongest account of each customer; of equal ones the first by name."""
    known = authors.filter(~nw.col("customer_id").is_null())
    known = known.with_columns(weakness=-nw.col("influence"))
    place = nw.col("author_id").cum_count().over("customer_id", order_by=["weakness", "author_id"])
    return known.with_columns(place=place).filter(nw.col("place") == 1).drop("weakness", "place")


def _with_parts(authors: Frame, policy: InfluencePolicy) -> Frame:
    share = policy.reach.followers_share
    fresh = policy.reach.reactions.at(nw.col("fresh") / UNIT)
    followers = policy.reach.followers.at(nw.col("followers"))
    return authors.with_columns(
        reach=fresh * (1 - share) + followers * share, depth=depth_of(policy.depth)
    ).with_columns(audience=null_like("reach"), network=null_like("reach"))


def _with_co_reposts(authors: Frame, edges: Frame | None, policy: CoRepostPolicy | None) -> Frame:
    """Return the authors with `reposted` and `together`, 0 where they are of no group."""
    names = ("reposted", "together")
    if edges is None or policy is None:
        return authors.with_columns(**dict.fromkeys(names, nw.col("posts") * 0))
    joined = authors.join(co_reposts(edges, policy), on="author_id", how="left")
    return joined.with_columns(nw.col(*names).fill_null(0).cast(nw.Int64))


def _with_network(authors: Frame, policy: NetworkPolicy) -> Frame:
    authors = authors.with_columns(
        times_average=nw.col("times_average").fill_null(0.0), core=nw.col("core").fill_null(0)
    )
    heard = policy.average.at(nw.col("times_average")) * (1 - policy.core_share)
    return authors.with_columns(network=heard + policy.core.at(nw.col("core")) * policy.core_share)


SIGNS = ("sign_silent", "sign_likes", "sign_newborn", "sign_growth")


def _combined(authors: Frame, parts: dict[str, float], policy: InfluencePolicy) -> Frame:
    total = sum(parts.values())
    base = weighted({name: weight / total for name, weight in parts.items()})
    authors = with_band(with_fake_signs(authors, policy.fake_audience), policy.bands)
    signs = reduce(add, map(nw.col, SIGNS))
    fake = signs * policy.fake_audience.discount_each
    most = policy.fake_audience.discount_most
    posted = nw.when(nw.col("posts") > 0).then(nw.col("posts")).otherwise(1)
    coordinated = nw.col("coordinated") / posted * policy.coordination.discount
    adverts = nw.col("spam") / posted * policy.spam_discount
    kept = (1 - nw.when(fake > most).then(most).otherwise(fake)) * (1 - coordinated) * (1 - adverts)
    if policy.co_reposts is not None:
        reposted = nw.when(nw.col("reposted") > 0).then(nw.col("reposted")).otherwise(1)
        kept = kept * (1 - nw.col("together") / reposted * policy.co_reposts.discount)
    authors = authors.with_columns(kept=kept)
    return authors.with_columns(influence=settled(base * nw.col("kept")))
