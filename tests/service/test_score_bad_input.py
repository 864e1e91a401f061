"""`tingyin score` on bad input, phrase by phrase: counted, told or refused; nothing is lost."""

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from service.cli import build_app, exit_code_of
from service.commands.score_record import record_path
from service.exit_codes import ExitCode
from tests.service.test_score import put, read, run
from tests.service.test_score_record import DAY, files_of
from tests.tiering.tables import NOON, Row, account, days_ago, event, order, signal
from tiering import load_policy

Tables = Mapping[str, list[Row]]


def edge(source: str, target: str) -> Row:
    return {"source": source, "target": target, "kind": "reply", "at": days_ago(3)}


def merge(old: str, new: str, **changes: object) -> Row:
    return {"old_id": old, "new_id": new, **changes}


def scored(tables: Tables, folder: Path, *more: object) -> tuple[dict[str, Any], list[Any], str]:
    """Return the run record, the rows, and what was printed."""
    output = folder / "tiers.jsonl"
    done = run(*files_of(folder / "in", tables), *DAY, "--engine", "polars", *more, "-o", output)
    assert done.exit_code == 0, done.output
    record = json.loads(record_path(output).read_text(encoding="utf-8"))
    for table in record["inputs"].values():
        used = table["used"] + table["later"] + table["superseded"]
        assert table["rows"] == used + sum(table["refused"].values())
    return record, read(output), done.output


PEOPLE = {
    "orders": [order(1, "buys"), order(2, "both")],
    "signals": [signal(1, customer_id="talks"), signal(2, customer_id="both", author_id="a2")],
    "engagement": [event("view", customer="clicks"), event("view", customer="both")],
    "accounts": [account("a9", customer_id="owns")],
}


def test_customers_by_what_is_known_of_them(tmp_path: Path) -> None:
    record, rows, said = scored(PEOPLE, tmp_path)
    assert [row["customer_id"] for row in rows] == ["both", "buys", "clicks", "owns", "talks"]
    assert record["population"] == {
        "customers": 5,
        "without_orders": 3,
        "without_text": 3,
        "only_text": 1,
        "only_account": 1,
    }
    assert "without orders 3, without text 3, with text only 1, known by an account only 1" in said
    for row in rows:
        assert 0 <= row["score"] <= 100
        assert row["reasons"]


ONE = order(1)
FATES: dict[str, tuple[str, list[Row], tuple[int, int, int, dict[str, int]]]] = {
    "the same order twice": ("orders", [ONE, ONE], (1, 0, 0, {"duplicate": 1})),
    "two orders of one id": ("orders", [ONE, order(1, amount=7)], (1, 0, 0, {"conflict": 1})),
    "an order known better": (
        "orders",
        [order(1, known_at=days_ago(9), amount=5), order(1, known_at=days_ago(8))],
        (1, 0, 1, {}),
    ),
    "other currencies": (
        "orders",
        [order(1, currency="CNY"), order(2, currency="USD"), order(3, currency="")],
        (2, 0, 0, {"not_allowed": 1}),
    ),
    "a clock that runs ahead": (
        "orders",
        [ONE, order(2, ordered_at=NOON + timedelta(days=2))],
        (1, 1, 0, {}),
    ),
    "known before it happened": (
        "orders",
        [order(1, known_at=days_ago(400))],
        (1, 0, 0, {}),
    ),
    "happened, but known later": (
        "orders",
        [ONE, order(2, known_at=NOON + timedelta(days=9))],
        (1, 1, 0, {}),
    ),
    "a year of another era": (
        "orders",
        [ONE, order(2, ordered_at="1970-01-01T00:00:00+08:00")],
        (1, 0, 0, {"time_out_of_range": 1}),
    ),
    "self-loops": ("edges", [edge("a", "a"), edge("a", "b")], (1, 0, 0, {"self_loop": 1})),
}


@pytest.mark.parametrize("case", FATES)
def test_rows_end_as_one_of_four(case: str, tmp_path: Path) -> None:
    table, rows, (used, later, superseded, refused) = FATES[case]
    record, _, _ = scored({"orders": [ONE], "signals": [signal(1)], table: rows}, tmp_path)
    told = record["inputs"][table]
    assert (told["used"], told["later"], told["superseded"]) == (used, later, superseded)
    assert told["refused"] == refused


def test_a_clock_that_runs_ahead_does_not_move_the_day(tmp_path: Path) -> None:
    rows = [ONE, order(2, ordered_at="2198-01-01T00:00:00+08:00")]
    words = files_of(tmp_path / "in", {"orders": rows, "signals": [signal(1)]})
    output = tmp_path / "t.jsonl"
    assert run(*words, "-o", output).exit_code == 0
    assert json.loads(record_path(output).read_text("utf-8"))["as_of"] == "2026-06-30"


CURRENCY = "is none of the allowed values: cny, rmb; convert the amount to fen of yuan"


def test_an_amount_in_another_currency_says_what_to_do(tmp_path: Path) -> None:
    scored({"orders": [ONE, order(2, currency="USD")], "signals": [signal(1)]}, tmp_path)
    (reject,) = read(tmp_path / "tiers.jsonl.rejects.jsonl")
    assert (reject["line"], reject["column"], reject["value"]) == (2, "currency", "USD")
    assert CURRENCY in reject["reason"]
    assert "换算" in reject["reason_zh"]


