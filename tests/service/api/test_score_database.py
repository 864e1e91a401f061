"""`tingyin score` reads tables of a real PostgreSQL, and never says a password."""

import json
from pathlib import Path

import psycopg
import pytest

from service.cli import exit_code_of
from service.commands.score_record import record_path
from service.exit_codes import ExitCode
from tests.service.test_score import put, run
from tests.tiering.tables import market

DAY = ("--as-of", "2026-06-30", "--engine", "polars")
TABLES = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (order_id text, customer_id text, ordered_at timestamptz,
  amount numeric, refunded_fen bigint, note text);
CREATE TABLE said (id text, created_at timestamptz, sentiment text, intents jsonb,
  complaint text[], severity int, customer_id text, author_id text, likes int, spam boolean,
  masked_text text);
"""
ORDERS = ("order_id", "customer_id", "ordered_at", "amount", "refunded_fen")
SAID = (
    *("id", "created_at", "sentiment", "intents", "complaint", "severity", "customer_id"),
    *("author_id", "likes", "spam", "masked_text"),
)


@pytest.fixture(scope="module")
def shop(database_url: str) -> str:
    """A database with a shop's orders and signals; its URL."""
    tables = market(customers=12)
    with psycopg.connect(database_url) as connection:
        connection.execute(TABLES)
        rows = [
            [row["order_id"], row["customer_id"], row["ordered_at"], row["amount"], row["refunded"]]
            for row in tables["orders"]
        ]
        places = ", ".join(["%s"] * len(ORDERS))
        cursor = connection.cursor()
        cursor.executemany(f"INSERT INTO shop.orders ({', '.join(ORDERS)}) VALUES ({places})", rows)
        places = ", ".join(["%s"] * len(SAID))
        said = [
            [json.dumps(row[n]) if n == "intents" else row[n] for n in SAID]
            for row in tables["signals"]
        ]
        cursor.executemany(f"INSERT INTO said ({', '.join(SAID)}) VALUES ({places})", said)
    return database_url


def address(url: str, table: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}table={table}"


def test_tables_of_a_database_give_what_files_give(shop: str, tmp_path: Path) -> None:
    tables = market(customers=12)
    orders = [
        {n: row["refunded"] if n == "refunded_fen" else row[n] for n in ORDERS}
        for row in tables["orders"]
    ]
    said = [{n: row[n] for n in SAID} for row in tables["signals"]]
    files = put(tmp_path / "orders.jsonl", orders), put(tmp_path / "said.jsonl", said)
    here = run("--orders", files[0], "--signals", files[1], *DAY, "-o", tmp_path / "files.jsonl")
    there = run(
        *("--orders", address(shop, "shop.orders"), "--signals", address(shop, "said")),
        *(*DAY, "-o", tmp_path / "base.jsonl"),
    )
    assert (here.exit_code, there.exit_code) == (0, 0), there.output
    assert (tmp_path / "base.jsonl").read_bytes() == (tmp_path / "files.jsonl").read_bytes()
    told = json.loads(record_path(tmp_path / "base.jsonl").read_text(encoding="utf-8"))
    assert told["inputs"]["orders"]["rows"] == len(orders)
    assert told["inputs"]["orders"]["name"].endswith("?table=shop.orders")


REFUSED = [
    ("orders_of_nobody", "", "there is no such table or view"),
    ("said", "", "no column order_id"),
    ("shop.orders", "wrong", "refuses or does not answer"),
]


@pytest.mark.parametrize(("table", "host", "words"), REFUSED, ids=[w for *_, w in REFUSED])
def test_what_a_database_cannot_give(
    table: str, host: str, words: str, shop: str, tmp_path: Path
) -> None:
    url = "postgresql://reader:pass-9f2@127.0.0.1:1/nowhere" if host else shop
    signals = address(shop, "said")
    done = run(
        "--orders", address(url, table), "--signals", signals, *DAY, "-o", tmp_path / "t.jsonl"
    )
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert words in str(done.exception)
    assert "pass-9f2" not in f"{done.exception} {done.output}"
    assert not (tmp_path / "t.jsonl").exists()
