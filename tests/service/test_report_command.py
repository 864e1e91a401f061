"""`tingyin report` as people type it, and what the three renderers make of hostile text."""

import io
import json
import re
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from nlp.message import Language, Message
from nlp.surveillance import Mention, Quote, judge, mentions_from_rows, surveil
from nlp.surveillance.story import tell
from service.cli import main
from service.commands.watch import alerts_schema
from service.exit_codes import ExitCode
from service.files import read_rows, read_signals, write_rows
from service.files.signals_table import signals_schema
from service.report import Report, rendered, report_of, surge_from_row
from service.report.words import NO_DATA
from tests.service.heard import SCALDED
from tests.service.test_watch import signal_rows

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
KEPT = Message("all there", "都在那里")
EVIL = "<script>alert(1)</script>\x00|**烫**|[x](http://evil.example)\n# 标题 \u202e反 😡"


def signal(number: int, at: datetime, text: str = "壶把手断了烫伤了脚") -> dict[str, object]:
    return {
        "id": f"f{number}",
        "created_at": at,
        "product": "水壶",
        "author_id": f"u{number % 9}",
        "channel": "comment",
        **SCALDED,
        "masked_text": f"{text}，第{number}次",
        "model_version": "by hand",
    }


def rows(text: str = "壶把手断了烫伤了脚") -> list[dict[str, object]]:
    before = [signal(n, START + timedelta(hours=13 * n), "不好用") for n in range(30)]
    crisis = START + timedelta(days=18)
    return before + [signal(100 + n, crisis + timedelta(minutes=4 * n), text) for n in range(40)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("report")
    write_rows(place / "signals.jsonl", rows(), signals_schema("Asia/Shanghai"))
    mentions = mentions_from_rows(read_signals(place / "signals.jsonl"))
    found = judge(mentions, as_of=mentions[-1].at).surges
    assert found
    for kind in ("jsonl", "csv", "parquet", "xlsx"):
        write_rows(place / f"alerts.{kind}", (one.as_row() for one in found), alerts_schema())
    return place


def typed(
    monkeypatch: pytest.MonkeyPatch,
    *arguments: object,
    language: Language = "en",
    command: str = "report",
) -> ExitCode:
    monkeypatch.setenv("TINGYIN_LANG", language)
    monkeypatch.setattr(sys, "argv", ["tingyin", command, *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ExitCode(int(ended.value.code or 0))


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def report(language: Language = "zh", text: str = "壶把手断了烫伤了脚") -> Report:
    mentions = mentions_from_rows(rows(text))
    (surge,) = surveil(mentions, as_of=mentions[-1].at)
    surge = replace(surge, product=surge.product, quotes=(Quote("f100", text),))
    return report_of(surge, tell(surge, mentions, as_of=mentions[-1].at), language, KEPT)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "xlsx"])
def test_alerts_come_back_from_every_format(folder, kind):
    first, again = (
        [surge_from_row(row, SHANGHAI) for row in read_rows(folder / f"alerts.{name}")]
        for name in ("jsonl", kind)
    )
    assert [replace(one, p=0.0, expected=round(one.expected, 9)) for one in again] == [
        replace(one, p=0.0, expected=round(one.expected, 9)) for one in first
    ]


@pytest.mark.parametrize("form", ["md", "html", "pdf"])
@pytest.mark.parametrize(("language", "title"), [("zh", "舆情通报"), ("en", "Crisis report")])
def test_a_report_in_every_format_and_language(
    folder, tmp_path, monkeypatch, form, language, title
):
    output = tmp_path / f"r.{form}"
    inputs = folder / "alerts.jsonl", folder / "signals.jsonl"
    assert typed(monkeypatch, *inputs, "-o", output, "--language", language) == ExitCode.DONE
    written = text_of(output.read_bytes()) if form == "pdf" else output.read_text("utf-8")
    assert title in written
    assert "水壶" in written
    lines = (tmp_path / f"r.{form}.proof.jsonl").read_text("utf-8").splitlines()
    proofs = [json.loads(line) for line in lines]
    assert [one["reference"] for one in proofs] == list(range(1, len(proofs) + 1))
    known = {row["id"] for row in rows()}
    assert all(one["count"] == len(one["ids"]) and set(one["ids"]) <= known for one in proofs)


def test_every_reference_that_is_cited_is_proved():
    made = rendered(report(), "md").decode()
    body, _, proof = made.partition("## 证据附录")
    cited = {int(number) for number in re.findall(r"\\\[(\d+)\\\]", body)}
    proved = {int(number) for number in re.findall(r"\*\*\\\[(\d+)\\\]\*\*", proof)}
    assert cited == proved == set(range(1, len(proved) + 1))


def test_a_long_list_is_cut_and_says_where_it_is_whole():
    made = rendered(report(), "md").decode()
    assert "另有 20 条" in made
    assert "都在那里" in made


def test_html_is_escaped_and_loads_nothing():
    page = rendered(report(text=EVIL), "html").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x00" not in page
    assert "\u202e" not in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert "@import" not in page
    assert "url(" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_markdown_is_escaped():
    made = rendered(report(text=EVIL), "md").decode()
    assert "\\<script\\>" in made
    assert "[x](http" not in made
    assert "\x00" not in made
    assert "\n# 标题" not in made
    rows_ = [line for line in made.splitlines() if line.startswith("| ")]
    assert all(len(re.findall(r"(?<!\\)\|", line)) >= 3 for line in rows_)


def test_the_pdf_holds_the_chinese_headline_and_what_customers_wrote():
    made = report(text=EVIL)
    pdf = rendered(made, "pdf")
    told = text_of(pdf)
    assert made.headline in told
    assert "特别重大" in told or "重大" in told
    assert "<script>" in told
    assert pdf == rendered(report(text=EVIL), "pdf")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_not_known_is_told_and_not_invented(language):
    own = Mention("1", START, "", True, (), 0, None, 0, "", "", None)
    mentions = mentions_from_rows(rows())
    (surge,) = surveil(mentions, as_of=mentions[-1].at)
    empty = replace(surge, ids=("1",), observed=1, categories=(), quotes=(), authors=())
    for known in ([], [own]):
        story = tell(empty, known, as_of=empty.until)
        for form in ("md", "html", "pdf", "jsonl"):
            assert rendered(report_of(empty, story, language, KEPT), form)
        made = rendered(report_of(empty, story, language, KEPT), "md").decode()
        assert made.count(NO_DATA) >= 6


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        pytest.param(["--alert", "nobody"], ExitCode.BAD_INPUT, ["nobody", "水壶"], id="unknown"),
        pytest.param(["--language", "fr"], ExitCode.BAD_INPUT, ["fr", "zh or en"], id="language"),
        pytest.param(["--as-of", "soon"], ExitCode.BAD_INPUT, ["soon"], id="no time"),
        pytest.param(["--zone", "Mars"], ExitCode.BAD_INPUT, ["Mars"], id="no zone"),
        pytest.param(["-o", "r.docx"], ExitCode.CANNOT_WRITE, [".docx", ".pdf"], id="format"),
    ],
)
def test_what_cannot_be_is_told(folder, tmp_path, monkeypatch, capsys, change, status, words):
    monkeypatch.chdir(tmp_path)
    inputs = folder / "alerts.jsonl", folder / "signals.jsonl"
    assert typed(monkeypatch, *inputs, "-o", "r.md", *change) == status
    told = capsys.readouterr().err
    assert all(word in told for word in words), told
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_something_else_is_no_alert(folder, tmp_path, monkeypatch, capsys):
    signals = folder / "signals.jsonl"
    assert typed(monkeypatch, signals, signals, "-o", tmp_path / "r.md") == ExitCode.BAD_INPUT
    assert "tingyin watch" in capsys.readouterr().err


