"""Social influence: how far what an account says about us is heard, and whether that is real.

Influence = the weighted mean of reach, depth, audience and network (0 to 100 each), times what is
left after the discounts for coordinated posts, signs of a fake audience, and adverts. A post that
nobody reacted to has no depth: what nobody hears has no interaction, however long it is. Parts
whose table was not given (accounts: audience; edges: network) are left out for everybody, and the
others share their weight.
"""

from collections.abc import Iterable
from datetime import date, datetime
from functools import reduce
from operator import add

import narwhals as nw
import pyarrow as pa

from tiering.audience import with_audience, with_band, with_fake_signs
from tiering.authors import with_author
from tiering.check import check
from tiering.coordination import with_coordination
from tiering.curves import UNIT, decayed, settled, weighted, whole_units
from tiering.frames import Frame, Native, attach, give_back, null_like, settle
from tiering.influence_reasons import PARTS, with_author_reasons
from tiering.network import network_scores
from tiering.policy import InfluencePolicy, NetworkPolicy, Policy
from tiering.policy_file import load_policy
from tiering.times import Moment, day_of, moment_of

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
        Frames of the same engine by their contracts, where known. In memory come the different
        edges and one figure an account, for the network; all other rows stay with the engine.
    policy
        The shipped policy when None.

    Returns
    -------
    Native
        `COLUMNS`: followers, posts, reactions, the parts from 0 to 100
        (null where the table was not given), `kept` (what the discounts leave, 0 to 1),
        `influence` from 0 to 100, and `reasons`, a list of {en, zh}.

    Raises
    ------
    ContractError, EngineError, AsOfError
        See there.
    """
    moment = moment_of(as_of)
    given = {"signals": signals, "accounts": accounts, "edges": edges}
    good = {name: check(t, name, moment).good for name, t in given.items() if t is not None}
    authors = measure_influence(
        good["signals"],
        moment,
        (policy or load_policy()).influence,
        good.get("accounts"),
        good.get("edges"),
    )
    told = with_author_reasons(authors, parts_of(good))
    return give_back(told.select(COLUMNS).sort("author_id"), signals)


def parts_of(tables: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of influence that the given tables let be measured, by their names."""
    needs = {"audience": "accounts", "network": "edges"}
    given = set(tables)
    return tuple(part for part in PARTS if needs.get(part, "signals") in given)


def measure_influence(
    signals: Frame,
    moment: Moment,
    policy: InfluencePolicy,
    accounts: Frame | None,
    edges: Frame | None,
) -> Frame:
    """Return one row an account from checked tables: the figures of `COLUMNS`, no sentences."""
    posts = settle(_posts(signals, accounts, moment, policy))
    authors = settle(_authors(posts, accounts, moment))
    authors = _with_parts(authors, policy)
    parts = {"reach": policy.weights.reach, "depth": policy.weights.depth}
    if accounts is not None:
        authors = with_audience(authors, policy.audience)
        parts["audience"] = policy.weights.audience
    if edges is not None:
        heard = network_scores(edges, authors.select("author_id", "posts"))
        authors = authors.join(heard, on="author_id", how="left")
        authors = _with_network(authors, policy.network)
        parts["network"] = policy.weights.network
    return _combined(settle(authors), parts, policy)


def of_customers(authors: Frame) -> Frame:
    """Return the strongest account of each customer; of equal ones the first by name."""
    known = authors.filter(~nw.col("customer_id").is_null())
    known = known.with_columns(weakness=-nw.col("influence"))
    place = nw.col("author_id").cum_count().over("customer_id", order_by=["weakness", "author_id"])
    return known.with_columns(place=place).filter(nw.col("place") == 1).drop("weakness", "place")


def _posts(
    signals: Frame, accounts: Frame | None, moment: Moment, policy: InfluencePolicy
) -> Frame:
    said = signals.filter(
        (nw.col("role").fill_null("") != "agent")
        & (nw.col("channel").fill_null("") != "transcript")
    )
    written = with_author(said, accounts).filter(~nw.col("author").is_null())
    posts = with_coordination(written, policy.coordination)
    counts = {name: nw.col(name).fill_null(0) for name in ("likes", "saves", "replies", "reposts")}
    worth = policy.reactions
    worth_all = (
        counts["likes"] * worth.likes
        + counts["saves"] * worth.saves
        + counts["replies"] * worth.replies
        + counts["reposts"] * worth.reposts
    )
    weight = decayed(moment.day - day_of(nw.col("created_at")), policy.half_life_days)
    letters = nw.col("masked_text").str.replace_all(r"\s", "").str.len_chars().fill_null(0)
    quality = policy.depth.characters.at(letters)
    reactions = reduce(add, counts.values())
    return posts.select(
        "customer_id",
        "platform",
        "spam",
        "coordinated",
        author_id=nw.col("author"),
        reactions=reactions,
        fresh=worth_all * weight,
        quality=nw.when(reactions > 0).then(whole_units(quality)).otherwise(0),
        answered=(counts["replies"] > 0).cast(nw.Int64),
        likes=counts["likes"],
        replies=counts["replies"],
        seen_followers=nw.col("author_followers"),
    )


