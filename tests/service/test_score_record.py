"""What `tingyin score` records of a run: every row accounted for, and the same bytes again."""

import hashlib
import json
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from service.commands.score_record import record_path
from tests.service.test_score import ENGINES, put, run
from tests.tiering.tables import Row, days_ago, event, market, order, signal

FORMATS = ("csv", "jsonl", "parquet")
DAY = ("--as-of", "2026-06-30")


def files_of(folder: Path, tables: Mapping[str, list[Row]]) -> list[object]:
    folder.mkdir(exist_ok=True)
    return [
        part
        for name, rows in tables.items()
        for part in (f"--{name}", put(folder / f"{name}.jsonl", rows))
    ]


def scored(words: list[object], engine: str, output: Path) -> bytes:
    done = run(*words, *DAY, "--engine", engine, "-o", output)
    assert done.exit_code == 0, done.output
    return output.read_bytes()


@pytest.mark.parametrize("kind", FORMATS)
def test_same_day_same_inputs_same_bytes(kind: str, tmp_path: Path) -> None:
    tables, mixer = market(customers=12), random.Random(11)
    words = files_of(tmp_path / "plain", tables)
    shuffled = {name: mixer.sample(rows, len(rows)) for name, rows in tables.items()}
    first = scored(words, "polars", tmp_path / f"first.{kind}")
    record = record_path(tmp_path / f"first.{kind}").read_bytes()
    assert scored(words, "polars", tmp_path / f"first.{kind}") == first
    assert record_path(tmp_path / f"first.{kind}").read_bytes() == record
    mixed = files_of(tmp_path / "mixed", shuffled)
    for engine in ENGINES if kind == "parquet" else ["polars"]:
        assert scored(mixed, engine, tmp_path / f"{engine}.{kind}") == first


HARD: dict[str, list[Row]] = {
    "orders": [
        order(1),
        order(1),
        order(2, "only buys", currency="USD"),
        order(3, "only buys", amount=-5),
        order(4, "ahead", ordered_at=days_ago(-400)),
        order(5, "only buys", currency="cny"),
        order(6, "only buys", known_at="2026-06-01"),
        order(6, "only buys", known_at="2026-06-02", amount=7),
    ],
    "signals": [
        signal(1, customer_id="only talks"),
        signal(2, created_at=days_ago(-2)),
        signal(3, sentiment="angry"),
        signal(3, customer_id=None),
    ],
    "engagement": [event("view"), event("view"), event("nps", value=3.0), {"event": "view"}],
}
FATES = {
    "orders": (8, 3, 1, 1, {"duplicate": 1, "negative": 1, "not_allowed": 1}),
    "signals": (5, 2, 1, 0, {"not_allowed": 1, "unreadable": 1}),
    "engagement": (4, 3, 0, 0, {"missing": 1}),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_no_row_is_dropped_silently(engine: str, tmp_path: Path) -> None:
    words = files_of(tmp_path / "in", HARD)
    with (tmp_path / "in" / "signals.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    output = tmp_path / "tiers.jsonl"
    scored(words, engine, output)
    record = json.loads(record_path(output).read_text(encoding="utf-8"))
    for name, (rows, used, later, superseded, refused) in FATES.items():
        told = record["inputs"][name]
        assert (told["rows"], told["used"], told["later"]) == (rows, used, later)
        assert (told["superseded"], told["refused"]) == (superseded, refused)
        assert rows == used + later + superseded + sum(refused.values())
    assert record["customers"] == sum(record["tiers"].values()) == 3
    assert record["unattributed_signals"] == 1
    rejects = (tmp_path / "tiers.jsonl.rejects.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(rejects) == sum(sum(refused.values()) for *_, refused in FATES.values())


def test_the_record_names_versions_inputs_and_outputs_by_hash(tmp_path: Path) -> None:
    tables = {name: market(customers=12)[name] for name in ("orders", "signals")}
    words = files_of(tmp_path / "in", tables)
    output, heard = tmp_path / "tiers.csv", tmp_path / "heard.jsonl"
    scored([*words, "--authors", heard], "duckdb", output)
    record = json.loads(record_path(output).read_text(encoding="utf-8"))
    assert record["engine"]["name"] == "duckdb"
    assert record["as_of"] == "2026-06-30"
    assert set(record["packages"]) == {"narwhals", "numpy", "pyarrow"}
    files = {
        "scores": output,
        "authors": heard,
        "orders": tmp_path / "in" / "orders.jsonl",
        "signals": tmp_path / "in" / "signals.jsonl",
    }
    for name, told in (record["inputs"] | record["outputs"]).items():
        raw = files[name].read_bytes()
        assert told["sha256"] == hashlib.sha256(raw).hexdigest()
        assert told["bytes"] == len(raw)