def test_the_report_never_replaces_its_input(folder, tmp_path, monkeypatch):
    copy = tmp_path / "alerts.md"
    copy.write_bytes((folder / "alerts.jsonl").read_bytes())
    got = typed(monkeypatch, copy, folder / "signals.jsonl", "-o", copy)
    assert got == ExitCode.CANNOT_WRITE
    assert copy.read_bytes() == (folder / "alerts.jsonl").read_bytes()


def test_ids_that_the_signals_lack_are_told(folder, tmp_path, monkeypatch, capsys):
    part = tmp_path / "part.jsonl"
    write_rows(part, rows()[:50], signals_schema("Asia/Shanghai"))
    output = tmp_path / "r.md"
    inputs = folder / "alerts.jsonl", part
    assert typed(monkeypatch, *inputs, "-o", output, "--language", "en") == ExitCode.DONE
    assert re.search(
        r"20 of 40 ids of the alert are not in the signals.*f120", capsys.readouterr().out
    )
    assert "20 of them are not in the signals given" in output.read_text("utf-8")


def test_a_fingerprint_names_its_latest_incident(folder, tmp_path, monkeypatch):
    (row,) = read_rows(folder / "alerts.jsonl")
    earlier = dict(row) | {"onset": "2026-03-03T00:00:00+08:00", "level": 1}
    alerts, output = tmp_path / "alerts.jsonl", tmp_path / "r.md"
    write_rows(alerts, [earlier, row], alerts_schema())
    inputs = alerts, folder / "signals.jsonl"
    for asked, level in ((row["fingerprint"], row["level"]), ("first", 1)):
        assert typed(monkeypatch, *inputs, "-o", output, "--alert", asked) == ExitCode.DONE
        roman = ("I", "II", "III", "IV")[level - 1]
        assert f"Level {roman}," in output.read_text("utf-8")


def test_the_crisis_of_the_sample_end_to_end(tmp_path, monkeypatch):
    """The shipped sample through watch and report, with its writer's labels as signals."""
    signals, alerts = tmp_path / "signals.parquet", tmp_path / "alerts.jsonl"
    write_rows(signals, signal_rows(), signals_schema("Asia/Shanghai"))
    assert typed(monkeypatch, signals, "-o", alerts, command="watch") == ExitCode.DONE
    for form in ("md", "html", "pdf"):
        output = tmp_path / f"report.{form}"
        assert typed(monkeypatch, alerts, signals, "-o", output, language="zh") == ExitCode.DONE
        told = text_of(output.read_bytes()) if form == "pdf" else output.read_text("utf-8")
        told = told.replace("\n", "")
        for words in ("电热水壶K2", "安全与健康", "把手", "翻倍", "acc-0061", "评论"):
            assert words in told, form
