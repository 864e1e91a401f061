"""`tingyin backtest` as its users call it: files of counts in, verdicts or a clear refusal out."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import build_app, exit_code_of

HEAD = "date,count\n"
QUIET = [(f"2026-01-{day:02}", 4 + day % 3) for day in range(1, 32)]
NEWS = [("2026-02-01", 5), ("2026-02-02", 40), ("2026-02-03", 4)]


def table(rows: list[tuple[str, int]], head: str = HEAD) -> str:
    return head + "".join(f"{date},{count}\n" for date, count in rows)


@pytest.fixture
def run(tmp_path: Path):
    def called(history: str | None, series: str, *options: str):
        (tmp_path / "s.csv").write_text(series, encoding="utf-8")
        arguments = ["backtest", "--series", str(tmp_path / "s.csv"), *options]
        if history is not None:
            (tmp_path / "h.csv").write_text(history, encoding="utf-8")
            arguments += ["--history", str(tmp_path / "h.csv")]
        return CliRunner().invoke(build_app(), arguments)

    return called


def test_a_bad_day_alarms_and_only_that_day(run) -> None:
    done = run(table(QUIET), table(NEWS), "--json")
    rows = json.loads(done.stdout)
    assert [row["alarm"] for row in rows] == [False, True, False]
    assert [row["count"] for row in rows] == [5, 40, 4]
    assert rows[1]["since"].startswith("2026-02-02")
    assert all(row["count"] > row["upper"] for row in rows if row["alarm"])
    assert all(reason["en"] and reason["zh"] for row in rows for reason in row["reasons"])


def test_the_table_says_the_same(run) -> None:
    lines = run(table(QUIET), table(NEWS)).stdout.splitlines()
    assert lines[0].split() == ["date", "count", "expected", "upper", "alarm"]
    assert [line.split()[-1] for line in lines[1:4]] == ["0", "1", "0"]
    assert lines[2].split()[:2] == ["2026-02-02", "40"]


def test_history_may_be_left_out(run) -> None:
    rows = json.loads(run(None, table([*QUIET, *NEWS]), "--json").stdout)
    assert [row["date"][:10] for row in rows if row["alarm"]] == ["2026-02-02"]


def test_columns_have_synonyms_or_are_named(run) -> None:
    chinese = table(NEWS, "日期,数量\n")
    named = table(NEWS, "tag,menge\n")
    options = ("--map", "date=tag", "--map", "count=menge", "--json")
    expected = run(None, table(NEWS), "--json").stdout
    assert run(None, chinese, "--json").stdout == expected
    assert run(None, named, *options).stdout == expected


def test_a_growing_total_excuses_the_count(run) -> None:
    head = "date,count,total\n"
    quiet = head + "".join(f"{date},{count},{count * 10}\n" for date, count in QUIET)
    sale = head + "2026-02-01,40,400\n"
    crisis = head + "2026-02-01,40,90\n"
    alarms = [json.loads(run(quiet, news, "--json").stdout)[0]["alarm"] for news in (sale, crisis)]
    assert alarms == [False, True]


def test_a_blank_total_is_an_unknown_one(run) -> None:
    news = "date,count,total\n2026-02-01,4,\n2026-02-02,4,40\n"
    totals = [row["total"] for row in json.loads(run(None, news, "--json").stdout)]
    assert totals == [None, 40]


REFUSED = {
    "no count column": (None, "date,zahl\n2026-01-01,3\n", "--map count=COLUMN"),
    "no number": (None, table(NEWS) + "2026-02-04,many\n", "line 5, count"),
    "negative": (None, table(NEWS) + "2026-02-04,-3\n", "line 5, count"),
    "half a complaint": (None, table(NEWS) + "2026-02-04,2.5\n", "line 5, count"),
    "not a number": (None, table(NEWS) + "2026-02-04,nan\n", "line 5, count"),
    "no date": (None, table(NEWS) + "soon,3\n", "line 5, date"),
    "a date with two readings": (None, table(NEWS) + "02/04/2026,3\n", "line 5, date"),
    "a date twice": (None, table([*NEWS, NEWS[-1]]), "line 5, date"),
    "going back": (None, table([*NEWS, ("2026-01-01", 3)]), "line 5, date"),
    "a total below the count": (
        None,
        "date,count,total\n2026-01-01,3,5\n2026-01-02,3,2\n",
        "line 3, total",
    ),
    "series before the history's end": (table(NEWS), table(QUIET), "cut one of them"),
    "a month apart": (None, table([("2026-01-01", 3), ("2026-02-01", 3)]), "ten minutes, hours"),
    "one bin": (None, table(NEWS[:1]), "ten minutes, hours"),
}


@pytest.mark.parametrize(("history", "series", "told"), REFUSED.values(), ids=REFUSED)
def test_refused_with_place_and_remedy(run, history: str | None, series: str, told: str) -> None:
    done = run(history, series)
    assert exit_code_of(done.exception) == 3
    assert told in done.exception.message.en
    assert done.exception.message.zh
    assert not done.stdout


def test_an_unknown_detector_lists_the_known(run) -> None:
    done = run(None, table(NEWS), "--detector", "oracle")
    assert "surge" in done.exception.message.en


@pytest.mark.parametrize(("options", "told"), [(("--false-alarms", "0.7"), "0.7")])
def test_settings_are_checked(run, options: tuple[str, ...], told: str) -> None:
    done = run(None, table(NEWS), *options)
    assert told in done.exception.message.en
