"""`tingyin churn` and `tingyin segments`: the sample's files in, tables out, in both languages."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode
from service.sample import write_sample
from tiering.churn import CHURN_COLUMNS
from tiering.segments import FIGURES, SEGMENT_COLUMNS

AS_OF = ("--as-of", "2025-06-30", "--engine", "polars")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    paths = write_sample(tmp_path_factory.mktemp("sample"))
    return {
        "--orders": paths.orders,
        "--engagement": paths.engagement,
        "--accounts": paths.accounts,
    }


def run(command: str, files: Mapping[str, Path], *options: object, language: str = "en") -> Result:
    words = [word for pair in files.items() for word in pair]
    environment = {"TINGYIN_LANG": language, "COLUMNS": "220"}
    call = [command, *map(str, (*words, *options))]
    return CliRunner(env=environment).invoke(build_app(), call, standalone_mode=False)


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_churn_on_the_sample(sample: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "churn.jsonl"
    done = run("churn", sample, "-o", out, "--horizon", 60, *AS_OF)
    assert done.return_value == ExitCode.DONE
    rows = read(out)
    assert len(rows) == 230
    assert tuple(rows[0]) == CHURN_COLUMNS
    assert {row["churn_method"] for row in rows if row["p_churn"] is not None} == {"learned"}
    assert "growth 成长" in done.stdout
    assert "probability of no order in the next 60 days, by a model learned" in done.stdout
    assert "customers that the fit did not see: AUC 0." in done.stdout
    assert "orders: rows 1,492 = used 1,492" in done.stdout


def test_churn_in_chinese_where_the_history_is_short(
    sample: dict[str, Path], tmp_path: Path
) -> None:
    out = tmp_path / "churn.csv"
    done = run("churn", sample, "-o", out, "--horizon", 250, *AS_OF, language="zh")
    assert done.return_value == ExitCode.DONE
    assert "未来 250 天内不再下单的概率，由 Pareto/NBD 给出" in done.stdout
    assert "未能学习：订单仅覆盖" in done.stdout
    assert out.read_text(encoding="utf-8-sig").startswith(",".join(CHURN_COLUMNS))


def test_churn_as_json(sample: dict[str, Path], tmp_path: Path) -> None:
    done = run("churn", sample, "-o", tmp_path / "out.jsonl", "--horizon", 60, "--json", *AS_OF)
    told = json.loads(done.stdout)
    assert told["method"] == "learned"
    assert set(told["quality"]) == {"held_out", "ahead", "recency"}
    assert sum(told["stages"].values()) == 230


def test_segments_on_the_sample(sample: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "segments.jsonl"
    done = run("segments", sample, "-o", out, *AS_OF)
    assert done.return_value == ExitCode.DONE
    rows = read(out)
    assert len(rows) == 230
    measured = [name for name in FIGURES if name in rows[0]]
    assert tuple(rows[0]) == (*SEGMENT_COLUMNS, *measured)
    assert "segments: weak groups with wide borders: to describe customers" in done.stdout
    assert "silhouette by number, and by chance where columns are shuffled: 3: 0." in done.stdout
    assert "stability: adjusted Rand of 20 refits" in done.stdout
    assert {row["segment"] for row in rows} == set(_names(sample, tmp_path))


def _names(sample: dict[str, Path], tmp_path: Path) -> list[str]:
    done = run("segments", sample, "-o", tmp_path / "again.jsonl", "--json", *AS_OF)
    return [each["segment"] for each in json.loads(done.stdout)["segments"]]


def test_segments_in_chinese(sample: dict[str, Path], tmp_path: Path) -> None:
    done = run("segments", sample, "-o", tmp_path / "out.csv", *AS_OF, language="zh")
    assert "稳定性：重抽样后重新分群 20 次" in done.stdout
    assert "分群较弱、边界模糊" in done.stdout
    assert "客户分群" in done.stdout


BAD = {
    "horizon": ("churn", ("--horizon", "0"), ExitCode.BAD_INPUT, "horizon_days 0 must lie"),
    "method": ("churn", ("--method", "guess"), ExitCode.BAD_INPUT, "take one of auto"),
    "policy": ("churn", ("--lifecycle-policy", "none.yaml"), ExitCode.BAD_INPUT, "cannot be read"),
    "segments": (
        "segments",
        ("--segments-policy", "none.yaml"),
        ExitCode.BAD_INPUT,
        "cannot be read",
    ),
    "day": ("segments", ("--as-of", "soon"), ExitCode.BAD_INPUT, "is no date"),
    "engine": ("churn", ("--engine", "spark"), ExitCode.USAGE, "spark"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_done(case: str, sample: dict[str, Path], tmp_path: Path) -> None:
    command, options, status, said = BAD[case]
    done = run(command, {"--orders": sample["--orders"]}, "-o", tmp_path / "out.csv", *options)
    assert done.exception is not None
    assert exit_code_of(done.exception) == status
    assert said in str(done.exception)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("command", ["churn", "segments"])
def test_an_input_is_not_written_over(command: str, sample: dict[str, Path]) -> None:
    done = run(command, sample, "-o", sample["--orders"], *AS_OF)
    assert exit_code_of(done.exception) == ExitCode.CANNOT_WRITE


@pytest.mark.parametrize("command", ["churn", "segments"])
def test_rejected_rows_are_kept_and_counted(command: str, tmp_path: Path) -> None:
    lines = [f"o{n},c{n % 40},2026-0{1 + n % 6}-{1 + n % 28:02},{900 + n}" for n in range(300)]
    text = "\n".join(["order_id,customer_id,ordered_at,amount", *lines, "x,c1,soon,5"])
    orders = tmp_path / "orders.csv"
    orders.write_text(text, encoding="utf-8")
    out = tmp_path / "out.jsonl"
    done = run(command, {"--orders": orders}, "-o", out, "--strict", "--as-of", "2026-06-30")
    assert done.return_value == ExitCode.REJECTS
    (reject,) = read(Path(f"{out}.rejects.jsonl"))
    assert (reject["line"], reject["value"]) == (302, "soon")
