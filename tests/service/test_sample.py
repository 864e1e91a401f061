"""The shipped sample keeps its contract: counts, channels, determinism, what is planted."""

import csv
import json
import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.schema import CHANNELS, FEEDBACK_CONTEXT, FEEDBACK_COUNTS, ROLES
from nlp.surveillance import mentions_from_rows, surveil
from service import sample
from service.sample import END, SEED, SamplePaths, write_sample
from service.sample.brand import GOODS, PRODUCTS
from service.sample.calendar import ZONE
from service.sample.generate import make_sample, numbered
from service.sample.pieces import Piece
from service.sample.texts import FAMILIES, SLOTS, handwritten
from tiering import load_policy
from tiering.check import check
from tiering.suspects import co_reposts
from tiering.times import moment_of

Row = dict[str, str]
SALE_DAYS = 4
HAND_TEXTS = [text for family in FAMILIES for text in handwritten(family)]
WRITTEN = {text.key: text for text in HAND_TEXTS}
README = (Path(sample.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> SamplePaths:
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def feedback(paths: SamplePaths) -> list[Row]:
    return _csv(paths.feedback)


@pytest.fixture(scope="module")
def turns(paths: SamplePaths) -> list[dict[str, object]]:
    return [json.loads(line) for line in paths.transcripts.read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def truth(paths: SamplePaths) -> dict[str, dict[str, list[str]]]:
    written: dict[str, dict[str, list[str]]] = json.loads(paths.truth.read_text("utf-8"))
    return written


def _csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _when(row: Row) -> datetime:
    return datetime.fromisoformat(row["created_at"])


def test_front_door() -> None:
    assert sample.__all__ == ["END", "SEED", "SamplePaths", "labelled_texts", "write_sample"]


@pytest.mark.parametrize(
    ("what", "least"),
    [("comment", 400), ("review", 400), ("turn", 350), ("session", 60), ("all", 900)],
)
def test_there_is_enough_of_it(
    feedback: list[Row], turns: list[dict[str, object]], what: str, least: int
) -> None:
    counted = Counter(row["channel"] for row in feedback)
    counted["turn"] = len(turns)
    counted["session"] = len({turn["session_id"] for turn in turns})
    counted["all"] = len(feedback) + len(turns)
    assert counted[what] >= least


def test_columns_are_the_contract(feedback: list[Row], turns: list[dict[str, object]]) -> None:
    contract = {"id", "text", *FEEDBACK_CONTEXT}
    assert set(feedback[0]) == contract
    assert {column for turn in turns for column in turn} <= contract
    assert {row["channel"] for row in feedback} | {"transcript"} <= set(CHANNELS)
    assert {turn["role"] for turn in turns} == set(ROLES)


def test_ids_are_unique_and_parents_exist_and_are_older(
    feedback: list[Row], turns: list[dict[str, object]]
) -> None:
    ids = [row["id"] for row in feedback] + [str(turn["id"]) for turn in turns]
    at = {row["id"]: _when(row) for row in feedback}
    assert len(ids) == len(set(ids))
    replies = [row for row in feedback if row["parent_id"]]
    assert len(replies) > 50
    assert all(at[row["parent_id"]] < at[row["id"]] for row in replies)


def test_rows_are_plausible(feedback: list[Row]) -> None:
    for row in feedback:
        assert row["text"].strip()
        assert row["product"] in {product.name for product in PRODUCTS.values()}
        assert all(int(row[count] or 0) >= 0 for count in FEEDBACK_COUNTS)
        assert row["rating"] in {"", "1", "2", "3", "4", "5"}
        assert not re.search(r"[{}]", row["text"])


@pytest.mark.parametrize("end", [END, date(2024, 3, 1)], ids=str)
def test_all_happens_in_sixty_days_to_the_end(tmp_path: Path, end: date) -> None:
    written = write_sample(tmp_path, end=end)
    days = [_when(row).date() for row in _csv(written.feedback)]
    assert min(days) >= end - timedelta(days=59)
    assert max(days) <= end
    orders = [datetime.fromisoformat(row["ordered_at"]).date() for row in _csv(written.orders)]
    assert max(orders) <= end
    assert all(_when(row).utcoffset() == timedelta(hours=8) for row in _csv(written.feedback))


def test_same_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        write_sample(tmp_path / name, seed=seed)
        for name, seed in [("first", 7), ("again", 7), ("other", 8)]
    )
    for column in SamplePaths.__dataclass_fields__:
        assert getattr(first, column).read_bytes() == getattr(again, column).read_bytes(), column
    assert first.feedback.read_bytes() != other.feedback.read_bytes()


def test_customers_orders_and_signals_join(
    paths: SamplePaths, feedback: list[Row], turns: list[dict[str, object]]
) -> None:
    orders = _csv(paths.orders)
    buyers = {order["customer_id"] for order in orders}
    speaking = {row["customer_id"] for row in feedback} | {str(t["customer_id"]) for t in turns}
    assert len(buyers) >= 150
    assert len(buyers & speaking) >= 100
    assert all(0 <= int(order["refunded"]) <= int(order["amount"]) for order in orders)
    assert 0.02 < sum(order["refunded"] != "0" for order in orders) / len(orders) < 0.2
    amounts = sorted(int(order["amount"]) for order in orders)
    assert amounts[-1] > 20 * amounts[len(amounts) // 2]
    visitors = {event["customer_id"] for event in _csv(paths.engagement)}
    assert len(visitors & buyers) >= 150


def test_graph_names_known_accounts_only(paths: SamplePaths, feedback: list[Row]) -> None:
    accounts = {row["account_id"]: row for row in _csv(paths.accounts)}
    edges = _csv(paths.edges)
    assert {edge["kind"] for edge in edges} == {"follow", "repost", "reply"}
    assert {end for edge in edges for end in (edge["source"], edge["target"])} <= set(accounts)
    assert all(edge["source"] != edge["target"] for edge in edges)
    authors = {row["author_id"] for row in feedback if row["channel"] == "comment"}
    assert authors <= set(accounts)


def test_the_crisis_grows_over_ten_hours_in_the_last_week(
    feedback: list[Row], truth: dict[str, dict[str, list[str]]]
) -> None:
    ids = set(truth["crisis"]["ids"])
    posts = [row for row in feedback if row["id"] in ids]
    start = _when(posts[0])
    hours = Counter(int((_when(post) - start).total_seconds() // 3600) for post in posts)
    assert 80 <= len(posts) == len(ids) <= 120
    assert (END - start.date()).days < 7
    assert sum(hours[hour] for hour in range(5)) < sum(hours[hour] for hour in range(5, 10))
    assert sum(hours[hour] for hour in range(10)) >= 85
    assert len({post["region"] for post in posts}) >= 5
    assert {post["product"] for post in posts} == {PRODUCTS["kettle"].name}
    assert max(int(post["author_followers"]) for post in posts[:8]) > 1_000_000


def test_the_attackers_are_those_who_repost_together(
    paths: SamplePaths, truth: dict[str, dict[str, list[str]]]
) -> None:
    rules = load_policy().influence.co_reposts
    assert rules is not None
    edges = check(pl.DataFrame(_csv(paths.edges)), "edges", moment_of(END)).good
    found = co_reposts(edges, rules).collect().to_native()
    assert set(found["author_id"]) == set(truth["attack"]["accounts"])


def test_the_attack_is_new_accounts_saying_one_thing_within_forty_minutes(
    paths: SamplePaths, feedback: list[Row], truth: dict[str, dict[str, list[str]]]
) -> None:
    attackers = set(truth["attack"]["accounts"])
    posts = [row for row in feedback if row["id"] in set(truth["attack"]["ids"])]
    accounts = [row for row in _csv(paths.accounts) if row["account_id"] in attackers]
    reposts = [e for e in _csv(paths.edges) if {e["source"], e["target"]} <= attackers]
    assert 25 <= len(posts) <= 35
    assert len(accounts) == 12
    assert _when(posts[-1]) - _when(posts[0]) <= timedelta(minutes=40)
    assert all(int(account["followers"]) < 30 for account in accounts)
    assert all(_when(posts[0]) - _when(account) < timedelta(days=12) for account in accounts)
    assert len(reposts) > 60
    assert {post["author_id"] for post in posts} == attackers


def test_an_id_tells_nothing_about_what_is_planted(
    feedback: list[Row], truth: dict[str, dict[str, list[str]]]
) -> None:
    planted = set(truth["crisis"]["ids"]) | set(truth["attack"]["ids"])
    in_time = [row["id"] for row in sorted(feedback, key=lambda row: row["id"])]
    assert planted <= set(in_time)
    assert [row["id"] for row in sorted(feedback, key=_when)] == in_time
    assert not {"crisis", "attack", "planted"} & set(feedback[0])


def test_the_sale_brings_more_praise_and_more_complaints_in_the_usual_proportion() -> None:
    made = make_sample()
    intents = {text.key: text.intents for text in HAND_TEXTS}
    sale = {made.calendar.promotion + timedelta(days=day) for day in range(SALE_DAYS)}
    said = [piece for piece in made.pieces if piece.handle.startswith(("comment-", "review-"))]
    during = [piece for piece in said if piece.created_at.date() in sale]

    def count(pieces: list[Piece], intent: str) -> int:
        return sum(intent in intents[piece.source] for piece in pieces)

    for intent in ("praise", "complaint"):
        assert count(during, intent) > 1.2 * count(said, intent) * SALE_DAYS / 60
    usual = count(said, "complaint") / len(said)
    assert count(during, "complaint") / len(during) == pytest.approx(usual, abs=0.15)
    sold = Counter(order.ordered_at.date() for order in made.orders)
    assert sold[made.calendar.promotion] == max(sold.values())


@pytest.mark.parametrize(
    "pattern",
    [r"1990000\d{4}", r"\d{17}[\dX]", r"622202\d{13}", r"@example\.com", r"虚构路", r"wx_yunling_"],
    ids=["mobile", "identity", "card", "e-mail", "address", "wechat"],
)
def test_personal_data_is_there_to_be_masked(feedback: list[Row], pattern: str) -> None:
    assert any(re.search(pattern, row["text"]) for row in feedback)


@pytest.mark.parametrize("text", ["用咗", "雲嶺", "氣炸鍋"], ids=["cantonese", "brand", "fryer"])
def test_traditional_script_and_cantonese_are_there(feedback: list[Row], text: str) -> None:
    assert any(text in row["text"] for row in feedback)


def test_the_hand_written_texts_are_many_and_distinct() -> None:
    assert len({text.key for text in HAND_TEXTS}) == len(HAND_TEXTS)
    assert len({text.text for text in HAND_TEXTS if text.role == "customer"}) >= 500


@pytest.mark.parametrize("family", FAMILIES)
def test_every_text_follows_the_label_guide(family: str) -> None:
    for text in handwritten(family):
        assert text.sentiment in SENTIMENTS, text.key
        assert set(text.intents) <= set(INTENTS), text.key
        assert set(text.complaint) <= set(COMPLAINTS), text.key
        assert len(text.complaint) <= 3, text.key
        assert bool(text.complaint) == ("complaint" in text.intents) == (text.severity > 0)
        assert text.severity in SEVERITIES, text.key
        assert text.products, text.key
        assert set(text.products) <= set(PRODUCTS), text.key
        assert set(re.findall(r"\{(\w+)\}", text.text)) <= {*SLOTS, "product"}, text.key
        assert text.role in ROLES, text.key


def test_an_unknown_family_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(KeyError, match="reviews, comments"):
        handwritten("poems")


def test_labels_hold_every_customer_text_once(paths: SamplePaths) -> None:
    lines = [json.loads(line) for line in paths.labels.read_text("utf-8").splitlines()]
    written = {text.key for text in HAND_TEXTS if text.role == "customer"}
    assert {line["id"] for line in lines} == written
    assert len(lines) == len(written)


def test_goods_have_shares_that_sum_to_one() -> None:
    assert sum(PRODUCTS[key].share for key in GOODS) == pytest.approx(1.0)


@pytest.mark.parametrize("fact", ["texts", "crisis", "attack"])
def test_readme_states_the_counts(truth: dict[str, dict[str, list[str]]], fact: str) -> None:
    count = {
        "texts": len(HAND_TEXTS),
        "crisis": len(truth["crisis"]["ids"]),
        "attack": len(truth["attack"]["ids"]),
    }[fact]
    assert len(re.findall(rf"\b{count}\b|{count}(?= 条)", README)) >= 2


@pytest.mark.parametrize("seed", [SEED, 1, 2])
def test_who_reads_like_the_writer_hears_the_crisis_and_the_attack_and_nothing_else(
    seed: int,
) -> None:
    made = make_sample(seed)
    rows = [as_the_writer_reads(row) for row in numbered(made.pieces)]
    end = datetime.combine(made.calendar.end, time(23, 59), ZONE)
    surges = surveil(mentions_from_rows(rows), as_of=end)
    planted = {
        name: [str(row["id"]) for row in rows if str(row["handle"]).startswith(name)]
        for name in ("attack", "crisis")
    }
    assert [surge.suspected_coordination for surge in surges] == [True, False]
    for surge, (name, ids) in zip(surges, planted.items(), strict=True):
        both = set(surge.ids) & set(ids)
        assert len(both) > 0.7 * len(ids), name
        assert len(both) > 0.7 * len(surge.ids), name


def as_the_writer_reads(row: dict[str, object]) -> dict[str, object]:
    text = WRITTEN[str(row["source"])]
    return {
        **row,
        "sentiment": text.sentiment,
        "intents": list(text.intents),
        "complaint": list(text.complaint),
        "severity": text.severity,
        "masked_text": row["text"],
        "spam": str(row["handle"]).startswith("advert"),
    }
