"""What an account says about us: net sentiment (NSR), positive less negative of those that judge.

It says in which direction an account is heard, not how far; a policy that asks for friends rather
than for voices gives it a weight (`influence.weights.opinion`).
"""

import narwhals as nw

from tiering.curves import UNIT
from tiering.frames import Frame
from tiering.policy import OpinionPolicy

SUMS = ("praise", "blame", "praising", "blaming")
"""What `opinion_of` gives of each post; whole numbers, so that their sums are exact."""


def opinion_of(weight: nw.Expr) -> dict[str, nw.Expr]:
    """Return the columns of checked signals that net sentiment is summed from, by their names.

    `praising` and `blaming` are 1 for a positive and for a negative text; `praise` and `blame` the
    same times `weight`, whole units that fade with age. Adverts and abstained texts are neither.
    """
    counts = (1 - nw.col("abstained")) * (1 - nw.col("spam"))
    praising = (nw.col("sentiment") == "positive").cast(nw.Int64) * counts
    blaming = (nw.col("sentiment") == "negative").cast(nw.Int64) * counts
    return {
        "praise": praising * weight,
        "blame": blaming * weight,
        "praising": praising,
        "blaming": blaming,
    }


def with_opinion(authors: Frame, policy: OpinionPolicy) -> Frame:
    """Return the authors with `nsr`, -1 to 1, and `opinion`, 0 to 100.

    `nsr` is shrunk by the policy's neutral voices, so that one post is no verdict, and null where
    no text judges; `opinion` then has the points of 0.
    """
    voiced = nw.col("praise") + nw.col("blame")
    balance = nw.col("praise") - nw.col("blame")
    nsr = nw.when(voiced > 0).then(balance) / (voiced + int(policy.prior * UNIT))
    authors = authors.with_columns(nsr=nsr)
    return authors.with_columns(opinion=policy.nsr.at(nw.col("nsr").fill_null(0.0)))
