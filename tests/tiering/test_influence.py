"""Influence: an account by hand, discounts with their reasons, bands, networks, owners."""

from dataclasses import replace
from typing import Any

import pytest

import tiering
from nlp.labels import SENTIMENTS
from tests.tiering.tables import ENGINES, Row, account, days_ago, native, order, rows_of, signal
from tiering import load_policy
from tiering.policy import DepthPolicy, InfluenceWeights, Reactions

LAST_DAY = "2026-06-30"
LONG = "坚果里吃出虫子大家千万别买"
TAILS = ("", "！！！", "[怒]", "😡", " #云岭坚果#", "速看", " 求扩散")


def authors(
    signals: list[dict[str, Any]],
    accounts: list[dict[str, Any]] | None = None,
    edges: list[dict[str, Any]] | None = None,
    engine: str = "polars",
) -> dict[str, dict[str, Any]]:
    given = {"accounts": accounts, "edges": edges}
    tables = {name: native(engine, rows) for name, rows in given.items() if rows}
    found = tiering.influence(native(engine, signals), as_of=LAST_DAY, **tables)
    return {row["author_id"]: row for row in rows_of(found)}


def said(row: dict[str, Any], language: str = "en") -> str:
    return "\n".join(reason[language] for reason in row["reasons"])


def test_an_account_by_hand() -> None:
    posts = [signal(n, likes=10, replies=1, author_followers=1_000) for n in range(2)]
    row = authors(posts)["a1"]
    # 2 posts worth 10 likes + 2 for the reply: 24, between (10, 15) and (100, 35); followers: 15
    reach = 0.6 * (15 + 14 * 20 / 90) + 0.4 * 15
    # 5 characters between (0, 0) and (8, 20); both answered, neither judges nor names a matter
    depth = 0.6 * 12.5 + 0.2 * 100
    assert row["reach"] == pytest.approx(reach)
    assert row["depth"] == pytest.approx(depth)
    assert row["influence"] == pytest.approx((0.40 * reach + 0.05 * depth) / 0.45, abs=1e-6)
    assert (row["posts"], row["reactions"], row["followers"], row["kept"]) == (2, 22, 1_000, 1.0)
    assert row["audience"] is None
    assert row["network"] is None
    assert "posts 2, reactions 22, followers 1000" in said(row)
    assert "2 条内容，22 次互动，粉丝 1000" in said(row, "zh")


def test_old_reactions_count_half_after_the_half_life() -> None:
    fresh = authors([signal(1, likes=90)])["a1"]
    old = authors([signal(1, likes=180, created_at=days_ago(180))])["a1"]
    assert old["reach"] == pytest.approx(fresh["reach"], abs=1e-3)


@pytest.mark.parametrize(
    "changes",
    [{"role": "agent"}, {"channel": "transcript"}, {"author_id": None, "customer_id": None}],
    ids=["agent", "transcript", "nobody"],
)
def test_what_is_no_post(changes: dict[str, Any]) -> None:
    assert set(authors([signal(1), signal(2, author_id="x") | changes])) == {"a1"}


def test_a_customer_without_account_is_an_author_too() -> None:
    row = authors([signal(1, author_id=None)])["customer:c1"]
    assert row["customer_id"] == "c1"


HIDDEN = {"author_id": "匿名用户"}


def of_hidden(accounts: list[Row] | None = None, engine: str = "polars") -> dict[str, Row]:
    """Return the authors of two customers who post under one nickname, and of one unknown."""
    posts = [
        signal(1, **HIDDEN, likes=5),
        signal(2, **HIDDEN, customer_id="c2", likes=70, author_followers=900),
        signal(3, customer_id="c2", author_id="a2", likes=3),
        signal(4, **HIDDEN, customer_id=None, likes=11),
        signal(5, author_id="a3", customer_id="c3"),
    ]
    return authors(posts, accounts, engine=engine)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "accounts", [None, [account("匿名用户")], [account("a3")]], ids=["none", "unowned", "other"]
)
def test_customers_who_share_a_nickname_have_their_own_posts(
    accounts: list[Row] | None, engine: str
) -> None:
    found = of_hidden(accounts, engine)
    assert {name: (row["customer_id"], row["reactions"]) for name, row in found.items()} == {
        "customer:c1": ("c1", 5),
        "customer:c2": ("c2", 70),
        "a2": ("c2", 3),
        "匿名用户": (None, 11),
        "a3": ("c3", 0),
    }
    assert (found["customer:c1"]["followers"], found["customer:c2"]["followers"]) == (0, 900)