SUMS = ("reactions", "fresh", "quality", "answered", "likes", "replies", "spam", "coordinated")


def _authors(posts: Frame, accounts: Frame | None, moment: Moment) -> Frame:
    """Return the plain figures of every account that posted or that the accounts name."""
    figures = (
        posts.group_by("author_id")
        .agg(
            nw.len().alias("posts"),
            nw.col(*SUMS).sum(),
            nw.col("seen_followers").max(),
            nw.col("customer_id", "platform").min(),
        )
        .rename({"customer_id": "posts_customer", "platform": "posts_platform"})
    )
    known = attach(NO_ACCOUNTS, posts) if accounts is None else _known(accounts, moment)
    everyone = nw.concat([figures.select("author_id"), known.select("author_id")]).unique()
    joined = everyone.join(figures, on="author_id", how="left")
    joined = joined.join(known, on="author_id", how="left")
    return joined.with_columns(
        nw.col("posts", *SUMS).fill_null(0).cast(nw.Int64),
        customer_id=nw.coalesce("account_customer", "posts_customer"),
        platform=nw.coalesce("account_platform", "posts_platform"),
        followers=nw.coalesce("account_followers", "seen_followers").fill_null(0).cast(nw.Int64),
    )


NO_ACCOUNTS = pa.table(
    {
        "author_id": pa.array([], pa.string()),
        "account_customer": pa.array([], pa.string()),
        "account_platform": pa.array([], pa.string()),
        **{
            name: pa.array([], pa.int64())
            for name in ("account_followers", "following", "account_posts", "verified", "age_days")
        },
    }
)


def _known(accounts: Frame, moment: Moment) -> Frame:
    return accounts.select(
        "following",
        "verified",
        author_id=nw.col("account_id"),
        account_customer=nw.col("customer_id"),
        account_platform=nw.col("platform"),
        account_followers=nw.col("followers"),
        account_posts=nw.col("posts"),
        age_days=moment.day - day_of(nw.col("created_at")),
    )


def _with_parts(authors: Frame, policy: InfluencePolicy) -> Frame:
    share = policy.reach.followers_share
    posts = nw.when(nw.col("posts") > 0).then(nw.col("posts")).otherwise(1)
    fresh = policy.reach.reactions.at(nw.col("fresh") / UNIT)
    followers = policy.reach.followers.at(nw.col("followers"))
    quality = nw.col("quality") / UNIT / posts
    answered = nw.col("answered") * 100 / posts
    deep = quality * (1 - policy.depth.answered_share) + answered * policy.depth.answered_share
    return authors.with_columns(
        reach=fresh * (1 - share) + followers * share,
        depth=nw.when(nw.col("posts") > 0).then(deep).otherwise(0.0),
    ).with_columns(audience=null_like("reach"), network=null_like("reach"))


def _with_network(authors: Frame, policy: NetworkPolicy) -> Frame:
    authors = authors.with_columns(
        times_average=nw.col("times_average").fill_null(0.0), core=nw.col("core").fill_null(0)
    )
    heard = policy.average.at(nw.col("times_average")) * (1 - policy.core_share)
    return authors.with_columns(network=heard + policy.core.at(nw.col("core")) * policy.core_share)


def _combined(authors: Frame, parts: dict[str, float], policy: InfluencePolicy) -> Frame:
    total = sum(parts.values())
    base = weighted({name: weight / total for name, weight in parts.items()})
    authors = with_band(with_fake_signs(authors, policy.fake_audience), policy.bands)
    signs = nw.col("sign_silent") + nw.col("sign_likes") + nw.col("sign_newborn")
    fake = signs * policy.fake_audience.discount_each
    most = policy.fake_audience.discount_most
    posted = nw.when(nw.col("posts") > 0).then(nw.col("posts")).otherwise(1)
    coordinated = nw.col("coordinated") / posted * policy.coordination.discount
    adverts = nw.col("spam") / posted * policy.spam_discount
    kept = (1 - nw.when(fake > most).then(most).otherwise(fake)) * (1 - coordinated) * (1 - adverts)
    authors = authors.with_columns(kept=kept)
    return authors.with_columns(influence=settled(base * nw.col("kept")))
