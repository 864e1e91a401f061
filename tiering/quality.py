"""How much is in what an account writes: length, what it names, taking a side, being answered.

Reviews are read for what they name and whether they judge; that they are long says less. Which
side a text takes is no matter of its quality: that is the net sentiment (`tiering.opinion`).
"""

from functools import reduce
from operator import add

import narwhals as nw

from nlp.labels import COMPLAINTS, INTENTS
from tiering.curves import UNIT, whole_units
from tiering.policy import DepthPolicy
from tiering.reactions import all_reactions, counted

LABELS = (*(f"intents_{name}" for name in INTENTS), *(f"complaint_{name}" for name in COMPLAINTS))
SUMS = ("quality", "informed", "naming", "judging", "answered")
"""What `quality_of` gives of each post; whole numbers, so that their sums are exact."""


def quality_of(policy: DepthPolicy) -> dict[str, nw.Expr]:
    """Return the columns of checked signals that depth is summed from, by their names.

    `quality` and `informed` are points of length and of the number of intents and complaint
    categories found, in whole units; `naming`, `judging` and `answered` are 1 where a text names
    any, is positive or negative, is replied to. A text that nobody reacted to has 0 everywhere.
    """
    letters = nw.col("masked_text").str.replace_all(r"\s", "").str.len_chars().fill_null(0)
    named = reduce(add, map(nw.col, LABELS))
    heard = all_reactions()
    judges = (nw.col("sentiment") != "neutral").cast(nw.Int64) * (1 - nw.col("abstained"))
    informed = policy.information.at(named) if policy.information else named * 0.0
    found = {
        "quality": whole_units(policy.characters.at(letters)),
        "informed": whole_units(informed),
        "naming": (named > 0).cast(nw.Int64),
        "judging": judges,
        "answered": (counted("replies") > 0).cast(nw.Int64),
    }
    return {name: nw.when(heard > 0).then(each).otherwise(0) for name, each in found.items()}


def depth_of(policy: DepthPolicy) -> nw.Expr:
    """Return the depth of accounts, 0 to 100, from `posts` and the sums of `quality_of`."""
    posts = nw.when(nw.col("posts") > 0).then(nw.col("posts")).otherwise(1)
    deep = nw.col("quality") / UNIT / posts * policy.length_share()
    deep = deep + nw.col("answered") * 100 / posts * policy.answered_share
    if policy.information_share:
        deep = deep + nw.col("informed") / UNIT / posts * policy.information_share
    if policy.judging_share:
        deep = deep + nw.col("judging") * 100 / posts * policy.judging_share
    return nw.when(nw.col("posts") > 0).then(deep).otherwise(0.0)
