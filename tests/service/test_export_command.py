"""`tingyin export`: full and delta, a manifest, safe for spreadsheets, signed, resumed."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from standardwebhooks.webhooks import Webhook
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.exit_codes import ExitCode
from service.files import read_rows
from tests.service.api.receivers import Answer, Call, receiving

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def score(name: str, tier: str = "core", points: float = 55.0, **changes: Any) -> dict[str, Any]:
    plain = {
        "customer_id": name,
        "as_of": "2026-06-30",
        "tier": tier,
        "score": points,
        "influence": None,
        "care": False,
        "reasons": [{"en": "last order 3 days ago", "zh": "距上次下单 3 天"}],
        "policy_version": "p1",
    }
    return plain | changes


TODAY = [
    score("same"),
    score("up", "strategic"),
    score("down", "basic"),
    score("more", points=61.0),
    score("new"),
    score("care", care=True),
    score("why", reasons=[{"en": "no orders so far", "zh": "尚无订单"}], influence=7.5),
]
BEFORE = [
    score(
        name, as_of="2026-06-29", reasons=[{"en": "last order 2 days ago", "zh": "距上次下单 2 天"}]
    )
    for name in ("same", "up", "down", "more", "care", "why", "gone")
]
CHANGES = {
    "up": ["tier_up"],
    "down": ["tier_down"],
    "more": ["score_up"],
    "new": ["entered"],
    "care": ["care_on"],
    "why": ["reasons"],
    "gone": ["left"],
}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def run(
    folder: Path,
    *options: str,
    out: str = "crm.jsonl",
    today: list[dict[str, Any]] = TODAY,
    before: list[dict[str, Any]] | None = BEFORE,
    language: str = "en",
    networks: str = "",
) -> Result:
    words = ["export", str(write(folder / "today.jsonl", today)), "-o", str(folder / out)]
    if before is not None:
        words += ["--previous", str(write(folder / "before.jsonl", before))]
    environment = {"TINGYIN_LANG": language, "TINGYIN_DELIVERY_NETWORKS": networks}
    return CliRunner(env=environment).invoke(build_app(), [*words, *options], standalone_mode=False)


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet", "xlsx"])
@pytest.mark.parametrize("delta", [True, False])
def test_rows_and_manifest(suffix: str, delta: bool, tmp_path: Path) -> None:
    out = f"crm.{suffix}"
    done = run(tmp_path, *(["--delta"] if delta else []), out=out)
    assert done.return_value == ExitCode.DONE
    rows = list(read_rows(tmp_path / out))
    told = {row["customer_id"]: row["changes"] for row in rows}
    assert told == (CHANGES if delta else {"same": [], **CHANGES})
    by_id = {row["customer_id"]: row for row in rows}
    assert by_id["up"]["previous_tier"] == "core"
    assert float(by_id["more"]["previous_score"]) == 55.0
    assert by_id["gone"]["tier"] is None
    assert float(by_id["why"]["influence"]) == 7.5
    manifest = json.loads((tmp_path / f"{out}.manifest.json").read_text(encoding="utf-8"))
    content = (tmp_path / out).read_bytes()
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["bytes"] == len(content)
    assert manifest["rows"] == len(rows)
    assert manifest["customers"] == len(TODAY)
    assert manifest["mode"] == ("delta" if delta else "full")
    assert (manifest["as_of"], manifest["previous_as_of"]) == ("2026-06-30", "2026-06-29")
    assert manifest["changes"] == dict.fromkeys(sorted(name for (name,) in CHANGES.values()), 1)
    assert "entered 1, left 1, tier up 1, tier down 1" in done.stdout


def test_the_same_export_is_the_same_bytes_and_has_one_id_in_every_format(tmp_path: Path) -> None:
    written = []
    for name in ("crm.jsonl", "again.jsonl", "crm.csv", "crm.parquet"):
        run(tmp_path, out=name)
        written.append(json.loads((tmp_path / f"{name}.manifest.json").read_text()))
    assert len({each["export_id"] for each in written}) == 1
    assert (tmp_path / "crm.jsonl").read_bytes() == (tmp_path / "again.jsonl").read_bytes()
    run(tmp_path, "--delta", out="delta.jsonl")
    other = json.loads((tmp_path / "delta.jsonl.manifest.json").read_text())
    assert other["export_id"] != written[0]["export_id"]


def test_without_a_run_before_nothing_is_called_a_change(tmp_path: Path) -> None:
    assert run(tmp_path, before=None).return_value == ExitCode.DONE
    assert all("changes" not in row for row in read_rows(tmp_path / "crm.jsonl"))


def test_actions_stand_beside_their_customer(tmp_path: Path) -> None:
    todo = {
        "action_id": "x1",
        "customer_id": "up",
        "action": "care_call",
        "channel": "phone",
        "priority": 90,
    }
    actions = write(tmp_path / "actions.jsonl", [todo])
    run(tmp_path, "--actions", str(actions))
    by_id = {row["customer_id"]: row["actions"] for row in read_rows(tmp_path / "crm.jsonl")}
    assert by_id["same"] == []
    (one,) = by_id["up"]
    assert (one["action"], one["channel"], one["priority"]) == ("care_call", "phone", "90")


FORMULAS = [
    "=1+1",
    "+86",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "'=1",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_runs_in_a_spreadsheet(formula: str, tmp_path: Path) -> None:
    today = [score(f"{formula}x", reasons=[{"en": formula, "zh": formula}])]
    run(tmp_path, out="crm.csv", today=today, before=None)
    run(tmp_path, out="crm.xlsx", today=today, before=None)
    import csv

    with (tmp_path / "crm.csv").open(encoding="utf-8-sig", newline="") as stream:
        _, cells = csv.reader(stream)
    assert cells[0] == f"'{formula}x"
    assert not any(cell[:1] in "=+-@\t\r\n＝＋－＠" for cell in cells if cell)
    (row,) = read_rows(tmp_path / "crm.csv")
    assert row["customer_id"] == f"{formula}x"
    page = openpyxl.load_workbook(tmp_path / "crm.xlsx").active
    assert page is not None
    assert page["A2"].data_type in ("s", "inlineStr")


BAD = {
    "delta of nothing": (["--delta"], TODAY, None, "--delta needs the run before"),
    "customer twice": ([], [*TODAY, score("up")], BEFORE, "line 8: customer up stands there twice"),
    "no tier": ([], [score("a", tier="")], BEFORE, "line 1: tier is empty"),
    "two days": (
        [],
        [score("a"), score("b", as_of="2026-06-28")],
        BEFORE,
        "give the scores of one",
    ),
    "swapped": ([], BEFORE, TODAY, "later than 2026-06-29; swap the two"),
    "moved by": (["--moved-by", "nan"], TODAY, BEFORE, "--moved-by nan must be points"),
    "no secret": (["--webhook", "https://crm.example"], TODAY, BEFORE, "go together"),
    "column that runs": ([], [score("a") | {"=cmd": 1}], None, "starts like a formula; rename it"),
    "other policy": ([], [score("up", "gold")], BEFORE, "tier gold is not in the policy"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_exported(case: str, tmp_path: Path) -> None:
    options, today, before, said = BAD[case]
    done = run(tmp_path, *options, today=today, before=before)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert said in str(done.exception)
    assert not (tmp_path / "crm.jsonl").exists()


def sending(folder: Path, url: str, *options: str, count: int = 40, language: str = "en") -> Result:
    secret = folder / "secret"
    secret.write_text(SECRET + "\n", encoding="utf-8")
    words = ["--webhook", url, "--secret-file", str(secret), "--chunk-bytes", "3000", *options]
    today = [score(f"c{n:03}") for n in range(count)]
    return run(folder, *words, today=today, before=None, networks="127.0.0.1", language=language)


def rows_of(calls: list[Call]) -> list[str]:
    return [row["customer_id"] for call in calls for row in call.json["data"].get("rows", [])]


def test_chunks_are_signed_small_whole_and_end_with_done(tmp_path: Path) -> None:
    with receiving() as crm:
        done = sending(tmp_path, crm.url + "/hook?token=geheim")
    assert done.return_value == ExitCode.DONE
    assert rows_of(crm.calls) == [f"c{n:03}" for n in range(40)]
    for call in crm.calls:
        Webhook(SECRET).verify(call.body, call.headers)
        assert len(call.body) <= 3000
    manifest = json.loads((tmp_path / "crm.jsonl.manifest.json").read_text())
    last = crm.calls[-1].json
    assert last["type"] == "customers.export.done"
    assert last["timestamp"] == "2026-06-30T15:59:59.999999+00:00"
    assert (last["data"]["chunks"], last["data"]["row_count"]) == (len(crm.calls) - 1, 40)
    assert {call.json["data"]["export_id"] for call in crm.calls} == {manifest["export_id"]}
    assert len(set(crm.ids())) == len(crm.calls)
    everything = done.stdout + "".join(p.read_text() for p in tmp_path.glob("crm*"))
    assert "geheim" not in everything
    assert SECRET not in everything


def failing(after: int, status: int = 500) -> Callable[[Call], Answer]:
    taken = iter(range(10**6))
    return lambda call: Answer() if next(taken) < after else Answer(status=status)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_that_broke_off_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with receiving(failing(3)) as crm:
        broke = sending(tmp_path, crm.url, language=language)
        assert broke.exception is not None
        assert exit_code_of(broke.exception) == ExitCode.CANNOT_WRITE
        assert "message 3 (http 500)" in str(broke.exception)
        first = list(crm.calls)
        assert len(first) == 3 + 3  # three that arrived, one tried three times
        crm.answer = lambda call: Answer()
        crm.calls.clear()
        done = sending(tmp_path, crm.url)
        assert done.return_value == ExitCode.DONE
        assert crm.calls[0].id == first[3].id
        assert rows_of(first[:3]) + rows_of(crm.calls) == [f"c{n:03}" for n in range(40)]
        assert f"{len(crm.calls)} messages now, 3 before" in done.stdout
        crm.calls.clear()
        assert sending(tmp_path, crm.url).return_value == ExitCode.DONE
        assert crm.calls == []


def test_another_content_or_receiver_starts_anew(tmp_path: Path) -> None:
    with receiving() as crm, receiving() as other:
        sending(tmp_path, crm.url)
        sending(tmp_path, other.url)
        assert len(other.calls) == len(crm.calls) > 2
        crm.calls.clear()
        sending(tmp_path, crm.url, count=41)
        assert rows_of(crm.calls) == [f"c{n:03}" for n in range(41)]


def test_a_receiver_that_is_gone_is_asked_once(tmp_path: Path) -> None:
    with receiving(lambda call: Answer(status=410)) as crm:
        done = sending(tmp_path, crm.url)
    assert "http 410" in str(done.exception)
    assert len(crm.calls) == 1


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://169.254.169.254/latest", "http://[::1]:1"]
)
def test_no_private_address_is_called(url: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    done = run(tmp_path, "--webhook", url, "--secret-file", str(tmp_path / "secret"))
    assert "address refused" in str(done.exception)
    assert "TINGYIN_DELIVERY_NETWORKS" in str(done.exception)


@pytest.mark.parametrize(
    "url", ["ftp://crm.example", "https://a:b@crm.example", "crm.example", "https://"]
)
def test_what_is_no_address(url: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET)
    done = run(tmp_path, "--webhook", url, "--secret-file", str(tmp_path / "secret"))
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT


@pytest.mark.parametrize("secret", ["", "geheimnis", "whsec_short", SECRET + "\nfalsch"])
def test_a_secret_that_is_none_is_not_shown(secret: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(secret)
    done = run(
        tmp_path, "--webhook", "https://crm.example", "--secret-file", str(tmp_path / "secret")
    )
    assert "must hold whsec_" in str(done.exception)
    assert "geheimnis" not in str(done.exception)
