"""Repost cascades of ced-weibo-rumor: as arrays, cut in time, as tables of the tiering room.

Reposts name their accounts by numbers, posts by the number in their file's name: one person may be
two accounts. The 87 posts without text, account and time are left out. Reposts are known with the
time and the parent; of their texts only the length, so that a text here is letters of that length,
all different: coordination is not measured. Likes and comments of posts were counted when the data
were collected, after the cut; they are left out, and followers and the profile are of the post.
"""

import json
import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl

from tiering.graph import Floats, Indices

FOLDER = "ced-weibo-rumor"
PROFILE = ("followers", "friends", "messages", "verified", "time")


@dataclass(frozen=True, slots=True, eq=False)
class Cascades:
    """Posts, then reposts, one cell each: account, parent (-1 for posts), times in seconds, length.

    `began` is the time of the post; `accounts` how many there are; those from `first_author` on
    wrote posts. `posts` holds the profile of each post's author.
    """

    account: Indices
    parent: Indices
    at: Indices
    began: Indices
    length: Indices
    posts: pd.DataFrame
    accounts: int
    first_author: int

    def known(self, cut: float) -> Indices:
        """Return the rows that had happened by a moment."""
        return np.flatnonzero((self.began <= cut) & (self.at <= cut))

    def later(self, cut: float, end: float) -> Indices:
        """Return the rows of the cascades that began after `cut`, up to `end`."""
        return np.flatnonzero((self.began > cut) & (self.began <= end) & (self.at <= end))

    def caused(self, rows: Indices) -> Floats:
        """Return per account the reposts in the subtrees of its posts and reposts among `rows`.

        A repost counts once for each account above it, and never for who made it.
        """
        node = rows[self.parent[rows] >= 0]
        above, pairs = self.parent[node], [np.zeros(0, np.int64)]
        while node.size:
            other = self.account[above] != self.account[node]
            pairs.append(node[other] * self.accounts + self.account[above][other])
            upper = self.parent[above]
            node, above = node[upper >= 0], upper[upper >= 0]
        every = np.unique(np.concatenate(pairs))
        return np.bincount(every % self.accounts, minlength=self.accounts).astype(float)

    def seen(self, rows: Indices) -> Indices:
        """Return how often each account posted or reposted among `rows`."""
        return np.bincount(self.account[rows], minlength=self.accounts)

    def tables(self, rows: Indices) -> dict[str, pl.DataFrame]:
        """Return signals, accounts and edges by the contracts."""
        reposted = np.bincount(self.parent[rows][self.parent[rows] >= 0], minlength=len(self.at))
        nothing = pl.lit([], dtype=pl.List(pl.String))
        signals = pl.DataFrame(
            {
                "id": names("n", rows),
                "created_at": moments(self.at[rows]),
                "author_id": names("u", self.account[rows]),
                "reposts": reposted[rows],
                "masked_text": [
                    letters(*each) for each in zip(rows, self.length[rows], strict=True)
                ],
            }
        ).with_columns(
            sentiment=pl.lit("neutral"),
            severity=pl.lit(0),
            platform=pl.lit("微博"),
            intents=nothing,
            complaint=nothing,
        )
        edge = rows[self.parent[rows] >= 0]
        edges = pl.DataFrame(
            {
                "source": names("u", self.account[edge]),
                "target": names("u", self.account[self.parent[edge]]),
                "at": moments(self.at[edge]),
            }
        ).with_columns(kind=pl.lit("repost"))
        return {"signals": signals, "accounts": self.profiles(rows), "edges": edges}

    def profiles(self, rows: Indices) -> pl.DataFrame:
        """Return the accounts table: the newest profile of each author of a post among `rows`."""
        newest = self.posts.loc[rows[rows < len(self.posts)]].sort_values("written")
        newest = newest.drop_duplicates("account", keep="last")
        return pl.DataFrame(
            {
                "account_id": names("u", newest["account"].to_numpy()),
                "followers": newest["followers"].to_numpy(),
                "following": newest["friends"].to_numpy(),
                "posts": newest["messages"].to_numpy(),
                "verified": newest["verified"].to_numpy(),
                "created_at": moments(newest["time"].to_numpy()),
            }
        )


def names(letter: str, numbers: Indices) -> list[str]:
    """Return ids."""
    return [f"{letter}{number}" for number in numbers.tolist()]


def letters(number: int, length: int) -> str:
    """Return a text of the length that opens like no other."""
    return (f"{number:012d}" + "字" * length)[:length]


def moments(seconds: Indices) -> pl.Series:
    """Return times in UTC."""
    return pl.Series(seconds.astype(np.int64) * 1_000_000).cast(pl.Datetime("us", "UTC"))


def read(data: Path) -> Cascades:
    """Return all cascades whose post is known."""
    posts = _posts(data / FOLDER / "original_microblog.jsonl")
    with lzma.open(data / FOLDER / "reposts_structure.tsv.xz") as file:
        reposts = pd.read_csv(file, sep="\t")
    place = pd.Series(posts.index, index=posts["event"])
    reposts = reposts[reposts["event"].isin(place.index)].sort_values(["event", "idx"])
    root = place.loc[reposts["event"]].to_numpy()
    node = len(posts) + np.arange(len(reposts))
    upper = node - reposts["idx"].to_numpy() + reposts["parent_idx"].to_numpy()
    # 14 reposts name a later one as their parent; they are taken as reposts of the post.
    parent = np.where((reposts["parent_idx"] < 0) | (upper >= node), root, upper)
    began = posts["written"].to_numpy()
    users = int(reposts["user"].max()) + 1
    writers = np.unique(posts["author"])
    posts["account"] = users + np.searchsorted(writers, posts["author"])
    return Cascades(
        account=np.concatenate([posts["account"], reposts["user"]]),
        parent=np.concatenate([np.full(len(posts), -1), parent]),
        at=np.concatenate([began, began[root] + reposts["t_sec"]]),
        began=np.concatenate([began, began[root]]),
        length=np.concatenate([posts["length"], reposts["text_len"]]),
        posts=posts,
        accounts=users + len(writers),
        first_author=users,
    )


def _posts(path: Path) -> pd.DataFrame:
    rows = []
    with path.open(encoding="utf-8") as file:
        for post in map(json.loads, file):
            if isinstance(post["user"], dict):
                profile = {name: post["user"][name] for name in PROFILE}
                author = post["file"].rsplit("_", 1)[-1]
                told = {"event": post["event"], "written": post["time"], "author": author}
                rows.append(told | {"length": len(post["text"])} | profile)
    return pd.DataFrame(rows)
