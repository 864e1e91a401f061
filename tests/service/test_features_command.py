"""`tingyin features`: the registry, features to a file, what was dropped, what tells; bad input."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode
from tiering.features import FEATURES

CUSTOMERS = 200
ORDERS = "order_id,customer_id,ordered_at,amount,refunded\n" + "".join(
    f"o{n}x{k},c{n:03},2026-06-{1 + (7 * n + k) % 28:02},{1000 + 37 * n * (k + 1)},0\n"
    for n in range(CUSTOMERS)
    for k in range(1 + n % 3)
)
TARGET = "customer_id,target\n" + "".join(f"c{n:03},{n % 3}\n" for n in range(CUSTOMERS))


def run(*words: object, language: str = "en") -> Result:
    environment = {"TINGYIN_LANG": language, "COLUMNS": "200"}
    return CliRunner(env=environment).invoke(
        build_app(), ["features", *map(str, words)], standalone_mode=False
    )


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS, encoding="utf-8")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("language", "said"), [("en", "orders in the last 30 days"), ("zh", "近 30 天的订单")]
)
def test_the_list_documents(language: str, said: str) -> None:
    done = run("--list", "--names", "orders_*", language=language)
    assert done.return_value == ExitCode.DONE
    assert said in done.stdout


def test_the_list_as_json_holds_every_feature() -> None:
    told = json.loads(run("--list", "--json").stdout)
    assert [each["name"] for each in told] == list(FEATURES)
    assert set(told[0]) >= {"unit", "low", "high", "null", "null_zh", "description_zh", "type"}


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
def test_features_to_a_file(orders: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"features.{kind}"
    names = "orders_30d, paid_fen_ever, mean_order_gap_days"
    done = run("--orders", orders, "-o", out, "--as-of", "2026-06-30", "--names", names)
    assert done.return_value == ExitCode.DONE
    assert "computed 3 features in 200 rows as of 2026-06-30" in done.stdout
    if kind == "csv":
        assert rows_of(out)[0] == {"customer_id": "c000", "orders_30d": "1"} | {
            "paid_fen_ever": "1000",
            "mean_order_gap_days": "",
        }
    elif kind == "parquet":
        table = pq.read_table(out)
        assert list(map(str, table.schema.types)) == ["string", "int64", "int64", "double"]
        assert table.num_rows == CUSTOMERS


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
def test_every_engine_writes_the_same_file(orders: Path, tmp_path: Path, engine: str) -> None:
    outs = []
    for each in ("pandas", engine):
        outs.append(tmp_path / f"{each}.csv")
        done = run("--orders", orders, "-o", outs[-1], "--engine", each, "--drop-redundant")
        assert done.return_value == ExitCode.DONE
    assert outs[0].read_bytes() == outs[1].read_bytes()
    dropped = [path.with_name(f"{path.name}.dropped.csv").read_bytes() for path in outs]
    assert dropped[0] == dropped[1]


def test_what_was_dropped_and_what_tells_stand_beside(orders: Path, tmp_path: Path) -> None:
    out, target = tmp_path / "features.csv", tmp_path / "target.csv"
    target.write_text(TARGET + "c999,1\n", encoding="utf-8")
    words = ("--orders", orders, "-o", out, "--drop-redundant", "--target", target)
    done = run(*words, "--as-of", "2026-06-30")
    assert done.return_value == ExitCode.DONE, done.exception
    assert "1 targets have no features" in done.stdout
    dropped, told = (rows_of(tmp_path / f"features.csv.{n}.csv") for n in ("dropped", "importance"))
    columns = list(rows_of(out)[0])
    gone = {row["feature"] for row in dropped}
    assert gone | set(columns[1:]) == {n for n, each in FEATURES.items() if each.table == "orders"}
    assert not gone & set(columns)
    assert all(row["reason"] and row["reason_zh"] for row in dropped)
    assert {row["feature"] for row in told} == set(columns[1:])
    assert told[0]["feature"] in ("orders_ever", "order_days_ever", "kept_orders_ever", columns[1])
    run("--orders", orders, "-o", out)
    assert not list(tmp_path.glob("features.csv.*"))


def test_several_days_stand_under_each_other(orders: Path, tmp_path: Path) -> None:
    out = tmp_path / "features.csv"
    days = ("--as-of", "2026-06-30", "--as-of", "2026-06-10")
    done = run("--orders", orders, "-o", out, "--names", "orders_ever", *days)
    assert done.return_value == ExitCode.DONE
    rows = rows_of(out)
    assert list(rows[0]) == ["customer_id", "as_of", "orders_ever"]
    assert [row["as_of"] for row in rows] == sorted(row["as_of"] for row in rows)
    assert sum(row["as_of"] == "2026-06-30" for row in rows) == CUSTOMERS


def test_bad_rows_are_kept_and_strict_says_so(orders: Path, tmp_path: Path) -> None:
    orders.write_text(ORDERS + "x,c1,not a time,5,0\n", encoding="utf-8")
    out = tmp_path / "features.csv"
    done = run("--orders", orders, "-o", out, "--strict")
    assert done.return_value == ExitCode.REJECTS
    assert "not a time" in (tmp_path / "features.csv.rejects.jsonl").read_text(encoding="utf-8")


BAD = {
    "no table": ((), None, ExitCode.BAD_INPUT, "name at least one of --orders"),
    "an unknown feature": (
        ("--names", "order_30d"),
        None,
        ExitCode.BAD_INPUT,
        "no feature is named 'order_30d'; nearest are orders_30d",
    ),
    "spark": (("--engine", "spark"), None, ExitCode.USAGE, "'pandas', 'polars', 'duckdb'"),
    "no target": ((), "customer_id,aim\nc1,1\n", ExitCode.BAD_INPUT, "no column target"),
    "words": (
        (),
        "customer_id,target\nc1,much\n",
        ExitCode.BAD_INPUT,
        "'much': is no finite number",
    ),
    "no customer": ((), "customer_id,target\n,1\n", ExitCode.BAD_INPUT, "customer_id: "),
    "twice, with spaces": (
        (),
        "customer_id,target\nc1,1\n c1 ,0\n",
        ExitCode.BAD_INPUT,
        "c1 stands in lines 2 and 3",
    ),
    "twice": (
        (),
        "customer_id,target\nc1,1\nc1,0\n",
        ExitCode.BAD_INPUT,
        "c1 stands in lines 2 and 3",
    ),
    "one class": (
        (),
        "customer_id,target\n" + "".join(f"c{n:03},1\n" for n in range(CUSTOMERS)),
        ExitCode.BAD_INPUT,
        "1 different values",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_done(case: str, orders: Path, tmp_path: Path) -> None:
    words, target, code, said = BAD[case]
    if target is not None:
        (tmp_path / "target.csv").write_text(target, encoding="utf-8")
        words = (*words, "--target", tmp_path / "target.csv")
    given = () if case == "no table" else ("--orders", orders)
    done = run(*given, "-o", tmp_path / "out.csv", *words)
    assert done.exception is not None
    assert exit_code_of(done.exception) == code
    assert said in str(done.exception)
    assert not (tmp_path / "out.csv").exists()


def test_an_input_is_not_written_over(orders: Path) -> None:
    done = run("--orders", orders, "-o", orders)
    assert exit_code_of(done.exception) == ExitCode.CANNOT_WRITE
