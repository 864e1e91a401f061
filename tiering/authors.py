"""Who wrote a post: an account, or a customer whose account nobody knows."""

import narwhals as nw

from tiering.frames import Frame


def with_author(posts: Frame, accounts: Frame | None) -> Frame:
    """Return the posts with `author`, null where neither account nor customer is known.

    It is the `author_id`; `customer:` + customer_id where there is none, or where several customers
    share it (a nickname such as 匿名用户) and no row of the accounts says whose it is.

    Parameters
    ----------
    posts
        Needs `author_id` and `customer_id`; other columns are kept.
    accounts
        Checked accounts, where known.
    """
    own = nw.concat_str([nw.lit("customer:"), nw.col("customer_id")])
    account = nw.when(nw.col("shared").is_null()).then(nw.col("author_id"))
    joined = posts.join(_shared(posts, accounts), on="author_id", how="left")
    return joined.with_columns(author=nw.coalesce(account, own, "author_id")).drop("shared")


def _shared(posts: Frame, accounts: Frame | None) -> Frame:
    """Return each `author_id` of several customers that has no known owner; `shared` is 1."""
    named = posts.filter(~nw.col("author_id").is_null() & ~nw.col("customer_id").is_null())
    counted = named.group_by("author_id").agg(nw.col("customer_id").n_unique().alias("customers"))
    shared = counted.filter(nw.col("customers") > 1).select("author_id", shared=nw.lit(1))
    if accounts is None:
        return shared
    owned = accounts.filter(~nw.col("customer_id").is_null())
    return shared.join(owned.select(author_id=nw.col("account_id")), on="author_id", how="anti")