def test_an_account_with_an_owner_is_no_shared_nickname() -> None:
    found = of_hidden([account("匿名用户", customer_id="c2")])
    assert (found["匿名用户"]["customer_id"], found["匿名用户"]["posts"]) == ("c2", 3)
    assert "customer:c1" not in found


BURSTS = {
    "five in ten minutes": (5, 2, TAILS, 1),
    "four with other tails": (4, 1, TAILS[3:], 1),
    "three are too few": (3, 1, TAILS, 0),
    "hours lie between": (5, 180, TAILS, 0),
}


@pytest.mark.parametrize("case", BURSTS)
def test_copies_in_a_short_time_are_one_campaign(case: str) -> None:
    number, minutes, tails, coordinated = BURSTS[case]
    posts = [
        signal(
            n,
            author_id=f"b{n}",
            created_at=days_ago(1 + n * minutes / 1_440),
            masked_text=LONG + tails[n],
        )
        for n in range(number)
    ]
    found = authors([*posts, signal(99, masked_text="等了三天，坚果很新鲜也很脆")])
    for n in range(number):
        row = found[f"b{n}"]
        assert row["kept"] == pytest.approx(0.2 if coordinated else 1.0)
        assert ("open like those of other accounts" in said(row)) == bool(coordinated)
    assert found["a1"]["kept"] == 1.0


def test_a_burst_over_the_edge_of_a_window_is_found() -> None:
    for start in range(0, 60, 7):
        posts = [
            signal(
                n,
                author_id=f"b{n}",
                created_at=days_ago(1 - (start + 7 * n) / 1_440),
                masked_text=LONG,
            )
            for n in range(4)
        ]
        kept = [row["kept"] for row in authors(posts).values()]
        assert kept == pytest.approx([0.2] * 4), start


def test_short_words_prove_nothing_and_one_account_is_no_group() -> None:
    short = [signal(n, author_id=f"b{n}", masked_text="很好，推荐") for n in range(9)]
    alone = [signal(50 + n, author_id="fan", masked_text=LONG) for n in range(9)]
    assert {row["kept"] for row in authors(short + alone).values()} == {1.0}


def test_adverts_are_discounted() -> None:
    row = authors([signal(1, spam=True), signal(2)])["a1"]
    assert row["kept"] == pytest.approx(0.75)
    assert "of 2 posts 1 are adverts" in said(row)
    assert "计分保留 75%；2 条内容中 1 条为广告" in said(row, "zh")


SIGNS: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "silent": ({"followers": 50_000}, {"likes": 3}, "hardly a reaction"),
    "likes": ({}, {"likes": 2_000, "replies": 1}, "hardly a reply"),
    "newborn": (
        {"followers": 20_000, "created_at": days_ago(5)},
        {"likes": 900, "replies": 9},
        "newly registered",
    ),
    "seeking": (
        {"followers": 9, "following": 400, "created_at": days_ago(5)},
        {},
        "newly registered",
    ),
}


@pytest.mark.parametrize("case", SIGNS)
def test_signs_of_a_fake_audience(case: str) -> None:
    of_account, of_post, reason = SIGNS[case]
    row = authors([signal(1, **of_post)], [account("a1", **of_account)])["a1"]
    assert row["kept"] == pytest.approx(0.8)
    assert reason in said(row)
    plain = authors([signal(1, likes=30, replies=3)], [account("a1")])["a1"]
    assert plain["kept"] == 1.0


def test_the_largest_accounts_are_not_suspect_for_their_size() -> None:
    # Twenty reactions a post are asked of 100,000 followers, and no more of fifty million.
    large = account("a1", followers=50_000_000)
    assert authors([signal(1, reposts=20)], [large])["a1"]["kept"] == 1.0
    assert authors([signal(1, reposts=19)], [large])["a1"]["kept"] == pytest.approx(0.8)


BANDS = [
    ("小红书", 999, "ordinary"),
    ("小红书", 1_000, "koc"),
    ("xiaohongshu", 300_000, "kol_head"),
    ("抖音", 300_000, "kol_tail"),
    ("Douyin", 5_000_000, "kol_head"),
    ("微博", 4_999, "ordinary"),
    ("微博", 5_000, "koc"),
    ("微博", 300_000, "kol_waist"),
    (None, 1_000_000, "kol_head"),
]


@pytest.mark.parametrize(("platform", "followers", "band"), BANDS)
def test_bands_by_platform(platform: str | None, followers: int, band: str) -> None:
    row = authors([signal(1, platform=platform, author_followers=followers)])["a1"]
    assert row["band"] == band


