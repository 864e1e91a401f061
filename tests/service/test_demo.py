"""`tingyin demo`: the main job, end to end, with the shipped model on the shipped sample."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from nlp.labels import INTENTS, SENTIMENTS
from service.files import read_rows
from service.sample.comparison import compare, read_truth
from service.sample.telling import tell_attack, tell_crisis
from tiering import load_policy

TINGYIN = (sys.executable, "-c", "from service.cli import main; main()")
ROOT = Path(__file__).parents[2]
PERSONAL = (
    r"1990000\d{4}",
    r"(?<![\d.])\d{17}[\dX]",
    r"622202\d{13}",
    r"@example\.com",
    r"虚构路\d+8号",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One run of the demo: what it printed, and where its files are."""

    status: int
    text: str
    folder: Path

    def rows(self, name: str) -> list[dict[str, Any]]:
        return list(read_rows(self.folder / name))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("there") / "demo"
    return run_demo(folder)


def run_demo(folder: Path) -> Shown:
    ended = subprocess.run(
        [*TINGYIN, "demo", "--folder", str(folder)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "160", "TINGYIN_LANG": "en"},
        check=False,
    )
    assert ended.returncode in {0, 1}, ended.stderr
    return Shown(ended.returncode, ended.stdout, folder)


@pytest.fixture(scope="module")
def truth(shown: Shown) -> dict[str, Any]:
    return read_truth(shown.folder / "truth.json")


def test_the_demo_ends_well(shown: Shown) -> None:
    assert shown.status == 0, shown.text


@pytest.mark.parametrize("step", ["analyze", "watch", "score"])
def test_it_shows_the_commands_that_it_runs(shown: Shown, step: str) -> None:
    assert f"$ tingyin {step} " in shown.text


@pytest.mark.parametrize(
    "said",
    [
        *(f"{chinese} {name}" for name, chinese in SENTIMENTS.items()),
        *(f"{chinese} {name}" for name, chinese in INTENTS.items()),
        *(f"{tier.zh} {tier.name}" for tier in load_policy().tiers),
        "危机 crisis",
        "水军攻击 coordinated attack",
        "marked as coordinated",
        "authors by reach",
        "重点关怀 care first",
        "影响力 influencers",
        "tingyin serve",
        "main_job.ipynb",
        "README.md",
    ],
)
def test_it_prints_what_it_found_and_where_to_look_next(shown: Shown, said: str) -> None:
    assert said in shown.text


def test_every_piece_of_feedback_has_signals(shown: Shown) -> None:
    pieces = len(shown.rows("feedback.csv")) + len(shown.rows("transcripts.jsonl"))
    ids = [row["id"] for row in shown.rows("signals.jsonl")]
    assert len(ids) == len(set(ids)) == pieces
    assert not list(shown.folder.glob("*.rejects.*"))


def test_the_crisis_is_one_alert_that_its_posts_prove(shown: Shown, truth: dict[str, Any]) -> None:
    planted = set(truth["crisis"]["ids"])
    touching = [row for row in shown.rows("alerts.jsonl") if len(planted & set(row["ids"])) > 5]
    assert len(touching) == 1
    made = compare(touching, truth["crisis"]["ids"])
    assert made.recall > 0.5
    assert made.precision > 0.7
    assert touching[0]["product"] == truth["crisis"]["product"]
    assert touching[0]["suspected_coordination"] is False
    assert touching[0]["onset"][:10] == truth["crisis"]["start"][:10]
    assert f"recall {made.recall:.0%}, precision {made.precision:.0%}" in shown.text


def test_the_attack_is_marked_as_arranged(shown: Shown, truth: dict[str, Any]) -> None:
    made = compare(shown.rows("alerts.jsonl"), truth["attack"]["ids"])
    assert made.alert is not None
    assert made.alert["suspected_coordination"] is True
    assert made.recall > 0.6


def test_nothing_else_alarms_on_the_day_of_the_sale(shown: Shown, truth: dict[str, Any]) -> None:
    planted = {truth["crisis"]["product"], truth["attack"]["product"]}
    assert {row["product"] for row in shown.rows("alerts.jsonl")} <= planted
    onsets = {row["onset"][:10] for row in shown.rows("alerts.jsonl")}
    assert truth["promotion_day"] not in onsets


def test_every_customer_has_a_tier_with_reasons_in_both_languages(shown: Shown) -> None:
    buyers = {row["customer_id"] for row in shown.rows("orders.csv")}
    tiers = shown.rows("tiers.jsonl")
    assert {row["customer_id"] for row in tiers} >= buyers
    assert len({row["tier"] for row in tiers}) >= 3
    assert all(reason["en"] and reason["zh"] for row in tiers for reason in row["reasons"])


@pytest.mark.parametrize("pattern", PERSONAL)
def test_personal_data_of_the_sample_is_not_in_any_result(shown: Shown, pattern: str) -> None:
    raw = (shown.folder / "feedback.csv").read_text("utf-8")
    assert re.search(pattern, raw)
    results = ["signals.jsonl", "feedback.signals.jsonl", "transcripts.signals.jsonl"]
    for name in [*results, "alerts.jsonl", "tiers.jsonl", "authors.jsonl"]:
        assert not re.search(pattern, (shown.folder / name).read_text("utf-8")), name
    assert not re.search(pattern, shown.text)


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("mine", encoding="utf-8")
    ended = subprocess.run(
        [*TINGYIN, "demo", "--folder", str(tmp_path / "demo")],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert ended.returncode == 5
    assert "demo" in ended.stderr
    assert "--folder" in ended.stderr
    assert (tmp_path / "demo").read_text("utf-8") == "mine"


def test_a_crisis_that_is_not_found_is_said_not_hidden() -> None:
    console = Console(record=True, width=100)
    missed = compare([{"ids": ["x"]}], ["a", "b"])
    tell_crisis(console, missed, {})
    tell_attack(console, missed)
    told = console.export_text()
    assert "the planted crisis was not found" in told
    assert "raised no alert" in told
    assert not missed.found
