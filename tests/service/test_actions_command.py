"""`tingyin actions` and `tingyin kpi`: files in, files and tables out, in both languages."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode
from service.files import read_rows

TIERS = "customer_id,as_of,tier,score,commercial,social,experience,engagement,care\n" + "".join(
    f"c{n},2026-06-30,{'core' if n < 60 else 'basic'},55,50,0,60,10,{n == 7}\n" for n in range(80)
)
ORDERS = "order_id,customer_id,ordered_at,amount,refunded\n" + "".join(
    f"o{n},c{n},2026-02-01,10000,0\n" + (f"p{n},c{n},2026-06-20,10000,0\n" if n < 6 else "")
    for n in range(60)
)
SIGNAL = {
    "created_at": "2026-06-28T10:00:00+08:00",
    "sentiment": "negative",
    "intents": ["complaint"],
    "complaint": ["quality"],
    "severity": 3,
    "customer_id": "c9",
    "role": "customer",
}


def run(
    folder: Path, command: str, *options: str, tiers: str = TIERS, language: str = "en"
) -> Result:
    (folder / "tiers.csv").write_text(tiers, encoding="utf-8")
    (folder / "orders.csv").write_text(ORDERS, encoding="utf-8")
    signals = [SIGNAL | {"id": "s1"}, SIGNAL | {"id": "s2", "severity": "bad"}]
    text = "".join(json.dumps(each) + "\n" for each in signals)
    (folder / "signals.jsonl").write_text(text, encoding="utf-8")
    words = [command, str(folder / "tiers.csv"), *options]
    words += ["--orders", str(folder / "orders.csv"), "--signals", str(folder / "signals.jsonl")]
    environment = {"TINGYIN_LANG": language, "COLUMNS": "200"}
    return CliRunner(env=environment).invoke(build_app(), words, standalone_mode=False)


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "xlsx"])
def test_actions_with_reason_and_evidence(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"actions.{suffix}"
    done = run(tmp_path, "actions", "-o", str(out))
    assert done.return_value == ExitCode.DONE
    rows = list(read_rows(out))
    angry = next(row for row in rows if row["customer_id"] == "c9")
    assert (angry["action"], angry["channel"]) == ("answer_severe", "phone")
    assert angry["reason"]["zh"] == "严重度 3 的投诉已 2 天没有答复"
    assert {"column": "complaints.worst_open", "value": "3"} in angry["evidence"]
    assert [row["action"] for row in rows if row["customer_id"] == "c7"] == ["care_call"]
    assert sum(row["action"] == "win_back" for row in rows) == 60 - 6 - 2
    assert "keep_best: not judged, because no table lifecycle was given" in done.stdout
    assert "rejects:" in done.stdout
    kept = tmp_path / f"actions.{suffix}.rejects.jsonl"
    reject = json.loads(kept.read_text(encoding="utf-8"))
    assert (reject["file"], reject["column"]) == ("signals.jsonl", "severity")


def test_the_actions_of_yesterday_are_a_log(tmp_path: Path) -> None:
    first, again = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    run(tmp_path, "actions", "-o", str(first))
    done = run(tmp_path, "actions", "-o", str(again), "--log", str(first), "--as-of", "2026-07-01")
    assert done.return_value == ExitCode.DONE
    assert "0 actions for 0 of 80 customers" in done.stdout
    assert again.read_bytes() == b""
    words = ["--log", str(again), "--log", str(first), "--as-of", "2026-07-03"]
    run(tmp_path, "actions", "-o", str(tmp_path / "c.jsonl"), *words)
    assert [row["action"] for row in read_rows(tmp_path / "c.jsonl")] == ["answer_severe"]


def test_stages_consent_and_rest_from_files(tmp_path: Path) -> None:
    (tmp_path / "stages.csv").write_text("customer_id,stage\nc1,dormant\nzz,lost\n")
    (tmp_path / "consent.csv").write_text(
        "customer_id,channel,granted,at\nc1,wecom,false,2026-01-01\nc2,*,false,2026-01-01\n"
    )
    (tmp_path / "quiet.csv").write_text("customer_id,until\nc3,2026-07-05\n")
    out = tmp_path / "actions.jsonl"
    files = [f"--{name}={tmp_path / name}.csv" for name in ("consent", "quiet")]
    done = run(
        tmp_path, "actions", "-o", str(out), *files, f"--table=lifecycle={tmp_path}/stages.csv"
    )
    assert done.return_value == ExitCode.DONE
    rows = list(read_rows(out))
    (kept,) = [row for row in rows if row["action"] == "keep_best"]
    assert (kept["customer_id"], kept["channel"]) == ("c1", "phone")
    assert not {"c2", "c3"} & {row["customer_id"] for row in rows}
    assert "lifecycle: 1 rows are of customers who are not in the scores" in done.stdout


def test_actions_in_chinese(tmp_path: Path) -> None:
    told = run(tmp_path, "actions", "-o", str(tmp_path / "a.csv"), language="zh").stdout
    assert "各层权益" in told
    assert "先关怀" in told
    assert "keep_best：未判断" in told


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_kpis_with_alarms_and_since_when(tmp_path: Path, suffix: str) -> None:
    out, later = tmp_path / f"kpis.{suffix}", tmp_path / f"later.{suffix}"
    done = run(tmp_path, "kpi", "-o", str(out))
    assert done.return_value == ExitCode.DONE
    (row,) = [r for r in read_rows(out) if (r["kpi"], r["tier"]) == ("repurchase_90", "core")]
    assert (row["state"], row["since"]) == ("alarm", "2026-06-30")
    assert float(row["value"]) == 0.1
    assert (
        "repurchase within 90 days of core: 10.0% (4.7%–20.1%), below 25.0%; 60 customers; since"
        in done.stdout
    )
    assert "too few to say" in done.stdout
    run(tmp_path, "kpi", "-o", str(later), "--previous", str(out), "--as-of", "2026-07-02")
    (row,) = [r for r in read_rows(later) if (r["kpi"], r["tier"]) == ("repurchase_90", "core")]
    assert (row["since"], row["as_of"]) == ("2026-06-30", "2026-07-02")


def test_kpis_as_json_and_in_chinese(tmp_path: Path) -> None:
    rows = json.loads(run(tmp_path, "kpi", "--json").stdout)
    assert rows[0]["kpi"] == "repurchase_90"
    told = run(tmp_path, "kpi", language="zh").stdout
    assert "核心级的90 天复购率" in told
    assert "人数太少" in told


ABOUT_CONTACT = {
    # option -> header and a good row, a bad row, what is said of line 3
    "a time of the log": ("log", "customer_id,action,at\nc1,x,2026-06-01", "c2,win_back,soon",
                          "at: 'soon' is no time"),
    "an action of the log": ("log", "customer_id,action,at\nc1,x,2026-06-01", "c2,,2026-06-01",
                             "action: None is empty; fill it in"),
    "whose consent": ("contact-consents", "customer_id,channel,granted,at\nc1,sms,1,2026-01-01",
                      ",sms,1,2026-01-01", "customer_id: None is empty"),
    "which consent": ("consent", "customer_id,channel,granted,at\nc1,sms,1,2026-01-01",
                      "c1,sms,perhaps,2026-01-01", "granted: 'perhaps' must be true or false"),
    "until when": ("quiet", "customer_id,until\nc1,2026-07-01", "c2,13800138000",
                   "until: '***********' is no time"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("option", "good", "bad", "said"), ABOUT_CONTACT.values(), ids=ABOUT_CONTACT
)
def test_a_row_about_contact_is_named_by_file_and_line(
    option: str, good: str, bad: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "rows.csv").write_text(f"{good}\n{bad}\n{bad}\n", encoding="utf-8")
    words = [f"--{option}", str(tmp_path / "rows.csv"), "-o", str(tmp_path / "a.jsonl")]
    done = run(tmp_path, "actions", *words)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert f"rows.csv, line 3, {said}" in str(done.exception)
    assert str(done.exception).endswith("(1 more such rows)")


def test_who_is_in_no_tier_is_counted(tmp_path: Path) -> None:
    fewer = "".join(
        line + "\n" for line in TIERS.splitlines() if not line.startswith(("c5,", "c9,"))
    )
    done = run(tmp_path, "kpi", tiers=fewer)
    assert "orders: 3 rows of 2 customers who are not in TIERS count in no tier" in done.stdout
    assert "signals: 1 rows of 1 customers who are not in TIERS" in done.stdout
    assert "in no tier" not in run(tmp_path, "kpi").stdout
    told = run(tmp_path, "kpi", "--json", tiers=fewer, language="zh")
    assert json.loads(told.stdout)
    assert "orders：2 位顾客不在分层结果中，其 3 行不计入任何层级" in told.stderr


BAD = {
    "no table": (["--table", "stages.csv"], TIERS, "write NAME=FILE"),
    "made twice": (["--table", "orders=x.csv"], TIERS, "orders is made of"),
    "no day": ([], TIERS.replace(",2026-06-30,", ",,"), "give --as-of"),
    "customer twice": ([], TIERS + TIERS.splitlines()[1] + "\n", "1 name a customer again"),
    "other tier": ([], TIERS.replace("basic", "gold"), "tier gold of the scores is not in the"),
    "nobody": ([], TIERS.splitlines()[0] + "\n", "give --as-of"),
}


@pytest.mark.parametrize("command", ["actions", "kpi"])
@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used(case: str, command: str, tmp_path: Path) -> None:
    options, tiers, said = BAD[case]
    out = tmp_path / "out.jsonl"
    done = run(tmp_path, command, "-o", str(out), *options, tiers=tiers)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert said in str(done.exception)
    assert not out.exists()
