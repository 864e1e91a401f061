"""`tingyin tags`: rules and files in, tags and changes out, in both languages."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode

RULES = """
version: "7"
tags:
  - {name: buyer, zh: 买家, rule: "count(orders) >= 1"}
  - {name: rich, zh: 高分, rule: "score >= 50"}
  - {name: desk, source: manual}
"""
FILES = {
    "rules.yaml": RULES,
    "orders.csv": "order_id,customer_id,ordered_at,amount\n"
    "o1,a,2026-06-01,100\no2,b,2026-06-02,200\no3,a,2026-06-20,300\no4,d,2026-06-20,x\n",
    "signals.jsonl": json.dumps(
        {
            "id": "s1",
            "created_at": "2026-06-02T10:00:00+08:00",
            "sentiment": "neutral",
            "intents": [],
            "complaint": [],
            "severity": 0,
            "customer_id": "b",
        }
    )
    + "\n",
    "tiers.csv": "customer_id,tier,score\na,core,60\nb,basic,9.5\n",
    "manual.csv": "customer_id,tag,valid_from,note\na,desk,2026-06-01,合同\na,dsk,2026-06-01,\n",
    "merges.csv": "old_id,new_id\nb,a\n",
    "consents.csv": "customer_id,given,at\na,false,2026-06-28\n",
    "circle.csv": "old_id,new_id\na,b\nb,a\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def run(folder: Path, *more: str, out: str = "tags.jsonl", language: str = "en") -> Result:
    words = ["tags", "rules.yaml", "--orders", "orders.csv", "--signals", "signals.jsonl"]
    words += ["--tiers", "tiers.csv", "-o", out, *more]
    places = [str(folder / word) if "." in word and word[0] != "-" else word for word in words]
    environment = {"TINGYIN_LANG": language, "COLUMNS": "160"}
    return CliRunner(env=environment).invoke(build_app(), places, standalone_mode=False)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_tags_and_rejects_are_written(folder: Path, engine: str) -> None:
    done = run(folder, "--manual", "manual.csv", "--as-of", "2026-06-25", "--engine", engine)
    assert done.return_value == ExitCode.DONE, done.exception
    found = {(row["customer_id"], row["tag"]): row for row in rows(folder / "tags.jsonl")}
    assert set(found) == {("a", "buyer"), ("b", "buyer"), ("a", "rich"), ("a", "desk")}
    assert found["a", "rich"]["evidence_zh"] == "得分：60.00"
    assert found["a", "desk"]["evidence_en"] == "by hand: 合同"
    assert "as of 2026-06-25 by rules 7: added 4, changed 0, ended 0" in done.stdout
    rejects = rows(folder / "tags.jsonl.rejects.jsonl")
    assert [(row["file"], row["value"]) for row in rejects] == [
        ("orders.csv", "x"),
        ("manual.csv", "dsk"),
    ]


def test_the_next_day_closes_and_tells(folder: Path) -> None:
    for out in ("first.csv", "first.jsonl", "first.parquet"):
        assert run(folder, "--as-of", "2026-06-25", out=out).return_value == ExitCode.DONE
        done = run(
            folder,
            *("--merges", "merges.csv", "--as-of", "2026-06-26", "--previous", out),
            *("--changes", "changes.jsonl"),
            language="zh",
        )
        assert done.return_value == ExitCode.DONE, done.exception
        assert "新增 0、变更 0、结束 1" in done.stdout
        assert "已合并编号 1 个；略过其旧档案 1 行" in done.stdout
        (change,) = rows(folder / "changes.jsonl")
        assert (change["customer_id"], change["tag"], change["why"]) == ("b", "buyer", "merged")
        kept = {(r["customer_id"], r["tag"]): r for r in rows(folder / "tags.jsonl")}
        assert kept["b", "buyer"]["ended"] == "merged"
        assert kept["a", "buyer"]["valid_from"].startswith("2026-06-25")
        assert kept["a", "buyer"]["evidence_en"] == "orders: 3 (such as o3)"


def test_withdrawn_consent(folder: Path) -> None:
    run(folder, "--as-of", "2026-06-25", out="first.jsonl")
    done = run(
        folder,
        *("--consents", "consents.csv", "--as-of", "2026-06-28", "--previous", "first.jsonl"),
    )
    assert {row["customer_id"] for row in rows(folder / "tags.jsonl")} == {"b"}
    assert "removed because consent was withdrawn 2" in done.stdout


def test_rules_alone_are_checked(folder: Path) -> None:
    for language, said in (("en", "rules 7: 3 tags, 3 published; sound"), ("zh", "检查通过")):
        words = ["tags", str(folder / "rules.yaml"), "--check"]
        environment = {"TINGYIN_LANG": language, "COLUMNS": "160"}
        done = CliRunner(env=environment).invoke(build_app(), words, standalone_mode=False)
        assert done.return_value == ExitCode.DONE
        assert said in done.stdout
        assert "买家" in done.stdout


BAD = {
    "a cycle": (("--merges", "circle.csv"), "a -> b -> a", ExitCode.BAD_INPUT),
    "an output that is an input": (("-o", "orders.csv"), "is one of the", ExitCode.CANNOT_WRITE),
    "tags of another kind": (("--previous", "tiers.csv"), "have no column", ExitCode.BAD_INPUT),
    "spark": (("--engine", "spark"), "'pandas', 'polars', 'duckdb'", ExitCode.USAGE),
}


@pytest.mark.parametrize("case", BAD)
def test_what_ends_the_command(case: str, folder: Path) -> None:
    words, said, code = BAD[case]
    done = run(folder, "--as-of", "2026-06-25", *words)
    assert done.exception is not None
    assert said in str(done.exception)
    assert exit_code_of(done.exception) == code


def test_an_unknown_name_in_the_rules_is_placed(folder: Path) -> None:
    (folder / "rules.yaml").write_text(RULES.replace("score >=", "scroe >="), encoding="utf-8")
    done = run(folder, "--check")
    assert done.exception is not None
    assert "rules.yaml, tags[1] rich, rule, column 1: 'scroe' is not known; nearest: score" in str(
        done.exception
    )
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT


def test_tables_are_needed_to_give_tags(folder: Path) -> None:
    words = ["tags", str(folder / "rules.yaml")]
    done = CliRunner().invoke(build_app(), words, standalone_mode=False)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.USAGE
    assert "--orders, --signals, --output" in str(done.exception)
