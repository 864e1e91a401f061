"""`tingyin migration`: two files of tiers in, the moves out, in both languages."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode

HEAD = "customer_id,tier,score\n"
OLD = HEAD + "".join(f"c{n},{'core' if n < 40 else 'basic'},{n}\n" for n in range(80))
NEW = HEAD + "".join(f"c{n},{'core' if n < 30 else 'basic'},{n}\n" for n in range(2, 81))


def run(tmp_path: Path, old: str, new: str, *options: str, language: str = "en") -> Result:
    for name, text in (("old.csv", old), ("new.csv", new)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    words = ["migration", str(tmp_path / "old.csv"), str(tmp_path / "new.csv"), *options]
    environment = {"TINGYIN_LANG": language, "COLUMNS": "160"}
    return CliRunner(env=environment).invoke(build_app(), words, standalone_mode=False)


def test_the_moves_are_told_and_written(tmp_path: Path) -> None:
    out = tmp_path / "moves.jsonl"
    done = run(tmp_path, OLD, NEW, "-o", str(out))
    assert done.return_value == ExitCode.DONE
    assert "customers in both runs: 78" in done.stdout
    assert "moved down: 12.8% (7.1%–22.0%)" in done.stdout
    assert "PSI of tiers:" in done.stdout
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 16
    fell = next(row for row in rows if (row["from"], row["to"]) == ("core", "basic"))
    assert fell["customers"] == 10
    assert fell["low"] < fell["share"] < fell["high"]


def test_in_chinese(tmp_path: Path) -> None:
    done = run(tmp_path, OLD, NEW, language="zh")
    assert "两次均有的顾客：78" in done.stdout
    assert "降级：12.8%" in done.stdout
    assert "层级的 PSI：" in done.stdout


BAD = {
    "no column": ("customer_id,tier\nc1,core\n", "no column score"),
    "nobody": (HEAD, "it has no rows"),
    "twice": (HEAD + "c1,core,1\nc1,basic,1\n", "stands in lines 2 and 3"),
    "no tier": (HEAD + "c1,,1\n", "line 2, tier: the cell is empty"),
    "nan": (HEAD + "c1,core,nan\n", "line 2, score: 'nan': is no finite number"),
    "unknown tier": (HEAD + "c1,gold,1\n", "tier gold is not known"),
}


@pytest.mark.parametrize("case", BAD)
def test_files_that_cannot_be_compared(case: str, tmp_path: Path) -> None:
    text, said = BAD[case]
    done = run(tmp_path, text, OLD)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert said in str(done.exception)


def test_an_input_is_not_written_over(tmp_path: Path) -> None:
    done = run(tmp_path, OLD, NEW, "-o", str(tmp_path / "old.csv"))
    assert exit_code_of(done.exception) == ExitCode.CANNOT_WRITE  # type: ignore[arg-type]
