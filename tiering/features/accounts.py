"""Facts and features of the accounts that are known to be a customer's; none has a window."""

from collections.abc import Mapping

import narwhals as nw

from nlp.message import Message
from tiering.features.feature import EVER, Fact
from tiering.features.grammar import Line, features_of, since, totals
from tiering.frames import Frame
from tiering.times import Moment, day_of

FACTS = (
    Fact("accounts", Message("known accounts", "已知账号")),
    Fact("verified_accounts", Message("verified accounts", "认证账号")),
    Fact("followers", Message("followers of all accounts", "全部账号粉丝")),
    Fact("following", Message("accounts followed", "关注的账号")),
    Fact("account_posts", Message("posts of all accounts", "全部账号发帖")),
    Fact("largest_account", Message("followers of the largest account", "最大账号粉丝"), "max"),
    Fact("oldest_account", Message("the oldest account was opened", "最早的账号注册"), "max"),
    Fact("newest_account", Message("the newest account was opened", "最新的账号注册"), "min"),
)

LINES = (
    *totals(("accounts", "verified_accounts", "followers", "following", "account_posts"), (EVER,)),
    Line("largest_account", "largest", ("largest_account",), "count", (EVER,)),
    Line("followers_per_followed", "mean", ("followers", "following"), "ratio", (EVER,)),
    Line("followers_per_account", "mean", ("followers", "accounts"), "ratio", (EVER,)),
    *since("oldest_account", "newest_account"),
)

FEATURES = features_of("accounts", FACTS, LINES)


def rows(accounts: Frame, moment: Moment) -> tuple[Frame, Mapping[str, nw.Expr]]:
    """Return checked accounts of customers, and the facts of each, with its `age` in days."""
    age = moment.day - day_of(nw.col("created_at"))
    followers = nw.col("followers")
    return accounts.filter(~nw.col("customer_id").is_null()), {
        "age": age,
        "accounts": followers * 0 + 1,
        "verified_accounts": nw.col("verified").fill_null(0),
        "followers": followers,
        "following": nw.col("following").fill_null(0),
        "account_posts": nw.col("posts").fill_null(0),
        "largest_account": followers,
        "oldest_account": age,
        "newest_account": age,
    }
