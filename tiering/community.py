"""How a customer is with others: answers and suggestions, or adverts."""

import narwhals as nw

from tiering.content import posts_of_customers
from tiering.curves import settled
from tiering.frames import Frame, settle
from tiering.policy import CommunityPolicy
from tiering.reasons import tenths
from tiering.times import Moment, day_of

ENGLISH = "in the window texts {}, answers to others {}, suggestions {}, adverts {}%"
CHINESE = "近期发言 {} 条，回复他人 {} 条，建议 {} 条，广告占 {}%"
SUMS = ("texts", "answers", "suggestions", "adverts")


def measure_community(signals: Frame, moment: Moment, policy: CommunityPolicy) -> Frame:
    """Return one row a customer from checked signals.

    Columns: `texts` in the window (no chats, none of agents), `answers` under what others wrote
    and `suggestions` among them (adverts are neither), `adverts`, the points of each, `community`
    from 0 to 100, and the figures as a sentence, `community_en`, `community_zh`.
    """
    age = moment.day - day_of(nw.col("created_at"))
    own = 1 - nw.col("spam")
    rows = _with_parent(signals, posts_of_customers(signals, age < policy.window_days))
    answers = ~nw.col("parent_id").is_null() & (
        nw.col("parent_customer").is_null() | (nw.col("parent_customer") != nw.col("customer_id"))
    )
    texts = rows.select(
        "customer_id",
        texts=(age * 0 + 1).cast(nw.Int64),
        answers=answers.cast(nw.Int64) * own,
        suggestions=nw.col("intents_suggestion") * own,
        adverts=nw.col("spam"),
    )
    sums = texts.group_by("customer_id").agg(nw.col(*SUMS).sum())
    whole = sums.with_columns(nw.col(*SUMS).cast(nw.Int64))
    return _told(settle(_scored(whole, policy)))


def _with_parent(signals: Frame, texts: Frame) -> Frame:
    """Return the texts with the customer of what each stands under, where that is known."""
    parents = signals.select(parent_id=nw.col("id"), parent_customer=nw.col("customer_id"))
    return texts.join(parents, on="parent_id", how="left")


def _scored(customers: Frame, policy: CommunityPolicy) -> Frame:
    customers = customers.with_columns(
        answers_points=policy.answers.at(nw.col("answers")),
        suggestions_points=policy.suggestions.at(nw.col("suggestions")),
        lost_adverts=nw.col("adverts") / nw.col("texts") * policy.adverts,
    )
    gained = nw.col("answers_points") + nw.col("suggestions_points")
    points = policy.neutral + gained - nw.col("lost_adverts")
    return customers.with_columns(community=settled(points))


def _told(customers: Frame) -> Frame:
    share = tenths(nw.col("adverts") * 100 / nw.col("texts"))
    figures = (nw.col("texts"), nw.col("answers"), nw.col("suggestions"), share)
    return customers.with_columns(
        community_en=nw.format(ENGLISH, *figures), community_zh=nw.format(CHINESE, *figures)
    ).rename({"texts": "community_texts", "adverts": "community_adverts"})