def test_a_grown_account_counts_more_than_a_new_one() -> None:
    grown = account("a1", followers=20_000, verified=True, posts=2_000)
    fresh = account("a2", followers=20_000, following=9_000, posts=3, created_at=days_ago(40))
    posts = [signal(n, author_id=name, likes=400, replies=9) for n, name in enumerate(("a1", "a2"))]
    found = authors(posts, [grown, fresh])
    assert found["a1"]["audience"] > found["a2"]["audience"] + 30
    assert found["a1"]["influence"] > found["a2"]["influence"]


def test_accounts_that_never_posted_are_scored_by_their_followers() -> None:
    found = authors([signal(1)], [account("big", followers=900_000), account("a1")])
    assert found["big"]["posts"] == 0
    assert found["big"]["influence"] > found["a1"]["influence"]


def test_who_is_followed_is_heard() -> None:
    edges = [{"source": f"f{n}", "target": "a2", "kind": "follow"} for n in range(6)]
    found = authors([signal(1), signal(2, author_id="a2")], edges=edges)
    # Rates of posting and reposting, half a post and half a repost added: a2 1.5 and 0.5, fans 0.5
    # and 0.5; own share of the own wall: a2 0.75, fans 0.5. A fan's feed holds a2 alone (rate 2),
    # so a fan's wall, one half reposts, carries 0.5 / 2 * 1.5 = 0.375 of a2's posts.
    # Scores times 7: a2 0.75 + 6 * 0.375 = 3, fans 0.5 each; their mean 6 / 7; a2 3.5 times that.
    # The star of six fans is a 1-core: 20 points of the core.
    average = 20 + (3.5 - 3) * (35 - 20) / (10 - 3)
    assert found["a2"]["network"] == pytest.approx(0.75 * average + 0.25 * 20)
    assert found["a1"]["network"] == 0
    assert "heard 3.5 times as much as the average account, in the 1-core" in said(found["a2"])


def test_a_post_that_nobody_reacted_to_has_no_depth() -> None:
    found = authors([signal(1, masked_text=LONG * 9), signal(2, author_id="a2", likes=1)])
    assert found["a1"]["depth"] == 0
    assert found["a2"]["depth"] > 0


JUDGING = {"sentiment": "negative"}
QUALITY: dict[str, tuple[dict[str, Any], float, str]] = {
    # 5 letters 12.5 points of 60 %; nothing else
    "short and neutral": ({}, 0.6 * 12.5, "of 1 posts answered 0, judging 0, naming a matter 0"),
    "long": ({"masked_text": "好" * 150}, 0.6 * 100, "answered 0, judging 0, naming a matter 0"),
    "blank is no length": ({"masked_text": "今 天\n收到了"}, 0.6 * 12.5, "naming a matter 0"),
    "names one matter": (
        {"intents": ["suggestion"]},
        0.6 * 12.5 + 0.1 * 60,
        "answered 0, judging 0, naming a matter 1",
    ),
    "names three": (
        {"intents": ["complaint", "request"], "complaint": ["quality"]},
        0.6 * 12.5 + 0.1 * 100,
        "naming a matter 1",
    ),
    "praises": ({"sentiment": "positive"}, 0.6 * 12.5 + 0.1 * 100, "judging 1"),
    "blames": (JUDGING, 0.6 * 12.5 + 0.1 * 100, "judging 1"),
    "not sure": (JUDGING | {"abstained": True}, 0.6 * 12.5, "judging 0"),
    "answered": ({"replies": 1}, 0.6 * 12.5 + 0.2 * 100, "answered 1"),
    "nobody reacted": (JUDGING | {"likes": 0, "masked_text": "好" * 150}, 0, "judging 0"),
}


@pytest.mark.parametrize("case", QUALITY)
def test_quality_is_length_information_judgement_and_being_answered(case: str) -> None:
    changes, depth, told = QUALITY[case]
    row = authors([signal(1, **{"likes": 1} | changes)])["a1"]
    assert row["depth"] == pytest.approx(depth)
    assert told in said(row)


def test_a_policy_that_knows_length_and_answers_alone_gives_what_it_gave() -> None:
    rules = load_policy()
    plain = DepthPolicy(rules.influence.depth.characters, answered_share=0.4)
    posts = native("polars", [signal(1, replies=1, **JUDGING)])
    policy = replace(rules, influence=replace(rules.influence, depth=plain))
    (row,) = rows_of(tiering.influence(posts, as_of=LAST_DAY, policy=policy))
    assert row["depth"] == pytest.approx(0.6 * 12.5 + 0.4 * 100)


