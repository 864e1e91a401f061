"""`tingyin transcripts` as people type it, from signals and from feedback with the real model."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import typer
from typer.testing import CliRunner, Result

from service.cli import exit_code_of
from service.commands.transcripts import transcripts
from service.exit_codes import ExitCode
from service.files import read_rows, write_rows
from service.files.signals_table import SIGNALS_TABLE, signals_schema

BEGUN = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
KINDS = ("jsonl", "csv", "parquet", "xlsx")
PLAIN = dict.fromkeys(SIGNALS_TABLE) | {
    "channel": "transcript",
    "p_neutral": 0.1,
    "confidence": 0.9,
    "abstained": False,
    "targets": [],
    "evidence": [],
    "keyphrases": ["退款"],
    "spam": False,
    "model_version": "1",
    "customer_id": "c1",
    "product": "[扫地机]",
}
GOOD = (("c", "0", "请问有黑色吗"), ("a", "0", "有的，今天下单明天发。"), ("c", "+", "太好了谢谢"))
BAD = (
    ("c", "-", "退款九天了还没到"),
    ("a", "0", "亲，请耐心等待哦"),
    ("c", "-", "再不退我就去12315"),
)
FEEDBACK = (
    ("c", "扫地机退回去九天了，退款怎么还没有到？电话13800138000"),
    ("a", "亲，非常抱歉，请您耐心等待哦~"),
    ("c", "你们太差劲了，什么时候能退款？"),
)


def signals(session: str, script: tuple, day: int = 0) -> Iterator[dict[str, object]]:
    for turn, (who, mark, text) in enumerate(script, start=1):
        bad = mark == "-"
        yield PLAIN | {
            "id": f"{session}-{turn}",
            "session_id": session,
            "turn": turn,
            "role": {"c": "customer", "a": "agent"}[who],
            "created_at": BEGUN + timedelta(days=day, minutes=turn),
            "sentiment": {"-": "negative", "0": "neutral", "+": "positive"}[mark],
            "p_negative": 0.9 if bad else 0.0,
            "p_positive": 0.9 if mark == "+" else 0.0,
            "intents": ["complaint", "request"] if bad else [],
            "complaint": ["aftersales"] if bad else [],
            "severity": 2 if bad else 0,
            "masked_text": text,
        }


def table() -> list[dict[str, object]]:
    return [*signals("good", GOOD), *signals("bad", BAD, 1), *signals("again", BAD, 3)]


def typed(*arguments: object, language: str = "en") -> Result:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(transcripts)
    environment = {"TINGYIN_LANG": language, "COLUMNS": "220"}
    return CliRunner(env=environment).invoke(
        app, [str(argument) for argument in arguments], standalone_mode=False
    )


def status(done: Result) -> ExitCode:
    if done.exception is not None:
        return exit_code_of(done.exception)
    return ExitCode(done.return_value)


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_all_formats_say_the_same(tmp_path, source, target):
    write_rows(tmp_path / f"s.{source}", table(), signals_schema("Asia/Shanghai"))
    output = tmp_path / f"out.{target}"
    done = typed(tmp_path / f"s.{source}", "-o", output)
    assert status(done) == ExitCode.DONE, done.output
    rows = {row["session_id"]: row for row in read_rows(output)}
    assert list(rows) == ["good", "bad", "again"]
    assert [row["resolution"] for row in rows.values()] == ["resolved", "open", "open"]
    assert [one["session_id"] for one in rows["again"]["earlier"]] == ["bad"]
    assert rows["bad"]["satisfaction"] == "unsatisfied"
    assert [one["kind"] for one in rows["bad"]["unanswered"]] == ["filler", "none"]
    assert float(rows["good"]["longest_wait_s"]) == 60
    for row in rows.values():
        assert {reason["verdict"] for reason in row["reasons"]} >= {"satisfaction", "resolution"}
        assert all(reason["en"] and reason["zh"] for reason in row["reasons"])


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            ("3 dialogues, 9 turns", "escalated 2", "repeated contact 1", "aftersales 2", "12315"),
        ),
        (
            "zh",
            ("3 个会话，9 句", "升级 2", "重复来访 1", "售后与退款 2", "不满意", "未解决", "12315"),
        ),
    ],
)
def test_the_summary_speaks_both_languages(tmp_path, language, words):
    write_rows(tmp_path / "s.jsonl", table())
    done = typed(tmp_path / "s.jsonl", "-o", tmp_path / "out.csv", language=language)
    assert all(word in done.output for word in words), done.output
    assert done.output.index("again") < done.output.index("good")
    assert "[扫地机]" in done.output


def test_the_days_of_repeated_contact(tmp_path):
    write_rows(tmp_path / "s.jsonl", table())
    typed(tmp_path / "s.jsonl", "-o", tmp_path / "out.jsonl", "--repeat-days", 1)
    assert not any(row["repeated"] for row in read_rows(tmp_path / "out.jsonl"))


def test_rows_that_cannot_be_used_go_beside_the_output(tmp_path):
    spoilt = [
        {**row, "id": f"x{n}", **change}
        for n, (row, change) in enumerate(
            zip(
                table(),
                ({"role": None}, {"sentiment": "angry"}, {"created_at": "soon"}),
                strict=False,
            )
        )
    ]
    alone = {**table()[0], "id": "alone", "session_id": None, "role": None}
    write_rows(tmp_path / "s.csv", [*table(), *spoilt, alone, table()[0]])
    output = tmp_path / "out.jsonl"
    done = typed(tmp_path / "s.csv", "-o", output)
    assert status(done) == ExitCode.DONE, done.output
    rejects = list(read_rows(tmp_path / "out.jsonl.rejects.jsonl"))
    assert [(row["line"], row["column"]) for row in rejects] == [
        (11, "role"),
        (12, "sentiment"),
        (13, "created_at"),
    ]
    assert all(row["remedy"] and row["remedy_zh"] for row in rejects)
    assert "1 rows without session; 1 repeated ids; 3 rejected" in done.output
    assert len(list(read_rows(output))) == 3
    assert status(typed(tmp_path / "s.csv", "-o", output, "--strict")) == ExitCode.REJECTS
    write_rows(tmp_path / "s.csv", table())
    typed(tmp_path / "s.csv", "-o", output)
    assert not (tmp_path / "out.jsonl.rejects.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "ends", "said"),
    [
        (["none.jsonl", "-o", "out.csv"], ExitCode.BAD_INPUT, "does not exist"),
        (["s.jsonl", "-o", "out.doc"], ExitCode.CANNOT_WRITE, "use one of"),
        (["s.jsonl", "-o", "s.jsonl"], ExitCode.CANNOT_WRITE, "is one of the inputs"),
        (["s.jsonl", "-o", "o.csv", "--repeat-days", "-1"], ExitCode.BAD_INPUT, "0 to 36,500"),
        (["s.jsonl", "-o", "o.csv", "--repeat-days", "nan"], ExitCode.BAD_INPUT, "0 to 36,500"),
        (["s.jsonl", "-o", "o.csv", "--repeat-days", "inf"], ExitCode.BAD_INPUT, "0 to 36,500"),
        (["s.jsonl", "-o", "o.csv", "--zone", "Mars"], ExitCode.BAD_INPUT, "known time zone"),
        (["alone.jsonl", "-o", "o.csv"], ExitCode.BAD_INPUT, "no turn of a dialogue"),
        (["part.jsonl", "-o", "o.csv"], ExitCode.BAD_INPUT, "severity missing"),
        (["comments.csv", "-o", "o.csv"], ExitCode.BAD_INPUT, "no column for"),
        (["empty.csv", "-o", "o.csv"], ExitCode.BAD_INPUT, "empty"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_cannot_be_done_is_said(tmp_path, monkeypatch, arguments, ends, said):
    monkeypatch.chdir(tmp_path)
    write_rows(Path("s.jsonl"), table())
    write_rows(Path("alone.jsonl"), [{**row, "session_id": None} for row in table()])
    part = [{k: v for k, v in row.items() if k != "severity"} for row in table()]
    write_rows(Path("part.jsonl"), part)
    Path("comments.csv").write_text("编号,颜色\n1,红\n", encoding="utf-8")
    Path("empty.csv").write_text("", encoding="utf-8")
    done = typed(*arguments)
    assert status(done) == ends
    assert said in str(done.exception)


def test_feedback_is_analysed_first_and_its_signals_give_the_same(tmp_path):
    lines = ["编号,会话编号,轮次,角色,时间,消息"]
    lines += [
        f"m{n},s1,{n},{'顾客' if who == 'c' else '客服'},2026-03-02 10:0{n},{text}"
        for n, (who, text) in enumerate(FEEDBACK, start=1)
    ]
    source, output = tmp_path / "chat.csv", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = typed(source, "-o", output, "--map", "text=消息")
    assert status(done) == ExitCode.DONE, (done.output, done.exception)
    (row,) = read_rows(output)
    assert (row["turns"], row["customer_turns"], row["resolution"]) == (3, 2, "open")
    assert row["satisfaction"] == "unsatisfied"
    assert row["unanswered"]
    assert row["turning_points"] == []
    kept = tmp_path / "out.jsonl.signals.jsonl"
    assert "13800138000" not in output.read_text("utf-8") + kept.read_text("utf-8")
    again = tmp_path / "again.jsonl"
    assert status(typed(kept, "-o", again)) == ExitCode.DONE
    assert json.loads(again.read_text("utf-8")) == json.loads(output.read_text("utf-8"))
    assert status(typed(source, "-o", output, "--map", "text=消息")) == ExitCode.DONE
