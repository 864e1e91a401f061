"""`tingyin campaigns`: files in; returns, risks and verdicts out; bad files named."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nlp.errors import TingyinError
from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode
from service.files.signals_table import SIGNALS_TABLE

CAMPAIGNS = """campaign_id,account_id,cost,orders,revenue,fake_share,started_at
双11-a,a1,1000000,400,8000000,0.05,2026-03-01
双11-b,a2,1000000,400,8000000,,2026-03-01
双11-c,a3,1000000,20,400000,,
"""
AUTHORS = "author_id,kept\na2,0.4\na1,0.1\n"


def text(number: int, author: str, sentiment: str, day: str) -> dict[str, object]:
    return dict.fromkeys(SIGNALS_TABLE) | {
        "id": f"s{number}",
        "created_at": f"{day}T12:00:00+08:00",
        "author_id": author,
        "masked_text": "还行",
        "sentiment": sentiment,
        "intents": [],
        "complaint": [],
        "severity": 0,
        "targets": [],
        "evidence": [],
        "keyphrases": [],
    }


SIGNALS = [
    *(text(n, "a1", "positive", "2026-02-01") for n in range(9)),
    *(text(20 + n, "a1", "negative", "2026-03-09") for n in range(30)),
    *(text(60 + n, "a2", "negative", "2026-02-01") for n in range(9)),
    text(90, "other", "negative", "2026-02-01"),
    text(91, "a2", "positive", "2026-02-01") | {"spam": True},
    text(92, "a2", "positive", "2026-02-01") | {"abstained": True},
]


def run(
    folder: Path, *, campaigns: str = CAMPAIGNS, authors: str = AUTHORS, language: str = "en"
) -> Result:
    (folder / "campaigns.csv").write_text(campaigns, encoding="utf-8")
    (folder / "authors.csv").write_text(authors, encoding="utf-8")
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in SIGNALS)
    (folder / "signals.jsonl").write_text(lines, encoding="utf-8")
    files = ["--authors", "authors.csv", "--signals", "signals.jsonl", "-o", "out.jsonl"]
    named = [str(folder / each) if "." in each else each for each in ("campaigns.csv", *files)]
    return CliRunner(env={"TINGYIN_LANG": language, "COLUMNS": "200"}).invoke(
        build_app(), ["campaigns", *named], standalone_mode=False
    )


def test_files_in_verdicts_out(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.exception is None, done.exception
    assert done.return_value == ExitCode.DONE
    assert "campaigns: 3 (renew 1, test 0, stop 2)" in done.stdout
    lines = (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()
    rows = {row["campaign_id"]: row for row in map(json.loads, lines)}
    kind, cross, lost = (rows[f"双11-{letter}"] for letter in "abc")
    # The campaign's own share stands before the discount; what came after the start is not past.
    assert (kind["verdict"], kind["fake_share"], kind["past_negatives"]) == ("renew", 0.05, 0)
    assert kind["past_texts"] == 9
    assert cross["fake_share"] == pytest.approx(0.6)
    # an advert is no opinion, and what nobody is sure of is neutral
    assert (cross["verdict"], cross["past_negatives"], cross["past_texts"]) == ("stop", 9, 10)
    assert cross["nsr"] == pytest.approx(-9 / 11)
    assert (lost["verdict"], lost["past_texts"], lost["fake_share"]) == ("stop", 0, None)
    assert lost["return"] == pytest.approx(20 * 20_000 * 0.3 / 1_000_000 - 1)
    assert cross["reasons"][0]["zh"].startswith("花费 10,000 元，带来 400 单")


def test_in_chinese(tmp_path: Path) -> None:
    assert "投放：3 次（续投 1、测试 0、停投 2）" in run(tmp_path, language="zh").stdout


def changed(old: str, new: str) -> str:
    assert old in CAMPAIGNS
    return CAMPAIGNS.replace(old, new, 1)


HEAD = CAMPAIGNS.splitlines()[0] + "\n"
BAD = {
    "no column": ({"campaigns": changed("revenue", "income")}, "no column revenue"),
    "no row": ({"campaigns": HEAD}, "no row"),
    "yuan with a comma": (
        {"campaigns": changed("1000000", '"10,000"')},
        "line 2, cost: '10,000' must be a number",
    ),
    "half a fen": ({"campaigns": changed("400,", "0.5,")}, "line 2, orders: .* whole number"),
    "nothing paid": ({"campaigns": changed("1000000", "0")}, "line 2: campaign 双11-a, cost: 0"),
    "no account": ({"campaigns": changed(",a1,", ",,")}, "line 2, account_id: .* empty"),
    "twice": ({"campaigns": changed("双11-b", "双11-a")}, "line 3, campaign_id: .* stands twice"),
    "no day": ({"campaigns": changed("2026-03-01", "soon")}, "line 2, started_at"),
    "share above 1": ({"campaigns": changed("0.05", "5")}, "fake_share: 5.0 must be within 0 to 1"),
    "kept": ({"authors": "author_id,kept\na1,7\n"}, "line 2, kept: .* within 0 to 1"),
    "NUL": ({"campaigns": changed("1000000", "1\x0000")}, "cost|NUL"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_files_are_named(case: str, tmp_path: Path) -> None:
    files, said = BAD[case]
    error = run(tmp_path, **files).exception
    assert isinstance(error, TingyinError), error
    assert exit_code_of(error) == ExitCode.BAD_INPUT
    assert re.search(said, str(error)), str(error)
    assert error.text("zh") != error.text("en")


def test_the_output_is_none_of_the_inputs(tmp_path: Path) -> None:
    path = tmp_path / "campaigns.csv"
    path.write_text(CAMPAIGNS, encoding="utf-8")
    error = (
        CliRunner()
        .invoke(build_app(), ["campaigns", str(path), "-o", str(path)], standalone_mode=False)
        .exception
    )
    assert exit_code_of(error or AssertionError()) == ExitCode.CANNOT_WRITE
