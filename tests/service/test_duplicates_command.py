"""`tingyin duplicates` as people type it."""

import json
import sys

import pytest

from nlp.message import Language
from service.commands.duplicates import duplicates
from service.exit_codes import ExitCode
from service.files import read_rows, write_rows

ATTACK = "内部员工爆料这款坚果全部是过期原料翻新的，吃了会致癌，打13800138000举报"
ROWS = [
    ("1", "2026-01-05 10:30", "甲", ATTACK),
    ("2", "2026-01-05 10:00", "乙", ATTACK + "！！！"),
    ("3", "2026-01-06 09:00", "甲", ATTACK.replace("13800138000", "13900139000") + "速看"),
    ("4", "2026-01-05 11:00", "丙", "物流很快，包装完好"),
    ("5", "2026-01-05 11:10", "丁", "物流太慢，等了一周"),
    ("6", "2026-01-05 11:20", "戊", "差评"),
    ("7", "2026-01-05 11:30", "", "差评。"),
    ("8", "2026-01-05 11:40", "己", ""),
    ("9", "昨天", "庚", "味道不错"),
    ("4", "2026-01-05 11:00", "丙", "物流很快，包装完好"),
]
COLUMNS = ("id", "created_at", "author_id", "text")


@pytest.fixture
def typed(monkeypatch, tmp_path):
    """Run the command in this process and return its exit status."""
    from service import cli

    def run(*arguments: object, language: Language = "en") -> ExitCode:
        monkeypatch.setenv("TINGYIN_LANG", language)
        monkeypatch.setattr(cli, "COMMANDS", {**cli.COMMANDS, "duplicates": duplicates})
        monkeypatch.setattr(sys, "argv", ["tingyin", "duplicates", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return ExitCode(int(ended.value.code or 0))

    return run


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "feedback.csv"
    write_rows(path, (dict(zip(COLUMNS, row, strict=True)) for row in ROWS))
    return path


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "xlsx"])
def test_one_row_per_group_in_every_format(typed, source, tmp_path, kind):
    output = tmp_path / f"groups.{kind}"
    assert typed(source, "-o", output) is ExitCode.DONE
    first, second = list(read_rows(output))
    assert (int(first["size"]), first["ids"]) == (3, ["2", "1", "3"])
    assert first["first"] == "2026-01-05T10:00:00+08:00"
    assert first["last"] == "2026-01-06T09:00:00+08:00"
    assert (first["authors"], int(first["author_count"])) == (["乙", "甲"], 2)
    assert "13800138000" not in first["text"]
    assert first["text"].startswith("内部员工爆料")
    assert any("原料" in phrase or "致癌" in phrase for phrase in first["keyphrases"])
    assert (int(second["size"]), second["ids"], second["authors"]) == (2, ["6", "7"], ["戊"])


def test_every_row_is_told_of(typed, source, tmp_path, capsys):
    output = tmp_path / "groups.jsonl"
    assert typed(source, "-o", output, "--strict") is ExitCode.REJECTS
    told = capsys.readouterr().out
    assert "rows = in groups + alone + repeated ids + rejects: 10 = 5 + 2 + 1 + 2" in told
    assert "13800138000" not in told
    rejects = list(read_rows(f"{output}.rejects.jsonl"))
    assert [(reject["line"], reject["column"]) for reject in rejects] == [
        (9, "text"),
        (10, "created_at"),
    ]


def test_chinese_tells_the_same(typed, source, tmp_path, capsys):
    typed(source, "-o", tmp_path / "groups.jsonl", language="zh")
    assert "行数 = 成组 + 单独 + 编号重复 + 拒收：10 = 5 + 2 + 1 + 2" in capsys.readouterr().out


def test_a_second_run_writes_the_same_bytes(typed, source, tmp_path):
    outputs = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for output in outputs:
        typed(source, "-o", output)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()


def test_larger_groups_only(typed, source, tmp_path):
    output = tmp_path / "groups.jsonl"
    typed(source, "-o", output, "--least", 3)
    assert [json.loads(line)["size"] for line in output.read_text("utf-8").splitlines()] == [3]


def test_a_signals_file_is_read_by_its_masked_text(typed, tmp_path):
    rows = [
        {"id": str(n), "created_at": "2026-01-05", "masked_text": "客服一直不回，退款也不给"}
        for n in range(3)
    ]
    source, output = tmp_path / "signals.jsonl", tmp_path / "groups.jsonl"
    write_rows(source, rows)
    assert typed(source, "-o", output) is ExitCode.DONE
    (group,) = read_rows(output)
    assert group["size"] == 3


def test_rows_without_id_and_time_need_the_options(typed, tmp_path, capsys):
    source, output = tmp_path / "reviews.csv", tmp_path / "groups.jsonl"
    write_rows(source, [{"review": "千万别买，用三天就漏水"}] * 2)
    assert typed(source, "-o", output) is ExitCode.BAD_INPUT
    assert "--make-ids" in capsys.readouterr().err
    assert typed(source, "-o", output, "--make-ids", "--at", "2026-01-05") is ExitCode.DONE
    (group,) = read_rows(output)
    assert group["ids"] == ["reviews-2", "reviews-3"]


def test_no_copies_leave_an_empty_table(typed, tmp_path):
    source, output = tmp_path / "feedback.csv", tmp_path / "groups.jsonl"
    write_rows(source, [dict(zip(COLUMNS, ROWS[3], strict=True))])
    assert typed(source, "-o", output) is ExitCode.DONE
    assert output.read_text("utf-8") == ""


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["missing.csv", "-o", "groups.jsonl"], ExitCode.BAD_INPUT, "missing.csv"),
        (["feedback.csv", "-o", "groups.doc"], ExitCode.CANNOT_WRITE, ".doc"),
        (["feedback.csv", "-o", "feedback.csv"], ExitCode.CANNOT_WRITE, "is one of the inputs"),
        (["feedback.csv", "-o", "g.jsonl", "--at", "soon"], ExitCode.BAD_INPUT, "--at 'soon'"),
        (["feedback.csv", "-o", "g.jsonl", "--zone", "Mars"], ExitCode.BAD_INPUT, "'Mars'"),
        (["feedback.csv", "-o", "g.jsonl", "--map", "text=x"], ExitCode.BAD_INPUT, "no column"),
        (["feedback.csv", "-o", "g.jsonl", "--least", "1"], ExitCode.USAGE, "least"),
    ],
)
def test_what_cannot_be_done_is_said(typed, source, monkeypatch, capsys, arguments, status, told):
    monkeypatch.chdir(source.parent)
    assert typed(*arguments) is status
    assert told in capsys.readouterr().err


def test_a_file_of_unusable_rows_names_the_first(typed, tmp_path, capsys):
    source = tmp_path / "feedback.csv"
    write_rows(source, [dict(zip(COLUMNS, ROWS[7], strict=True))])
    assert typed(source, "-o", tmp_path / "g.jsonl") is ExitCode.BAD_INPUT
    assert "none of 1 rows can be used" in capsys.readouterr().err
