"""`tingyin analyze` to CSV or TSV, then `tingyin score`: ids that look like formulas meet."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app

FEEDBACK = (
    ("1", "用了两天就坏了，客服也不理人", "-Nx12", "@小王"),
    ("2", "快递很快，会回购", "=7", "+86"),
    ("3", "太差了，退款", "C3", "'@阿花"),
)


def run(*arguments: object) -> Result:
    words = list(map(str, arguments))
    environment = {"TINGYIN_LANG": "en", "COLUMNS": "200"}
    return CliRunner(env=environment).invoke(build_app(), words, standalone_mode=False)


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_every_signal_finds_its_customer_and_its_author(tmp_path: Path, kind: str) -> None:
    feedback, signals = tmp_path / "feedback.jsonl", tmp_path / f"signals.{kind}"
    names = ("id", "text", "customer_id", "author_id")
    rows = [dict(zip(names, row, strict=True)) | {"created_at": "2026-06-01"} for row in FEEDBACK]
    feedback.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    done = run("analyze", feedback, "-o", signals)
    assert done.exit_code == 0, done.output
    if kind == "csv":
        assert ",'-Nx12," in signals.read_text("utf-8-sig")

    orders = tmp_path / "orders.csv"
    bought = "".join(f"{row[0]},{row[2]},2026-06-02,10000,0\n" for row in FEEDBACK)
    orders.write_text(f"order_id,customer_id,ordered_at,amount,refunded\n{bought}")
    tiers, heard = tmp_path / "tiers.jsonl", tmp_path / "authors.jsonl"
    done = run("score", "--orders", orders, "--signals", signals, "-o", tiers, "--authors", heard)
    assert done.exit_code == 0, done.output
    assert "0 signals belong to no known customer" in done.output
    scores = [json.loads(line) for line in tiers.read_text().splitlines()]
    authors = [json.loads(line) for line in heard.read_text().splitlines()]
    assert {row["customer_id"] for row in scores} == {row[2] for row in FEEDBACK}
    assert {row["author_id"] for row in authors} == {row[3] for row in FEEDBACK}
