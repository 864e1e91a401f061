"""Hysteresis: a tier is left when the score passes the cut clearly, or stays beyond long enough.

Beyond a cut by `margin` points the customer moves at once; by less, once the score has been beyond
for `runs` runs in a row. With margin 0 (as shipped) every customer moves at once.
"""

from collections.abc import Sequence

import narwhals as nw
import pyarrow as pa

from tiering.errors import MovesError
from tiering.frames import Frame, collect, columns_of, open_frame
from tiering.policy import Policy, Tier
from tiering.times import Moment, moment_of

COLUMNS = ("customer_id", "tier", "runs_beyond", "as_of", "uncapped_tier")


def open_previous(native: object, policy: Policy, moment: Moment) -> Frame:
    """Return the tiers of the run before: `customer_id`, `held_rank` (0 the best), `held_runs`.

    `runs_beyond` counts the runs in a row in which the score lay beyond the tier's cuts: above 0
    on the better side, below 0 on the worse; it is 0 where the column is not given. A customer
    whom risk had capped goes on from the tier before the cap.

    Raises
    ------
    MovesError
        A column is missing, a customer stands there twice, a tier is not the policy's, or the run
        is not earlier than this one.
    """
    missing = [name for name in ("customer_id", "tier") if name not in columns_of(native)]
    if missing:
        raise MovesError(
            f"the tiers of the run before have no column {', '.join(missing)}; give what "
            "`tingyin score` wrote",
            f"前次分层缺少列 {'、'.join(missing)}；请提供 `tingyin score` 的输出",
        )
    frame = open_frame(native, COLUMNS).with_columns(tier=nw.coalesce("uncapped_tier", "tier"))
    _demand(collect(frame.select("customer_id", "tier", "as_of")), policy.tiers, moment)
    return frame.select(
        nw.col("customer_id").cast(nw.String),
        held_rank=_rank_of_name(nw.col("tier"), policy.tiers),
        held_runs=nw.col("runs_beyond").cast(nw.Int64).fill_null(0),
    )


def _demand(table: pa.Table, tiers: Sequence[Tier], moment: Moment) -> None:
    import pyarrow.compute as pc

    known, ids = [tier.name for tier in tiers], table["customer_id"]
    unknown = sorted({str(name) for name in pc.unique(table["tier"]).to_pylist()} - set(known))
    if unknown:
        raise MovesError(
            f"tier {', '.join(unknown)} of the run before is not in the policy, which has "
            f"{', '.join(known)}; after tiers were renamed start without the run before",
            f"前次的层级 {'、'.join(unknown)} 不在策略中（{'、'.join(known)}）；"
            "层级改名后请不带前次结果重新开始",
        )
    twice = len(ids) - len(pc.unique(ids)) + ids.null_count
    if twice:
        raise MovesError(
            f"the run before has {twice} rows without a customer or with one that stands there "
            "already; keep one row a customer",
            f"前次分层有 {twice} 行没有顾客编号或编号重复；每位顾客只保留一行",
        )
    for text in pc.unique(table["as_of"]).to_pylist():
        if text is not None and moment_of(str(text)).us >= moment.us:
            raise MovesError(
                f"the run before is as of {text}, not earlier than {moment.text}; give an earlier "
                "one",
                f"前次分层截至 {text}，不早于 {moment.text}；请提供更早的一次",
            )


def with_tier(customers: Frame, previous: Frame | None, policy: Policy) -> Frame:
    """Return customers (with `score`) with their tier.

    Adds `tier`; `score_tier`, what the score alone says; `runs_beyond`, to be given to the next
    run; and `is_held`, where the two tiers differ.
    """
    by_score = rank_of_score(nw.col("score"), policy.tiers)
    if previous is None:
        ranked = customers.with_columns(by_score=by_score, rank=by_score, runs_beyond=by_score * 0)
    else:
        joined = customers.join(previous, on="customer_id", how="left")
        ranked = _ranked(joined.with_columns(by_score=by_score), policy)
    return ranked.with_columns(
        tier=name_of_rank(nw.col("rank"), policy.tiers),
        score_tier=name_of_rank(nw.col("by_score"), policy.tiers),
        is_held=nw.col("rank") != nw.col("by_score"),
    )


def _ranked(customers: Frame, policy: Policy) -> Frame:
    """Return the customers with `rank` and `runs_beyond`."""
    margin, by_score, held = policy.stability.margin, nw.col("by_score"), nw.col("held_rank")
    side = (held > by_score).cast(nw.Int64) - (held < by_score).cast(nw.Int64)
    customers = customers.with_columns(
        held_rank=nw.coalesce("held_rank", "by_score"), held_runs=nw.col("held_runs").fill_null(0)
    ).with_columns(
        side=side,
        up=rank_of_score(nw.col("score") - margin, policy.tiers),
        down=rank_of_score(nw.col("score") + margin, policy.tiers),
    )
    goes_on = nw.col("held_runs") * nw.col("side") > 0
    runs = nw.when(goes_on).then(nw.col("held_runs")).otherwise(0) + nw.col("side")
    customers = customers.with_columns(runs=runs)
    long = nw.col("runs") * nw.col("side") >= policy.stability.runs
    clear = (
        nw.when((nw.col("side") > 0) & (nw.col("up") < held))
        .then(nw.col("up"))
        .when((nw.col("side") < 0) & (nw.col("down") > held))
        .then(nw.col("down"))
        .otherwise(held)
    )
    rank = nw.when(long | (nw.col("side") == 0)).then(by_score).otherwise(clear)
    customers = customers.with_columns(rank=rank.cast(nw.Int64))
    left = nw.when(nw.col("rank") == held).then(nw.col("runs")).otherwise(nw.col("side"))
    beyond = nw.when(nw.col("rank") == by_score).then(0).otherwise(left)
    return customers.with_columns(runs_beyond=beyond.cast(nw.Int64))


def rank_of_score(points: nw.Expr, tiers: Sequence[Tier]) -> nw.Expr:
    """Return the number of the tier, 0 the best; below the last cut it is the last."""
    rank: nw.Expr = nw.lit(len(tiers) - 1)
    for number, tier in reversed(list(enumerate(tiers[:-1]))):
        rank = nw.when(points >= tier.at_least).then(number).otherwise(rank)
    return rank.cast(nw.Int64)


def _rank_of_name(name: nw.Expr, tiers: Sequence[Tier]) -> nw.Expr:
    rank: nw.Expr = nw.lit(len(tiers) - 1)
    for number, tier in enumerate(tiers[:-1]):
        rank = nw.when(name == tier.name).then(number).otherwise(rank)
    return rank.cast(nw.Int64)


def name_of_rank(rank: nw.Expr, tiers: Sequence[Tier]) -> nw.Expr:
    """Return the name of the tier with that number, 0 the best."""
    name: nw.Expr = nw.lit(tiers[-1].name)
    for number, tier in enumerate(tiers[:-1]):
        name = nw.when(rank == number).then(nw.lit(tier.name)).otherwise(name)
    return name
