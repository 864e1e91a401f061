"""`tingyin score`: files of any format in, tiers and rejects out, the same from every engine."""

import csv
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode
from tests.tiering.tables import Row, account, event, market, native, order, signal
from tiering import SCORE_COLUMNS, load_policy, policy_text

ENGINES = ("pandas", "polars", "duckdb")


def put(path: Path, rows: Sequence[Row]) -> Path:
    """Write rows as CSV or JSON Lines; lists in CSV as JSON."""
    plain = [{name: _plain(cell) for name, cell in row.items()} for row in rows]
    with path.open("w", encoding="utf-8", newline="") as stream:
        if path.suffix == ".jsonl":
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in plain)
            return path
        writer = csv.DictWriter(stream, plain[0])
        writer.writeheader()
        writer.writerows(
            {n: json.dumps(c) if isinstance(c, list) else c for n, c in r.items()} for r in plain
        )
    return path


def _plain(cell: object) -> object:
    return cell.isoformat() if hasattr(cell, "isoformat") else cell


def run(*arguments: object, language: str = "en") -> Result:
    environment = {"TINGYIN_LANG": language, "COLUMNS": "200"}
    words = ["score", *map(str, arguments)]
    return CliRunner(env=environment).invoke(build_app(), words, standalone_mode=False)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    tables = market(customers=12)
    return {
        "--orders": put(tmp_path / "orders.csv", tables["orders"]),
        "--signals": put(tmp_path / "signals.jsonl", tables["signals"]),
        "--engagement": put(tmp_path / "engagement.csv", tables["engagement"]),
        "--accounts": put(tmp_path / "accounts.csv", tables["accounts"]),
        "--edges": put(tmp_path / "edges.jsonl", tables["edges"]),
    }


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Path]:
    return {
        "--orders": put(tmp_path / "orders.csv", [order(1)]),
        "--signals": put(tmp_path / "signals.jsonl", [signal(1)]),
    }


def flat(files: Mapping[str, object]) -> list[object]:
    """Return options as words; Polars is the quickest to start."""
    return [part for pair in {"--engine": "polars", **files}.items() for part in pair]


def test_every_engine_writes_the_same_bytes(files: dict[str, Path], tmp_path: Path) -> None:
    written = []
    for engine in ENGINES:
        tiers, heard = tmp_path / f"{engine}.jsonl", tmp_path / f"{engine}-authors.jsonl"
        done = run(
            *flat(files),
            "--as-of",
            "2026-06-30",
            "--engine",
            engine,
            "-o",
            tiers,
            "--authors",
            heard,
        )
        assert done.exit_code == 0, done.output
        written.append((tiers.read_bytes(), heard.read_bytes()))
    assert written[0] == written[1] == written[2]
    rows = read(tmp_path / "pandas.jsonl")
    assert tuple(rows[0]) == SCORE_COLUMNS
    assert [row["customer_id"] for row in rows] == sorted(row["customer_id"] for row in rows)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_summary_speaks_the_language(
    language: str, files: dict[str, Path], tmp_path: Path
) -> None:
    words = (*flat(files), "--as-of", "2026-06-30")
    done = run(*words, "-o", tmp_path / "t.jsonl", language=language)
    assert done.exit_code == 0, done.output
    for tier in load_policy().tiers:
        assert tier.zh in done.output
    wanted = {
        "en": ("Highest scores", "Care first", "Most influential accounts", "last kept order"),
        "zh": ("得分最高的顾客", "重点关怀", "影响力最大的账号", "距上次有效下单"),
    }[language]
    for words in wanted:
        assert words in done.output
    assert "orders: rows 72 = used" in done.output or "orders：72 行 = 使用" in done.output


