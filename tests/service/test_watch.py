"""`tingyin watch` as people type it, on the shipped sample with its writer's labels as signals."""

import json
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nlp.message import Language
from service.cli import main
from service.exit_codes import ExitCode
from service.files import read_rows, write_rows
from service.files.signals_table import SIGNALS_TABLE, signals_schema
from service.sample import SEED
from service.sample.generate import make_sample, numbered
from service.sample.labelled import labelled_texts
from service.sample.truth import truth_of

UNLABELLED: dict[str, object] = {
    "sentiment": "neutral",
    "intents": [],
    "complaint": [],
    "severity": 0,
}
CERTAIN: dict[str, object] = {
    "p_negative": 0.3,
    "p_neutral": 0.4,
    "p_positive": 0.3,
    "confidence": 0.9,
    "abstained": False,
    "targets": [],
    "evidence": [],
    "keyphrases": [],
    "model_version": "the writer's labels",
}


def signal_rows(seed: int = SEED) -> Iterator[dict[str, object]]:
    """Yield the sample's signals as a model without errors would give them."""
    labels = {str(line["id"]): line for line in labelled_texts(seed)}
    for row in numbered(make_sample(seed).pieces):
        label = labels.get(str(row["source"]), UNLABELLED)
        said = {name: label[name] for name in UNLABELLED}
        spam = str(row["handle"]).startswith("advert")
        cells = row | CERTAIN | said | {"spam": spam, "masked_text": row["text"]}
        yield {name: None if cells.get(name) == "" else cells.get(name) for name in SIGNALS_TABLE}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("watch")
    rows = list(signal_rows())
    for kind in ("jsonl", "csv", "parquet", "xlsx"):
        write_rows(place / f"signals.{kind}", rows, signals_schema("Asia/Shanghai"))
    return place


@pytest.fixture(scope="module")
def truth() -> dict[str, dict[str, object]]:
    sample = make_sample(SEED)
    return truth_of(numbered(sample.pieces), sample.calendar, SEED)


def typed(
    monkeypatch: pytest.MonkeyPatch, *arguments: object, language: Language = "en"
) -> ExitCode:
    """Run the command in this process and return its exit status."""
    monkeypatch.setenv("TINGYIN_LANG", language)
    monkeypatch.setenv("COLUMNS", "180")
    monkeypatch.setattr(sys, "argv", ["tingyin", "watch", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ExitCode(int(ended.value.code or 0))


@pytest.fixture
def alerts(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, object]]:
    output = tmp_path / "alerts.jsonl"
    assert typed(monkeypatch, folder / "signals.jsonl", "-o", output) == ExitCode.DONE
    return list(read_rows(output))


def test_what_was_planted_is_found_and_nothing_else(alerts, truth):
    attack, crisis = sorted(alerts, key=lambda alert: alert["onset"])
    assert [attack["product"], crisis["product"]] == [
        truth["attack"]["product"],
        truth["crisis"]["product"],
    ]
    assert set(truth["attack"]["ids"]) <= set(attack["ids"])
    assert len(set(truth["crisis"]["ids"]) & set(crisis["ids"])) > 0.85 * crisis["observed"]
    assert crisis["category"] == "safety"
    assert crisis["level"] <= attack["level"] <= 2
    assert attack["suspected_coordination"] is True
    assert crisis["suspected_coordination"] is False
    for alert in alerts:
        assert alert["observed"] == len(alert["ids"]) > alert["upper"] > alert["expected"]


def test_the_beginning_is_the_planted_one(alerts, truth):
    for alert, planted in zip(
        sorted(alerts, key=lambda alert: alert["onset"]),
        (truth["attack"], truth["crisis"]),
        strict=True,
    ):
        late = datetime.fromisoformat(alert["onset"]) - planted["start"]
        assert -timedelta(hours=8) < late < timedelta(minutes=30)


@pytest.mark.parametrize("source", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("target", ["jsonl", "csv", "parquet"])
def test_all_formats_say_the_same(folder, tmp_path, monkeypatch, alerts, source, target):
    output = tmp_path / f"out.{target}"
    assert typed(monkeypatch, folder / f"signals.{source}", "-o", output) == ExitCode.DONE
    rows = list(read_rows(output))
    whole = ("fingerprint", "product", "category", "onset", "ids", "categories", "reasons")
    assert [[row[name] for name in whole] for row in rows] == [
        [alert[name] for name in whole] for alert in alerts
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "zh",
            (
                "级别",
                "预期 / 实际",
                "级（",
                "安全与健康",
                "疑似有组织：31 条",
                "告警：",
            ),
        ),
        ("en", ("level", "expected / observed", "major", "safety", "since 20")),
    ],
)
def test_the_table_speaks_both_languages(folder, tmp_path, monkeypatch, capsys, language, words):
    output = tmp_path / "alerts.csv"
    typed(monkeypatch, folder / "signals.parquet", "-o", output, language=language)
    said = capsys.readouterr().out
    assert all(word in said for word in words), said


def test_as_of_and_since_narrow_it_down(folder, tmp_path, monkeypatch, truth):
    signals, output = folder / "signals.parquet", tmp_path / "alerts.jsonl"
    between = (truth["attack"]["end"] + timedelta(days=3)).strftime("%Y-%m-%d")
    typed(monkeypatch, signals, "-o", output, "--as-of", between)
    assert [row["product"] for row in read_rows(output)] == [truth["attack"]["product"]]
    typed(monkeypatch, signals, "-o", output, "--since", between)
    assert [row["product"] for row in read_rows(output)] == [truth["crisis"]["product"]]