PRAISE = {"sentiment": "positive"}
OPINIONS: dict[str, tuple[list[dict[str, Any]], float | None, str]] = {
    # two neutral voices are added: 2 of 4
    "two praises": ([PRAISE, PRAISE], 0.5, "opinion of us 75.0/100: NSR 50%, positive 2"),
    "one of each": ([PRAISE, JUDGING], 0.0, "NSR 0%, positive 1, negative 1"),
    "one blame": ([JUDGING], -1 / 3, "NSR -33%, positive 0, negative 1"),
    "neutral": ([{}], None, "opinion of us 50.0/100: NSR –, positive 0, negative 0"),
    "advert and abstained": (
        [PRAISE | {"spam": True}, JUDGING | {"abstained": True}],
        None,
        "NSR –, positive 0, negative 0",
    ),
    # a blame of 180 days ago counts half: (1 - 0.5) / (1.5 + 2)
    "old blame": ([PRAISE, JUDGING | {"created_at": days_ago(180)}], 1 / 7, "negative 1"),
}


@pytest.mark.parametrize("case", OPINIONS)
def test_net_sentiment_of_what_an_account_says(case: str) -> None:
    changes, nsr, told = OPINIONS[case]
    row = authors([signal(n, **each) for n, each in enumerate(changes)])["a1"]
    assert row["nsr"] == (None if nsr is None else pytest.approx(nsr, abs=1e-5))
    assert told in said(row)


@pytest.mark.parametrize("engine", ENGINES)
def test_opinion_counts_what_the_policy_gives_it(engine: str) -> None:
    posts = [signal(n, author_id=f"a{n}", sentiment=s) for n, s in enumerate(SENTIMENTS)]
    plain = {n: row["influence"] for n, row in authors(posts, engine=engine).items()}
    assert len(set(plain.values())) == 1, "as shipped, who speaks ill of us is heard as far"
    rules = load_policy()
    weights = InfluenceWeights(reach=0.5, depth=0.1, audience=0.0, network=0.0, opinion=0.4)
    policy = replace(rules, influence=replace(rules.influence, weights=weights))
    given = native(engine, posts)
    rows = rows_of(tiering.influence(given, as_of=LAST_DAY, policy=policy))
    found = [row["influence"] for row in rows]
    assert found == pytest.approx([0.4 * 100 / 3, 0.4 * 50, 0.4 * 200 / 3], abs=1e-4)
    scores = rows_of(
        tiering.score(native(engine, [order(1)]), given, as_of=LAST_DAY, policy=policy)
    )
    assert any(
        "NSR" in each["en"] and "of what it says about us" in each["en"]
        for each in scores[0]["reasons"]
    )


LOOP = {"source": "a1", "target": "a1", "kind": "repost"}


@pytest.mark.parametrize("engine", ENGINES)
def test_who_answers_only_himself_is_heard_by_nobody(engine: str) -> None:
    answered = {"source": "f", "target": "a2", "kind": "reply"}
    posts = [signal(1), signal(2, author_id="a2")]
    found = authors(posts, edges=[LOOP, LOOP, answered], engine=engine)
    assert found["a1"]["network"] == 0
    assert found["a2"]["network"] > 0
    alone = authors(posts, edges=[LOOP], engine=engine)
    assert alone["a1"]["network"] == 0


def test_the_owner_is_the_account_s_before_the_post_s() -> None:
    found = authors([signal(1, customer_id="c9")], [account("a1", customer_id="c5")])
    assert found["a1"]["customer_id"] == "c5"


def test_impressions_count_as_likes_by_the_policy() -> None:
    """Two hundred impressions are a like as shipped; a policy may leave them out."""
    shipped = load_policy()
    plain = replace(shipped.influence, reactions=Reactions(1, 2, 2, 3))
    posts = native("polars", [signal(1, impressions=20_199)])
    shown = authors([signal(1, impressions=20_199)])["a1"]
    (left_out,) = rows_of(
        tiering.influence(posts, as_of=LAST_DAY, policy=replace(shipped, influence=plain))
    )
    assert shown["reach"] == authors([signal(1, likes=100)])["a1"]["reach"]
    assert left_out["reach"] == authors([signal(1)])["a1"]["reach"] < shown["reach"]
    assert "posts 1, reactions 0, impressions 20199, followers 0" in said(shown)
    assert "1 条内容，0 次互动，曝光 20199 次，粉丝 0" in said(shown, "zh")
