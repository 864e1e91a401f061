"""`tingyin watch` and the rows that it cannot use, or does not look at: each is told."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app
from service.exit_codes import ExitCode
from service.files import read_rows, read_signals, write_rows
from service.files.signals_table import SIGNALS_TABLE, signals_schema

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI)
PLAIN = dict.fromkeys(SIGNALS_TABLE) | {
    "product": "净水器",
    "role": "customer",
    "channel": "review",
    "sentiment": "negative",
    "p_negative": 1.0,
    "p_neutral": 0.0,
    "p_positive": 0.0,
    "confidence": 1.0,
    "abstained": False,
    "intents": ["complaint"],
    "complaint": ["quality"],
    "severity": 1,
    "targets": [],
    "evidence": [],
    "keyphrases": [],
    "spam": False,
    "masked_text": "漏水",
    "model_version": "1",
}
KINDS = ("jsonl", "csv", "xlsx", "parquet")


def signal(number: int, **changes: object) -> dict[str, object]:
    return PLAIN | {"id": f"s{number}", "created_at": START + timedelta(hours=number)} | changes


def run(*arguments: object, language: str = "en") -> Result:
    environment = {"TINGYIN_LANG": language, "COLUMNS": "200"}
    words = ["watch", *map(str, arguments)]
    return CliRunner(env=environment).invoke(build_app(), words, standalone_mode=False)


SPOILT = {
    "severity": "schlimm",
    "sentiment": "angry",
    "created_at": "01/05/2026",
    "id": None,
    "likes": "viele",
    "intents": "complaint",
    "spam": "maybe",
    "confidence": [1],
}


@pytest.mark.parametrize("kind", KINDS[:3])
def test_rows_that_cannot_be_used_go_beside_the_output(tmp_path: Path, kind: str) -> None:
    rows = [signal(n, **{name: cell}) for n, (name, cell) in enumerate(SPOILT.items())]
    signals, alerts = tmp_path / f"signals.{kind}", tmp_path / "alerts.csv"
    write_rows(signals, [signal(98), *rows, signal(99)])
    done = run(signals, "-o", alerts)
    assert done.exit_code == 0, done.output
    rejects = list(read_rows(tmp_path / "alerts.csv.rejects.jsonl"))
    assert [row["column"] for row in rejects] == list(SPOILT)
    first = 2 if kind == "jsonl" else 3
    assert [row["line"] for row in rejects] == list(range(first, first + len(SPOILT)))
    assert {row["file"] for row in rejects} == {signals.name}
    assert all(row["reason_zh"] and row["remedy"] and row["remedy_zh"] for row in rejects)
    assert "the order of day and month" in rejects[2]["reason"]
    assert f"rows: {len(SPOILT) + 2} = 2 heard + {len(SPOILT)} rejected" in done.output
    assert f"rejects: {tmp_path}/alerts.csv.rejects.jsonl ({len(SPOILT)} rows" in done.output
    assert run(signals, "-o", alerts, "--strict").return_value == ExitCode.REJECTS

    write_rows(signals, [signal(98)])
    assert run(signals, "-o", alerts, "--strict").return_value == ExitCode.DONE
    assert not (tmp_path / "alerts.csv.rejects.jsonl").exists()


def test_a_damaged_line_is_rejected_like_any_other(tmp_path: Path) -> None:
    signals = tmp_path / "signals.jsonl"
    write_rows(signals, [signal(1), signal(2)])
    with signals.open("a", encoding="utf-8") as stream:
        stream.write("{broken\n")
    assert "2 heard + 1 rejected" in run(signals, "-o", tmp_path / "alerts.jsonl").output
    (reject,) = read_rows(tmp_path / "alerts.jsonl.rejects.jsonl")
    assert (reject["line"], reject["column"], reject["value"]) == (3, "", "{broken")


def test_a_broken_text_in_parquet_is_rejected(tmp_path: Path) -> None:
    signals = tmp_path / "signals.parquet"
    write_rows(signals, [signal(1), signal(2)], signals_schema("Asia/Shanghai"))
    table = pq.read_table(signals)
    broken = pa.array([b"ok", b"\xff"])
    texts = pa.Array.from_buffers(pa.string(), 2, broken.buffers())
    place = table.column_names.index("masked_text")
    pq.write_table(table.set_column(place, "masked_text", texts), signals)
    done = run(signals, "-o", tmp_path / "alerts.jsonl")
    assert "rows: 2 = 1 heard + 1 rejected" in done.output
    (reject,) = read_rows(tmp_path / "alerts.jsonl.rejects.jsonl")
    assert (reject["line"], reject["column"]) == (2, "masked_text")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_time_without_a_zone_is_read_in_the_zone(tmp_path: Path, kind: str, zone: str) -> None:
    bare = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001 - without a zone is the case
    signals, alerts = tmp_path / f"signals.{kind}", tmp_path / "alerts.jsonl"
    write_rows(signals, [signal(1, created_at=bare if kind == "parquet" else "2026-03-01 09:30")])
    done = run(signals, "-o", alerts, "--zone", zone)
    assert done.exit_code == 0, done.output
    assert "as of 2026-03-01 09:30: 0 surges in 1 mentions" in done.output
    assert not (tmp_path / "alerts.jsonl.rejects.jsonl").exists()
    (row,) = read_signals(signals, ZoneInfo(zone))
    assert row["created_at"] == bare.replace(tzinfo=ZoneInfo(zone))
    (row,) = read_signals(signals)
    assert row["created_at"] == bare.replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("language", "since", "rows"),
    [
        pytest.param(
            "en",
            "judged since 2026-03-01 10:30",
            "rows: 9 = 2 heard + 1 later + 1 older than the memory (400 days) + 2 repeated ids"
            " + 2 of staff or spam + 1 rejected",
            id="english",
        ),
        pytest.param(
            "zh",
            "自 2026-03-01 10:30 起判断",
            "行数：9 = 计入 2 + 晚于该时间 1 + 早于记忆期（400 天） 1 + 编号重复 2"
            " + 客服或垃圾信息 2 + 拒收 1",
            id="chinese",
        ),
    ],
)
def test_what_is_not_looked_at_is_told(
    tmp_path: Path, language: str, since: str, rows: str
) -> None:
    signals = tmp_path / "signals.jsonl"
    told = [
        signal(1),
        signal(2),
        signal(1, created_at=START + timedelta(hours=5)),
        signal(2, created_at=START - timedelta(days=500)),
        signal(3, created_at=START - timedelta(days=500)),
        signal(4, created_at=START + timedelta(days=9)),
        signal(5, role="agent"),
        signal(6, spam=True),
        signal(7, severity=9),
    ]
    write_rows(signals, told)
    words = (signals, "-o", tmp_path / "alerts.jsonl", "--as-of", "2026-03-02")
    output = run(*words, language=language).output
    assert since in output
    assert rows in output


def test_the_time_that_only_teaches_is_told(tmp_path: Path) -> None:
    signals = tmp_path / "signals.csv"
    write_rows(signals, [signal(0), signal(24 * 20)])
    output = run(signals, "-o", tmp_path / "alerts.jsonl").output
    assert "judged since 2026-03-08 09:30: what lies before only teaches" in output
