"""Followers that came at once, and accounts that repost together: by hand."""

from typing import Any

import pytest

import tiering
from tests.tiering.tables import ENGINES, Row, account, days_ago, native, rows_of, signal
from tiering.check import check
from tiering.frames import collect
from tiering.times import moment_of

LAST_DAY = "2026-06-30"


def authors(
    accounts: list[Row], posts: list[Row], edges: list[Row] | None = None
) -> dict[str, dict[str, Any]]:
    more = {"edges": native("polars", edges)} if edges else {}
    found = tiering.influence(
        native("polars", posts), as_of=LAST_DAY, accounts=native("polars", accounts), **more
    )
    return {row["author_id"]: row for row in rows_of(found)}


def said(row: dict[str, Any], language: str = "en") -> str:
    return "\n".join(reason[language] for reason in row["reasons"])


def seen(followers: int, days: float | None, **changes: Any) -> Row:
    """Return what was known of the account so many days ago; None: nobody knows when."""
    known = None if days is None else days_ago(days)
    return account("a1", followers=followers, **changes) | {"known_at": known}


QUIET = {"likes": 90, "replies": 9}
GROWTH: dict[str, tuple[list[Row], Row, str]] = {
    "at once": (
        [seen(10_000, 12), seen(60_000, 10)],
        {},
        "followers grew from 10000 by 50000 in 2 days, more than its posts explain",
    ),
    "from nothing": ([seen(0, 11), seen(1_000, 10)], {}, "grew from 0 by 1000 in 1 days"),
    "within an hour counts as a day": (
        [seen(500, 10), seen(1_600, 10 - 1 / 24)],
        {},
        "grew from 500 by 1100 in 1 days",
    ),
    "of three the largest": (
        [seen(1_000, 30), seen(9_000, 29), seen(60_000, 28)],
        {},
        "grew from 9000 by 51000 in 1 days",
    ),
    "then lost again": ([seen(100, 9), seen(9_000, 8), seen(200, 7)], {}, "grew from 100 by 8900"),
    "a thousand a day, too few": ([seen(10_000, 12), seen(11_999, 10)], {}, ""),
    "a tenth a day, too few": ([seen(100_000, 11), seen(109_999, 10)], {}, ""),
    "slow": ([seen(10_000, 400), seen(60_000, 10)], {}, ""),
    "lost": ([seen(60_000, 12), seen(10_000, 10)], {}, ""),
    "one snapshot": ([seen(60_000, 10)], {}, ""),
    "nobody knows when": ([seen(10, None), seen(60_000, 10)], {}, ""),
    "not yet known": ([seen(10_000, 10), seen(60_000, -2)], {}, ""),
    "two at one moment are no growth": ([seen(10, 10), seen(60_000, 10), seen(60_000, 1)], {}, ""),
    "its post went round": (
        [seen(10_000, 12), seen(60_000, 10)],
        {"created_at": days_ago(18), "reposts": 60_000},
        "",
    ),
    "its post was before": (
        [seen(10_000, 12), seen(60_000, 10)],
        {"created_at": days_ago(19.5), "reposts": 60_000},
        "grew from 10000",
    ),
    "its post came later": (
        [seen(10_000, 12), seen(60_000, 10)],
        {"created_at": days_ago(9), "reposts": 60_000},
        "grew from 10000",
    ),
}


@pytest.mark.parametrize("case", GROWTH)
def test_followers_that_came_at_once(case: str) -> None:
    accounts, post, told = GROWTH[case]
    row = authors(accounts, [signal(1, **QUIET | dict(post))])["a1"]
    assert row["kept"] == pytest.approx(0.8 if told else 1.0)
    assert told in said(row)
    assert ("followers grew" in said(row)) == bool(told)
    assert ("粉丝由" in said(row, "zh")) == bool(told)


def test_growth_is_seen_from_the_day_on_that_it_is_known() -> None:
    rows = [seen(10_000, 12), seen(60_000, 10), seen(61_000, 1)]
    kept = [
        rows_of(
            tiering.influence(
                native("polars", [signal(1, created_at=days_ago(40), **QUIET)]),
                as_of=days_ago(days),
                accounts=native("polars", rows),
            )
        )[0]
        for days in (11, 9, 0)
    ]
    assert [row["kept"] for row in kept] == pytest.approx([1.0, 0.8, 0.8])
    assert [row["followers"] for row in kept] == [10_000, 60_000, 61_000]


@pytest.mark.parametrize("engine", ENGINES)
def test_older_snapshots_are_counted_and_no_row_is_lost(engine: str) -> None:
    rows = [seen(1, 3), seen(2, 2), seen(3, 1), account("a2") | {"known_at": None}]
    checked = check(native(engine, rows), "accounts", moment_of(LAST_DAY))
    counts = checked.counts()
    assert (counts.rows, counts.used, counts.superseded) == (4, 2, 2)
    history = checked.history()
    assert history is not None
    assert sorted(collect(history)["followers"].to_pylist()) == [1, 2, 3, 1_000]


NAMES = tuple(f"b{number}" for number in range(60))


def reposts(
    number: int = 4, times: int = 2, seconds: float = 60, kind: str = "repost", days: float = 5
) -> list[Row]:
    """Return `times` rounds in which so many accounts repost the same, so many seconds apart."""
    return [
        {
            "source": name,
            "target": f"star{round_}",
            "kind": kind,
            "at": days_ago(days + round_ - place * seconds / 86_400),
        }
        for round_ in range(times)
        for place, name in enumerate(NAMES[:number])
    ]


ALONE = {"source": "b0", "target": "friend", "kind": "repost", "at": days_ago(3)}
GROUPS: dict[str, tuple[list[Row], float, str]] = {
    "four twice": (reposts(), 0.2, "of 2 reposts 2 within moments of the same others"),
    "half of its reposts": (
        [*reposts(), ALONE, ALONE | {"target": "other"}],
        0.6,
        "of 4 reposts 2 within moments of the same others",
    ),
    "over the edge of a window": (reposts(days=5.0003, seconds=45), 0.2, "of 2 reposts 2"),
    "three are too few": (reposts(number=3), 1.0, ""),
    "once is chance": (reposts(times=1), 1.0, ""),
    "ten minutes apart": (reposts(seconds=600), 1.0, ""),
    "answers are talk": (reposts(kind="reply"), 1.0, ""),
    "what all pass on is news": (reposts(number=51, seconds=1), 1.0, ""),
    "nobody knows when": ([edge | {"at": None} for edge in reposts()] + [ALONE], 1.0, ""),
    "of himself": ([edge | {"target": edge["source"]} for edge in reposts()] + [ALONE], 1.0, ""),
}


@pytest.mark.parametrize("case", GROUPS)
def test_accounts_that_repost_together(case: str) -> None:
    edges, kept, told = GROUPS[case]
    posts = [signal(1, author_id="b0", **QUIET), signal(2, author_id="b1", **QUIET)]
    row = authors([account("b0"), account("star0")], posts, edges)["b0"]
    assert row["kept"] == pytest.approx(kept)
    assert told in said(row)
    assert ("moments of the same others" in said(row)) == bool(told)
    assert ("几乎同时" in said(row, "zh")) == bool(told)


def test_the_order_of_reposts_changes_nothing_and_who_is_reposted_is_no_suspect() -> None:
    accounts, posts = [account("star0")], [signal(1, author_id="b0"), signal(2, author_id="star0")]
    found = authors(accounts, posts, reposts())
    assert authors(accounts, posts, reposts()[::-1]) == found
    assert found["star0"]["kept"] == 1.0