def test_an_alert_is_raised_while_the_crisis_grows(folder, tmp_path, monkeypatch, truth):
    now = truth["crisis"]["start"] + timedelta(hours=3)
    output = tmp_path / "alerts.jsonl"
    assert (
        typed(monkeypatch, folder / "signals.parquet", "-o", output, "--as-of", now.isoformat())
        == ExitCode.DONE
    )
    crisis = [row for row in read_rows(output) if row["product"] == truth["crisis"]["product"]]
    assert len(crisis) == 1
    assert datetime.fromisoformat(crisis[0]["until"]) == now


def test_a_higher_minimum_hears_less(folder, tmp_path, monkeypatch, truth):
    output = tmp_path / "alerts.jsonl"
    typed(monkeypatch, folder / "signals.parquet", "-o", output, "--minimum-count", 50)
    assert [row["product"] for row in read_rows(output)] == [truth["crisis"]["product"]]


@pytest.mark.parametrize("target", ["csv", "parquet", "jsonl"])
def test_silence_is_an_answer(folder, tmp_path, monkeypatch, capsys, truth, target):
    quiet = truth["attack"]["start"] - timedelta(days=1)
    output = tmp_path / f"none.{target}"
    asked = ("-o", output, "--as-of", quiet.isoformat())
    assert typed(monkeypatch, folder / "signals.parquet", *asked) == ExitCode.DONE
    assert "0 surges in" in capsys.readouterr().out
    assert output.exists()
    if target == "csv":
        assert output.read_text("utf-8-sig").startswith("fingerprint,product,category,onset")


def test_the_future_is_left_out_and_told(folder, tmp_path, monkeypatch, capsys, alerts):
    rows = list(signal_rows())
    rows.append(rows[-1] | {"id": "x", "created_at": datetime(2090, 1, 1, tzinfo=ZoneInfo("UTC"))})
    signals, output = tmp_path / "s.jsonl", tmp_path / "out.jsonl"
    write_rows(signals, rows)
    assert typed(monkeypatch, signals, "-o", output) == ExitCode.DONE
    assert "+ 1 later" in capsys.readouterr().out
    assert [row["ids"] for row in read_rows(output)] == [alert["ids"] for alert in alerts]


def wrong_line(name: str, value: object) -> str:
    """Return a line of a signals file with one wrong cell."""
    row = next(signal_rows()) | {"created_at": "2026-03-01T09:30:00+08:00", name: value}
    return json.dumps(row, ensure_ascii=False, default=str)


OPTIONS = ("-o", "alerts.jsonl")
BAD = {
    "no such file": (None, OPTIONS, ExitCode.BAD_INPUT, "does not exist"),
    "no signals": ('{"a": 1}', OPTIONS, ExitCode.BAD_INPUT, "no signals table"),
    "empty": ("", OPTIONS, ExitCode.BAD_INPUT, "is empty"),
    "severity": (
        wrong_line("severity", "bad"),
        OPTIONS,
        ExitCode.BAD_INPUT,
        "none of 1 rows can be used; the first: signals.jsonl, line 1, severity: no value that",
    ),
    "only the future": (
        wrong_line("created_at", "2090-03-01T09:30:00+08:00"),
        OPTIONS,
        ExitCode.BAD_INPUT,
        "no mention of a customer up to now (1 in the future, 0 unusable)",
    ),
    "as-of": (
        wrong_line("turn", None),
        (*OPTIONS, "--as-of", "01/05/2026"),
        ExitCode.BAD_INPUT,
        "--as-of '01/05/2026': the order of day and month",
    ),
    "since after as-of": (
        wrong_line("turn", None),
        (*OPTIONS, "--as-of", "2026-01-01", "--since", "2026-02-01"),
        ExitCode.BAD_INPUT,
        "lies after as_of",
    ),
    "rate": (
        wrong_line("turn", None),
        (*OPTIONS, "--false-alarms-per-month", "0"),
        ExitCode.BAD_INPUT,
        "false_alarms_per",
    ),
    "minimum": (
        wrong_line("turn", None),
        (*OPTIONS, "--minimum-count", "1"),
        ExitCode.BAD_INPUT,
        "minimum_count is 1; give a value from 3",
    ),
    "zone": (
        wrong_line("turn", None),
        (*OPTIONS, "--zone", "Mars"),
        ExitCode.BAD_INPUT,
        "zone is 'Mars'",
    ),
    "output format": (
        wrong_line("turn", None),
        ("-o", "alerts.doc"),
        ExitCode.CANNOT_WRITE,
        "extension '.doc'",
    ),
    "over the signals": (
        wrong_line("turn", None),
        ("-o", "signals.jsonl"),
        ExitCode.CANNOT_WRITE,
        "is one of the inputs",
    ),
    "no output": (wrong_line("turn", None), (), ExitCode.USAGE, "output"),
}


@pytest.mark.parametrize(("text", "options", "status", "told"), BAD.values(), ids=BAD)
def test_bad_input_is_named(tmp_path, monkeypatch, capsys, text, options, status, told):
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("signals.jsonl").write_text(text, "utf-8")
    before = sorted(path.name for path in tmp_path.iterdir())
    assert typed(monkeypatch, "signals.jsonl", *options) == status
    assert told in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == before
