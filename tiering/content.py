"""How much worth reading a customer writes: posts and comments, their depth, their echo."""

import narwhals as nw

from tiering.curves import UNIT, decayed, settled, weighted, whole_units
from tiering.frames import Frame, settle
from tiering.policy import ContentPolicy, Reactions
from tiering.reactions import worth_of
from tiering.reasons import tenths
from tiering.times import Moment, day_of

ENGLISH = "in the window posts {}, depth {}/100, reactions {} after decay"
CHINESE = "近期发帖 {} 篇，深度 {}/100，衰减后互动 {}"
SUMS = ("written", "depth_units", "echo_units")


def measure_content(
    signals: Frame, moment: Moment, policy: ContentPolicy, worth: Reactions
) -> Frame:
    """Return one row a customer from checked signals.

    Columns: `written` texts in the window (no chats, no adverts, none of agents), `depth_points`
    (the mean points of their length), `echoed` (reactions by what each is worth, decayed), the
    points of volume and echo, `content` from 0 to 100, and the figures as a sentence,
    `content_en`, `content_zh`.
    """
    age = moment.day - day_of(nw.col("created_at"))
    letters = nw.col("masked_text").str.replace_all(r"\s", "").str.len_chars().fill_null(0)
    rows = posts_of_customers(signals, age < policy.window_days).filter(nw.col("spam") == 0)
    texts = rows.select(
        "customer_id",
        written=(age * 0 + 1).cast(nw.Int64),
        depth_units=whole_units(policy.depth.at(letters)),
        echo_units=worth_of(worth) * decayed(age, policy.half_life_days),
    )
    sums = texts.group_by("customer_id").agg(nw.col(*SUMS).sum())
    whole = sums.with_columns(nw.col(*SUMS).cast(nw.Int64))
    return _told(settle(_scored(whole, policy)))


def posts_of_customers(signals: Frame, recent: nw.Expr) -> Frame:
    """Return the recent public texts of customers: no chats, none of agents."""
    return signals.filter(
        ~nw.col("customer_id").is_null()
        & (nw.col("role").fill_null("") != "agent")
        & (nw.col("channel").fill_null("") != "transcript")
        & recent
    )


def _scored(customers: Frame, policy: ContentPolicy) -> Frame:
    customers = customers.with_columns(
        depth_points=nw.col("depth_units") / UNIT / nw.col("written"),
        echoed=nw.col("echo_units") / UNIT,
    ).with_columns(
        volume_points=policy.volume.at(nw.col("written")),
        echo_points=policy.echo.at(nw.col("echoed")),
    )
    weights = policy.weights
    total = weighted(
        {
            "volume_points": weights.volume,
            "depth_points": weights.depth,
            "echo_points": weights.echo,
        }
    )
    return customers.with_columns(content=settled(total))


def _told(customers: Frame) -> Frame:
    figures = (nw.col("written"), tenths(nw.col("depth_points")), tenths(nw.col("echoed")))
    return customers.with_columns(
        content_en=nw.format(ENGLISH, *figures), content_zh=nw.format(CHINESE, *figures)
    )