def test_rejects_stand_beside_the_output_with_their_line(
    small: dict[str, Path], tmp_path: Path
) -> None:
    rows = [order(1), order(2, amount=-5), order(3, ordered_at="soon"), order(1)]
    put(small["--orders"], rows)
    with small["--signals"].open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    tiers = tmp_path / "tiers.jsonl"
    done = run(*flat(small), "-o", tiers)
    assert done.exit_code == 0, done.output
    found = read(tmp_path / "tiers.jsonl.rejects.jsonl")
    places = sorted((row["file"], row["line"], row["column"], row["value"]) for row in found)
    assert places[:3] == [
        ("orders.csv", 3, "amount", "-5"),
        ("orders.csv", 4, "ordered_at", "soon"),
        ("orders.csv", 5, "order_id", "o1"),
    ]
    assert places[3][:2] == ("signals.jsonl", 2)
    assert all(row["reason"] and row["reason_zh"] and row["remedy"] for row in found)
    strict = ["score", *map(str, flat(small)), "-o", str(tiers), "--strict"]
    ended = CliRunner().invoke(build_app(), strict, standalone_mode=False)
    assert ended.return_value == ExitCode.REJECTS
    put(small["--orders"], [order(1)])
    put(small["--signals"], [signal(1)])
    assert run(*flat(small), "-o", tiers, "--strict").return_value == ExitCode.DONE
    assert not (tmp_path / "tiers.jsonl.rejects.jsonl").exists()


def test_parquet_in_and_out(tmp_path: Path) -> None:
    paths = {}
    for name, rows in (("orders", [order(1), order(2, amount=-1)]), ("signals", [signal(1)])):
        paths[f"--{name}"] = tmp_path / f"{name}.parquet"
        native("polars", rows).write_parquet(paths[f"--{name}"])
    done = run(*flat(paths), "-o", tmp_path / "tiers.parquet")
    assert done.exit_code == 0, done.output
    (row,) = pq.read_table(tmp_path / "tiers.parquet").to_pylist()
    assert row["reasons"][0].keys() == {"en", "zh"}
    assert read(tmp_path / "tiers.parquet.rejects.jsonl")[0]["line"] == 2


def test_the_day_of_the_newest_row_is_the_day_of_scoring(
    small: dict[str, Path], tmp_path: Path
) -> None:
    put(small["--orders"], [order(1, ordered_at="2024-03-05"), order(2, ordered_at="2199-01-01")])
    put(small["--signals"], [signal(1, created_at="2024-03-02 08:00")])
    assert run(*flat(small), "-o", tmp_path / "t.jsonl").exit_code == 0
    assert read(tmp_path / "t.jsonl")[0]["as_of"] == "2024-03-05"
    done = run(*flat(small), "--as-of", "2024-03-03", "-o", tmp_path / "t.jsonl")
    assert "later 2" in done.output


def test_quantile_cuts_are_written_and_used(files: dict[str, Path], tmp_path: Path) -> None:
    cuts = tmp_path / "cuts.yaml"
    tables = [part for name in ("--orders", "--signals") for part in (name, files[name])]
    first = run(
        *tables, "--as-of", "2026-06-30", "--quantile-cuts", cuts, "-o", tmp_path / "a.jsonl"
    )
    again = run(*tables, "--as-of", "2026-06-30", "--policy", cuts, "-o", tmp_path / "b.jsonl")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    assert load_policy(cuts).rfm != load_policy().rfm


REFUSED: list[tuple[dict[str, object], ExitCode, str]] = [
    ({"--engine": "excel"}, ExitCode.USAGE, "excel"),
    ({"--as-of": "June"}, ExitCode.BAD_INPUT, "write 2026-03-01"),
    ({"--orders": "missing.csv"}, ExitCode.BAD_INPUT, "missing.csv"),
    ({"--orders": "mysql://u:secret@h/d?table=o"}, ExitCode.BAD_INPUT, "write postgresql://"),
    ({"--orders": "postgresql://u:secret@h/d"}, ExitCode.BAD_INPUT, "names no table"),
    ({"--policy": "missing.yaml"}, ExitCode.BAD_INPUT, "missing.yaml"),
    ({"-o": "orders.csv"}, ExitCode.CANNOT_WRITE, "is one of the inputs"),
    ({"-o": "nowhere/tiers.jsonl"}, ExitCode.CANNOT_WRITE, "folder does not exist"),
    ({"-o": "tiers.docx"}, ExitCode.CANNOT_WRITE, ".docx"),
]