MERGED: Tables = {
    "orders": [order(1, "old"), order(2, "older"), order(3, "new"), order(4, "other")],
    "signals": [signal(1, customer_id="older"), signal(2, customer_id=None, author_id="a2")],
    "engagement": [event("view", customer="old")],
    "accounts": [account("a2", customer_id="old")],
    "merges": [merge("older", "old"), merge("old", "new")],
}


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_ids_that_merge_are_one_customer(engine: str, tmp_path: Path) -> None:
    record, rows, said = scored(MERGED, tmp_path, "--engine", engine)
    assert [row["customer_id"] for row in rows] == ["new", "other"]
    assert record["merged_ids"] == 2
    assert record["unattributed_signals"] == 0
    assert record["inputs"]["merges"]["used"] == 2
    assert "merged ids 2" in said
    assert any("orders 3" in reason["en"] for reason in rows[0]["reasons"])


def test_a_merge_counts_from_when_it_is_known(tmp_path: Path) -> None:
    later = [merge("older", "old", known_at=NOON + timedelta(days=1)), merge("old", "new")]
    record, rows, _ = scored({**MERGED, "merges": later}, tmp_path)
    assert [row["customer_id"] for row in rows] == ["new", "older", "other"]
    assert (record["merged_ids"], record["inputs"]["merges"]["later"]) == (1, 1)


def test_quantile_cuts_know_merged_ids(tmp_path: Path) -> None:
    cuts = tmp_path / "cuts.yaml"
    scored(MERGED, tmp_path, "--quantile-cuts", cuts)
    assert load_policy(cuts).rfm.frequency.knots[-1][0] == 3.0


def test_a_network_of_loops_and_islands(tmp_path: Path) -> None:
    edges = [edge("a", "a"), edge("a", "b"), edge("b", "a"), edge("x", "y"), edge("lone", "lone")]
    accounts = [account(name) for name in ("a", "b", "apart")]
    tables = {"orders": [ONE], "signals": [signal(1)], "edges": edges, "accounts": accounts}
    record, rows, said = scored(tables, tmp_path)
    assert record["inputs"]["edges"]["refused"] == {"self_loop": 2}
    # a1 wrote the only signal; it and the account apart have no edge, the refused loop names nobody
    assert record["network"] == {"accounts": 6, "pairs": 3, "islands": 2, "groups": 2}
    assert "groups 2, accounts without an edge 2" in said
    assert rows[0]["customer_id"] == "c1"


MATRIX = "[[1, 9, 1/9, 5], [1, 9, 1/5], [1, 9], [1]]"
JUDGED = f"""judgements:
  dimensions:
    elements: [commercial, social, experience, engagement]
    matrix: {MATRIX}
"""
POLICIES = {
    "a gap below the last tier": ("at_least: 0}", "at_least: 5}", "policy.yaml, tiers: "),
    "cuts that do not fall": ("at_least: 70}", "at_least: 40}", "policy.yaml, tiers: "),
    "weights that do not sum": ("social: 0.10", "social: 0.30", "make them 0 or more with"),
    "an unknown dimension": ("social: 0.10", "charm: 0.10", "policy.yaml, weights.charm: "),
    "an unknown key": ("neutral: 60", "neutrall: 60", "policy.yaml, experience.neutrall: "),
    "a matrix that contradicts itself": (
        'weights_from: ""',
        'weights_from: "judged.yaml"',
        "judged.yaml, dimensions: consistency ratio 3.297 is above",
    ),
}


@pytest.mark.parametrize("case", POLICIES)
def test_a_policy_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    old, new, said = POLICIES[case]
    shipped = (Path(__file__).parents[2] / "tiering/policy.yaml").read_text("utf-8")
    assert old in shipped
    policy = tmp_path / "policy.yaml"
    policy.write_text(shipped.replace(old, new, 1), encoding="utf-8")
    (tmp_path / "judged.yaml").write_text(JUDGED, encoding="utf-8")
    words = files_of(tmp_path / "in", {"orders": [ONE], "signals": [signal(1)]})
    done = run(*words, *DAY, "--policy", policy, "-o", tmp_path / "t.jsonl")
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert said in str(done.exception)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.exception.text("zh"))
    assert not (tmp_path / "t.jsonl").exists()


def test_merges_that_lead_back_are_refused(tmp_path: Path) -> None:
    tables = {**MERGED, "merges": [merge("old", "new"), merge("new", "old")]}
    words = files_of(tmp_path / "in", tables)
    done = run(*words, *DAY, "-o", tmp_path / "t.jsonl")
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert "leads back to itself; remove one of these merges" in str(done.exception)


def test_nothing_at_all_is_refused_with_a_remedy(tmp_path: Path) -> None:
    empty = put(tmp_path / "orders.csv", [order(1)])
    empty.write_text(empty.read_text("utf-8").splitlines()[0] + "\n", encoding="utf-8")
    done = run("--orders", empty, "--signals", empty, "-o", tmp_path / "t.jsonl")
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT


def test_an_unknown_feature_is_named(tmp_path: Path) -> None:
    orders = put(tmp_path / "orders.csv", [ONE])
    words = ["features", "--orders", str(orders), "--names", "charm_30d", "-o", "f.csv"]
    done = CliRunner().invoke(build_app(), words, standalone_mode=False)
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert "charm_30d" in str(done.exception)
