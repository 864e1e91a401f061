"""`tingyin opinions` as people type it, on reviews written for this test."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nlp.message import Language
from service import cli
from service.commands.opinions import opinions
from service.exit_codes import ExitCode
from service.files import read_rows, write_rows
from service.files.signals_table import SIGNALS_TABLE, signals_schema

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
REVIEWS = [
    ("屏幕很好，客服太差", [("屏幕", "positive"), ("客服", "negative")], ["service"]),
    ("螢幕清晰，物流也快😀", [("螢幕", "positive"), ("物流", "positive")], []),
    ("客服电话13800138000没人接", [("客服", "negative")], ["service"]),
    ("滤网三天就坏", [("滤网", "negative")], ["quality"]),
    ("买来送人", [], []),
]


def signal_rows() -> Iterator[dict[str, object]]:
    for number in range(100):
        text, targets, complaint = REVIEWS[number % len(REVIEWS)]
        row = dict.fromkeys(SIGNALS_TABLE) | {
            "id": f"r{number}",
            "created_at": START + timedelta(days=number % 90),
            "product": ["手机A", "手机B"][number % 2],
            "industry": "手机",
            "likes": number,
            "sentiment": "neutral",
            "p_negative": 0.3,
            "p_neutral": 0.4,
            "p_positive": 0.3,
            "confidence": 0.4,
            "abstained": False,
            "intents": [],
            "complaint": complaint,
            "severity": 0,
            "targets": [{"span": span, "polarity": polarity} for span, polarity in targets],
            "evidence": [],
            "keyphrases": [],
            "spam": False,
            "masked_text": text,
            "model_version": "written by hand",
        }
        yield row


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("opinions")
    for kind in ("jsonl", "csv", "parquet", "xlsx"):
        write_rows(place / f"signals.{kind}", signal_rows(), signals_schema("Asia/Shanghai"))
    return place


def typed(
    monkeypatch: pytest.MonkeyPatch, *arguments: object, language: Language = "en"
) -> ExitCode:
    """Run the command in this process and return its exit status."""
    monkeypatch.setattr(cli, "COMMANDS", {**cli.COMMANDS, "opinions": opinions})
    monkeypatch.setenv("TINGYIN_LANG", language)
    monkeypatch.setenv("COLUMNS", "180")
    monkeypatch.setattr(sys, "argv", ["tingyin", "opinions", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ExitCode(int(ended.value.code or 0))


@pytest.fixture
def table(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    output = tmp_path / "first.jsonl"
    assert typed(monkeypatch, folder / "signals.jsonl", "-o", output) == ExitCode.DONE
    return list(read_rows(output))


def test_the_table_counts_what_was_written(table):
    told = {row["aspect"]: row for row in table if row["scope"] == "all"}
    assert {name: row["mentions"] for name, row in told.items()} == {
        "screen": 40,
        "service": 40,
        "logistics": 20,
        "滤网": 20,
    }
    assert (told["screen"]["net"], told["service"]["net"]) == (1.0, -1.0)
    assert told["screen"]["zh"] == "屏幕"
    assert told["service"]["complaints"] == [{"category": "service", "count": 40}]
    assert sum(row["share"] for row in told.values()) == pytest.approx(1.0, abs=1e-3)
    for row in told.values():
        assert row["negative"] + row["neutral"] + row["positive"] == row["mentions"]
        assert row["recent_mentions"] + row["before_mentions"] == row["mentions"]
        assert row["quotes"]
        assert "138" not in str(row["quotes"])


def test_every_product_has_its_own_rows(table):
    both = [row for row in table if row["scope"] == "product"]
    assert {row["product"] for row in both} == {"手机A", "手机B"}
    assert sum(row["mentions"] for row in both) == 120


@pytest.mark.parametrize("source", ["csv", "parquet", "xlsx"])
@pytest.mark.parametrize("target", ["jsonl", "csv", "parquet"])
def test_all_formats_say_the_same(folder, tmp_path, monkeypatch, table, source, target):
    output = tmp_path / f"out.{target}"
    assert typed(monkeypatch, folder / f"signals.{source}", "-o", output) == ExitCode.DONE
    rows = list(read_rows(output))
    whole = ("product", "aspect", "complaints", "terms", "quotes", "trend")
    assert [[row[name] or "" for name in whole] for row in rows] == [
        [row[name] or "" for name in whole] for row in table
    ]
    assert [float(row["net"]) for row in rows] == [row["net"] for row in table]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("全部产品", "正面 / 中性 / 负面", "屏幕", "净情感", "行数：100", "观点：")),
        ("en", ("All products", "positive / neutral / negative", "screen", "rows: 100", "net")),
    ],
)
def test_the_terminal_speaks_both_languages(folder, tmp_path, monkeypatch, capsys, language, words):
    output = tmp_path / "out.csv"
    typed(monkeypatch, folder / "signals.parquet", "-o", output, language=language)
    said = capsys.readouterr().out
    assert all(word in said for word in words), said


def test_product_and_top_narrow_it_down(folder, tmp_path, monkeypatch):
    output = tmp_path / "out.jsonl"
    code = typed(
        monkeypatch, folder / "signals.jsonl", "-o", output, "--product", "手机B", "--top", 2
    )
    assert code == ExitCode.DONE
    rows = list(read_rows(output))
    assert [(row["scope"], row["product"]) for row in rows] == [("product", "手机B")] * 2


def test_likes_weigh_where_asked(folder, tmp_path, monkeypatch, table):
    output = tmp_path / "out.jsonl"
    typed(monkeypatch, folder / "signals.jsonl", "-o", output, "--by-likes")
    rows = list(read_rows(output))
    assert [row["mentions"] for row in rows] == [row["mentions"] for row in table]
    assert [row["share"] for row in rows] != [row["share"] for row in table]


def test_mentions_prove_every_figure(folder, tmp_path, monkeypatch, table):
    output, mentions = tmp_path / "out.jsonl", tmp_path / "mentions.csv"
    typed(monkeypatch, folder / "signals.jsonl", "-o", output, "--mentions", mentions)
    proofs = list(read_rows(mentions))
    for row in table:
        if row["scope"] == "product":
            ids = [
                proof["id"]
                for proof in proofs
                if (proof["product"], proof["aspect"]) == (row["product"], row["aspect"])
            ]
            assert len(ids) == len(set(ids)) == row["mentions"]
    assert "13800138000" not in mentions.read_text(encoding="utf-8")


def test_an_own_lexicon_is_used(folder, tmp_path, monkeypatch):
    own, output = tmp_path / "own.yaml", tmp_path / "out.jsonl"
    own.write_text("aspects:\n  - {aspect: filter, zh: 滤芯, terms: [滤网]}\n", encoding="utf-8")
    typed(monkeypatch, folder / "signals.jsonl", "-o", output, "--aspects", own)
    told = {row["aspect"]: row["zh"] for row in read_rows(output)}
    assert told["filter"] == "滤芯"
    assert "滤网" not in told


@pytest.mark.parametrize(("language", "words"), [("en", "line 2"), ("zh", "第 2 行")])
def test_a_broken_lexicon_ends_with_3(folder, tmp_path, monkeypatch, capsys, language, words):
    own, output = tmp_path / "own.yaml", tmp_path / "out.jsonl"
    own.write_text("aspects:\n  - {aspect: 滤网, zh: 滤芯, terms: [滤网]}\n", encoding="utf-8")
    arguments = (folder / "signals.jsonl", "-o", output, "--aspects", own)
    assert typed(monkeypatch, *arguments, language=language) == ExitCode.BAD_INPUT
    assert words in capsys.readouterr().err
    assert not output.exists()


def test_a_spoilt_row_is_rejected_and_the_rest_is_counted(tmp_path, monkeypatch, capsys):
    source, output = tmp_path / "signals.jsonl", tmp_path / "out.jsonl"
    rows = list(signal_rows())
    rows[3]["targets"] = [{"span": "滤网", "polarity": None}]
    rows[4]["created_at"] = None
    write_rows(source, rows)
    assert typed(monkeypatch, source, "-o", output, "--strict") == ExitCode.REJECTS
    rejects = list(read_rows(tmp_path / "out.jsonl.rejects.jsonl"))
    assert [(reject["line"], reject["column"]) for reject in rejects] == [
        (4, "targets"),
        (5, "created_at"),
    ]
    assert all(reject["reason_zh"] and reject["remedy"] for reject in rejects)
    assert "2 rejected" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["signals.jsonl", "-o", "out.doc"], ExitCode.CANNOT_WRITE, "extension"),
        (["signals.jsonl", "-o", "signals.jsonl"], ExitCode.CANNOT_WRITE, "one of the inputs"),
        (["nothing.jsonl", "-o", "out.csv"], ExitCode.BAD_INPUT, "nothing.jsonl"),
        (["signals.jsonl", "-o", "out.csv", "--zone", "Mars"], ExitCode.BAD_INPUT, "'Mars'"),
        (["signals.jsonl", "-o", "out.csv", "--as-of", "soon"], ExitCode.BAD_INPUT, "'soon'"),
        (["signals.jsonl", "-o", "out.csv", "--product", "X"], ExitCode.BAD_INPUT, "手机A"),
        (["signals.jsonl", "-o", "out.csv", "--top", "0"], ExitCode.USAGE, "top"),
    ],
)
def test_what_cannot_be_done_is_said(
    folder, tmp_path, monkeypatch, capsys, arguments, status, words
):
    (tmp_path / "signals.jsonl").write_bytes((folder / "signals.jsonl").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert typed(monkeypatch, *arguments) == status
    assert words in capsys.readouterr().err


def test_signals_without_any_target_give_an_empty_table(tmp_path, monkeypatch, capsys):
    source, output = tmp_path / "signals.jsonl", tmp_path / "out.csv"
    write_rows(source, [row | {"targets": []} for row in signal_rows()])
    assert typed(monkeypatch, source, "-o", output) == ExitCode.DONE
    assert list(read_rows(output)) == []
    assert "100 name no target" in capsys.readouterr().out