@pytest.mark.parametrize(("options", "code", "words"), REFUSED, ids=[w for *_, w in REFUSED])
def test_what_is_refused(
    options: dict[str, object],
    code: ExitCode,
    words: str,
    small: dict[str, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(*flat({"-o": Path("tiers.jsonl")} | small | options))
    assert done.exception is not None
    assert exit_code_of(done.exception) == code
    assert words in str(done.exception) + done.output
    assert "secret" not in str(done.exception) + done.output
    assert not (tmp_path / "tiers.jsonl").exists()


def test_a_missing_column_names_file_and_remedy(small: dict[str, Path], tmp_path: Path) -> None:
    put(small["--orders"], [{"order_id": "1", "customer_id": "c", "sum": 5}])
    done = run(*flat(small), "-o", tmp_path / "t.jsonl")
    said = str(done.exception)
    assert said.startswith(str(small["--orders"]))
    assert "no column ordered_at, amount" in said
    assert "found are" in said


def test_the_command_ends_with_the_documented_code(small: dict[str, Path], tmp_path: Path) -> None:
    words = [*flat(small), "-o", tmp_path / "t.jsonl", "--as-of", "soon"]
    program = "from service.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, "score", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env={"TINGYIN_LANG": "zh", "PATH": "", "PYTHONUTF8": "1"},
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == ExitCode.BAD_INPUT
    assert done.stderr.startswith("tingyin: as-of 'soon' 不是日期")
    assert "Traceback" not in done.stderr


def test_an_engagement_table_and_accounts_alone(small: dict[str, Path], tmp_path: Path) -> None:
    small["--engagement"] = put(tmp_path / "events.csv", [event("view")])
    small["--accounts"] = put(tmp_path / "accounts.jsonl", [account("a1", customer_id="c1")])
    done = run(*flat(small), "-o", tmp_path / "t.csv")
    assert done.exit_code == 0, done.output
    (row,) = csv.DictReader((tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines())
    assert float(row["engagement"]) > 0
    assert json.loads(row["reasons"])[0].keys() == {"en", "zh"}


def test_the_run_before_keeps_customers_from_moving_to_and_fro(
    small: dict[str, Path], tmp_path: Path
) -> None:
    policy = tmp_path / "policy.yaml"
    shipped = policy_text(load_policy())
    policy.write_text(
        shipped.replace("{margin: 0.0, runs: 1}", "{margin: 20.0, runs: 2}"), encoding="utf-8"
    )
    before = tmp_path / "before.csv"
    before.write_text("customer_id,tier,score\nc1,core,51\n", encoding="utf-8")
    files = [str(part) for pair in small.items() for part in pair]
    found = []
    for day, earlier in (("2026-07-01", before), ("2026-07-02", tmp_path / "2026-07-01.csv")):
        out = tmp_path / f"{day}.csv"
        done = run(*files, "-o", out, "--as-of", day, "--policy", policy, "--previous", earlier)
        assert done.return_value == ExitCode.DONE
        with out.open(encoding="utf-8-sig", newline="") as stream:
            row = next(row for row in csv.DictReader(stream) if row["customer_id"] == "c1")
        found.append((row["tier"], row["score_tier"], row["runs_beyond"].lstrip("'")))
    assert found == [("core", "potential", "-1"), ("potential", "potential", "0")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("customer_id,tier,score,runs_beyond\nc1,core,51,0.5\n", "runs_beyond: '0.5' is no whole"),
        ("customer_id,tier,score\nc1,gold,51\n", "tier gold of the run before"),
        ("customer_id,tier,score\nc1,core,51\nc1,core,51\n", "stands in lines 2 and 3"),
        ("customer_id,tier,score,as_of\nc1,core,51,2126-01-01\n", "not earlier than"),
    ],
    ids=["half a run", "other tiers", "twice", "later"],
)
def test_a_run_before_that_cannot_be_used(
    text: str, said: str, small: dict[str, Path], tmp_path: Path
) -> None:
    before = tmp_path / "before.csv"
    before.write_text(text, encoding="utf-8")
    files = [str(part) for pair in small.items() for part in pair]
    done = run(*files, "-o", tmp_path / "out.csv", "--previous", before)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert said in str(done.exception)
