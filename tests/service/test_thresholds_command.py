"""`tingyin thresholds`: scores and offers in; cuts, alternatives, moves and a policy out."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode
from tiering import load_policy

NAMES = ("strategic", "core", "potential", "basic")
LADDER = load_policy().tiers


def tier_of(score: float) -> str:
    return next(tier.name for tier in LADDER if score >= tier.at_least)


TIERS = "customer_id,tier,score,worth\n" + "".join(
    f"c{n},{tier_of(n)},{n},{n * 1000}\n" for n in range(100)
)
OFFERS = {
    "tiers": [
        {"name": "strategic", "cost": 20_000, "benefit": [[0, 0], [100, 50_000]], "capacity": 10},
        {"name": "core", "cost": 8_000, "benefit": [[0, 0], [100, 20_000]], "capacity": 30},
        {"name": "potential", "cost": 1_000, "benefit": [[0, 0], [100, 10_000]]},
        {"name": "basic", "cost": 0},
    ]
}


def run(
    folder: Path, *options: str, tiers: str = TIERS, offers: object = OFFERS, language: str = "en"
) -> Result:
    (folder / "tiers.csv").write_text(tiers, encoding="utf-8")
    (folder / "offers.yaml").write_text(yaml.safe_dump(offers), encoding="utf-8")
    files = [str(folder / "tiers.csv"), "--offers", str(folder / "offers.yaml")]
    environment = {"TINGYIN_LANG": language, "COLUMNS": "200"}
    return CliRunner(env=environment).invoke(
        build_app(), ["thresholds", *files, *options], standalone_mode=False
    )


def test_cuts_alternatives_moves_and_a_policy(tmp_path: Path) -> None:
    policy, moves = tmp_path / "new.yaml", tmp_path / "moves.jsonl"
    done = run(tmp_path, "-o", str(policy), "--moves", str(moves))
    assert done.return_value == ExitCode.DONE
    assert "strategic is full (10 of 10)" in done.stdout
    assert "strategic capacity +10% (10 → 11)" in done.stdout
    # ten of the thirty strategic ones stay; core pays from 70 on
    cuts = [tier.at_least for tier in load_policy(policy).tiers]
    assert cuts == [90, 71, 11, 0]
    rows = [json.loads(line) for line in moves.read_text(encoding="utf-8").splitlines()]
    assert f"of 100 customers {len(rows)} would move" in done.stdout
    assert all(row["cause"] == "cut" for row in rows)
    fell = next(row for row in rows if row["customer_id"] == "c89")
    assert (fell["tier"], fell["proposed"]) == ("strategic", "core")
    assert fell["reason"]["en"] == "score 89.0; the cut of strategic goes from 70 to 90"
    assert fell["reason"]["zh"] == "得分 89.0；战略级的界线由 70 变为 90"


def test_hysteresis_keeps_who_is_within_the_margin(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "tiering/policy.yaml").read_text("utf-8")
    steady = shipped.replace("{margin: 0, runs: 1}", "{margin: 3, runs: 3}")
    assert steady != shipped
    (tmp_path / "policy.yaml").write_text(steady, encoding="utf-8")
    moves = tmp_path / "moves.jsonl"
    done = run(tmp_path, "--policy", str(tmp_path / "policy.yaml"), "--moves", str(moves))
    rows = [json.loads(line) for line in moves.read_text(encoding="utf-8").splitlines()]
    held = {row["customer_id"] for row in rows if row["held"]}
    # cuts 90, 71, 11: strategic ones of 87 to 89, the core one of 70, none of the basic ones below
    assert {"c87", "c88", "c89"} <= held
    assert "c86" not in held
    assert f"of them {len(held)} stay for now" in done.stdout


def test_who_is_capped_by_risk_is_told_by_the_score(tmp_path: Path) -> None:
    capped = "customer_id,tier,score,worth,uncapped_tier\n" + "".join(
        f"c{n},{'basic' if n == 95 else tier_of(n)},{n},{n * 1000},{tier_of(n)}\n"
        for n in range(100)
    )
    plain, told = run(tmp_path).stdout, run(tmp_path, tiers=capped).stdout
    assert told == plain


def test_in_chinese(tmp_path: Path) -> None:
    told = run(tmp_path, language="zh").stdout
    assert "收益最高的分层界线" in told
    assert "strategic 名额已满（10/10）" in told
    assert "战略级 → 核心级：19" in told


def test_what_a_customer_is_worth_is_a_column(tmp_path: Path) -> None:
    lifted = {
        "tiers": [{"name": n, "cost": 4_950 * (n == "strategic")} for n in NAMES],
    }
    lifted["tiers"][0]["uplift"] = 0.1
    done = run(tmp_path, "--value", "worth", offers=lifted)
    assert "all tiers together bring ¥+1,250.00" in done.stdout
    without = run(tmp_path, offers=lifted)
    assert "have an uplift" in str(without.exception)


BAD = {
    "too small": (
        TIERS,
        {"tiers": [{"name": n, "cost": 1, "capacity": 5} for n in NAMES]},
        "the tiers hold 20 customers",
    ),
    "other tiers": (TIERS, {"tiers": [{"name": "gold", "cost": 1}]}, "must be the tiers of the"),
    "tier of another policy": ("customer_id,tier,score\nc1,gold,1\n", OFFERS, "tier gold is not"),
    "nan": ("customer_id,tier,score\nc1,core,nan\n", OFFERS, "no finite number"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_cut(case: str, tmp_path: Path) -> None:
    tiers, offers, said = BAD[case]
    done = run(tmp_path, tiers=tiers, offers=offers)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert said in str(done.exception)
