"""experiment, attribution, funnel, lift, interview: files in, both languages and files out."""

import csv
import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.cli import build_app, exit_code_of
from service.commands.columns_input import text
from service.exit_codes import ExitCode
from service.sample import write_sample
from tiering.times import CHINA

START = datetime(2026, 3, 1, tzinfo=CHINA)
PLAN = """
version: "2026-03"
control: control
groups: {control: 1, letter: 1}
days: 14
metrics:
  - {name: buyers, kind: proportion, of: orders}
  - {name: spend, kind: mean, of: order_fen}
  - {name: basket, kind: ratio, of: order_fen, per: orders}
  - {name: visits, kind: mean, of: view, role: guard, most_harm: 0.5}
"""


def run(words: Sequence[object], language: str = "en") -> Result:
    environment = {"TINGYIN_LANG": language, "COLUMNS": "180"}
    told = [str(word) for word in words]
    return CliRunner(env=environment).invoke(build_app(), told, standalone_mode=False)


def put(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def experiment(folder: Path, lost: float = 0.0) -> list[object]:
    """Write an experiment in which the letter doubles orders, and lose a share of its customers."""
    rng = random.Random(4)
    exposures, orders, events = [], [], []
    for n in range(1200):
        who, group = f"c{n}", rng.choice(["control", "letter"])
        rate = rng.gammavariate(2, 0.3)
        for day in range(-14, 14):
            chance = rate / 14 * (2 if group == "letter" and day >= 0 else 1)
            at = START + timedelta(days=day, hours=rng.uniform(1, 20))
            if rng.random() < chance:
                orders.append(bought(len(orders), who, at, rng.randrange(2000, 9000)))
            if rng.random() < 0.3:
                events.append({"customer_id": who, "event": "view", "at": at.isoformat()})
        if group == "control" or rng.random() >= lost:
            exposures.append({"customer_id": who, "group": group, "at": START.isoformat()})
    orders.append(bought(-1, "c0", START, -5))
    (folder / "plan.yaml").write_text(PLAN, encoding="utf-8")
    tables = {"exposures": exposures, "orders": orders, "events": events}
    paths = {name: put(folder / f"{name}.csv", rows) for name, rows in tables.items()}
    words: list[object] = ["experiment", "read", paths["exposures"], "--plan", folder / "plan.yaml"]
    words += ["--orders", paths["orders"], "--engagement", paths["events"]]
    return [*words, "--as-of", "2026-03-31"]


def bought(number: int, who: str, at: datetime, amount: int) -> dict[str, Any]:
    return {"order_id": f"o{number}", "customer_id": who, "ordered_at": at, "amount": amount}


def test_an_experiment_is_read(tmp_path: Path) -> None:
    out = tmp_path / "read.jsonl"
    done = run([*experiment(tmp_path), "-o", out])
    assert done.return_value == ExitCode.DONE, done.exception
    assert "groups are as large as planned" in done.stdout
    assert "CUPED removed" in done.stdout
    assert "with a row in the tables: 1,200 of 1,200" in done.stdout
    assert "(1 rows with reason and remedy)" in " ".join(done.stdout.split())
    verdicts = {row["metric"]: row["verdict"] for row in read(out)}
    assert verdicts == {
        "buyers": "better",
        "spend": "better",
        "basket": "no difference shown",
        "visits": "held",
    }
    assert (tmp_path / "read.jsonl.rejects.jsonl").exists()


def test_a_letter_that_lost_customers_shows_nothing(tmp_path: Path) -> None:
    words = experiment(tmp_path, lost=0.3)
    done = run(words, "zh")
    assert "样本比例失衡" in done.stdout
    assert "更好" not in done.stdout
    told = json.loads(run([*words, "--json"]).stdout)
    assert not told["believable"]
    assert {row["verdict"] for row in told["comparisons"]} == {"not judged"}


SIZES = {
    "share": (["--share", "0.2", "--detect", "0.05"], "control 1,094, treatment 1,094"),
    "mean": (["--deviation", "1", "--detect", "1", "--power", "0.9"], "control 23, treatment 23"),
}


@pytest.mark.parametrize("case", SIZES)
def test_sizes(case: str) -> None:
    options, said = SIZES[case]
    assert said in run(["experiment", "size", *options]).stdout
    assert "对照组" in run(["experiment", "size", *options], "zh").stdout


def dormant(path: Path) -> Path:
    rng = random.Random(2)
    rows = []
    for n in range(2000):
        score, treated = rng.random(), n % 2
        back = rng.random() < 0.05 + 0.4 * score * treated
        rows.append({"score": score, "treated": treated, "outcome": int(back)})
    return put(path, rows)


def test_uplift(tmp_path: Path) -> None:
    out = tmp_path / "uplift.jsonl"
    done = run(["experiment", "uplift", dormant(tmp_path / "d.csv"), "--groups", 5, "-o", out])
    assert "better than a lot" in done.stdout
    rows = read(out)
    assert len(rows) == 5
    assert rows[0]["difference"] > rows[4]["difference"]
    told = json.loads(run(["experiment", "uplift", tmp_path / "d.csv", "--json"]).stdout)
    assert told["intervals"]["qini"][0] > 0
    assert "优于随机" in run(["experiment", "uplift", tmp_path / "d.csv"], "zh").stdout


def staged(folder: Path) -> tuple[Path, Path]:
    """Return whom a letter went to, and the stages: it moves the dormant, and nobody else."""
    rng, names = random.Random(4), ("dormant", "lost", "growth")
    people, stages = [], []
    for n in range(1200):
        who, stage, treated = f"c{n:04}", names[n % 3], n // 3 % 2
        back = rng.random() < 0.05 + 0.5 * treated * (stage == "dormant")
        row = {"customer_id": who, "score": rng.random(), "treated": treated}
        people.append(row | {"outcome": int(back)})
        stages.append({"customer_id": who, "stage": stage})
    return put(folder / "people.csv", people), put(folder / "stages.csv", stages[:-2])


def test_uplift_of_dormant_customers_alone(tmp_path: Path) -> None:
    people, stages = staged(tmp_path)
    words = ["experiment", "uplift", people, "--stages", stages]
    done = run(words)
    assert "customers 400 of stage dormant; of other stages or none, left out: 800" in done.stdout
    told = json.loads(run([*words, "--json"]).stdout)
    assert told["left_out"] == 800
    assert all(row["low"] > 0 for row in told["rows"])
    lost = json.loads(run([*words, "--stage", "lost", "--stage", "growth", "--json"]).stdout)
    assert lost["left_out"] == 402  # two have no stage
    assert "阶段为 dormant 的顾客 400 位" in run(words, "zh").stdout


STAGES_REFUSED = {
    "unknown": (("--stage", "asleep"), "stage asleep is not known; known are introduction"),
    "nobody": (("--stage", "mature"), "nobody is of stage mature"),
}


@pytest.mark.parametrize("case", STAGES_REFUSED)
def test_stages_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    options, said = STAGES_REFUSED[case]
    people, stages = staged(tmp_path)
    done = run(["experiment", "uplift", people, "--stages", stages, *options])
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT  # type: ignore[arg-type]
    assert said in str(done.exception)


def test_returns(tmp_path: Path) -> None:
    rng = random.Random(3)
    rows = [
        {
            "tier": tier,
            "held_out": held,
            "margin": round(rng.gauss(30_000, 5_000) + (0 if held else 9_000)),
            "cost": 0 if held else 2_000,
        }
        for tier, helds in (("core", [True, False]), ("basic", [False, False]))
        for held in helds * 200
    ]
    done = run(["experiment", "returns", put(tmp_path / "l.csv", rows)])
    assert "core: pays: it brings more than it costs" in done.stdout
    assert "basic: no hold-out: not incremental" in done.stdout
    told = json.loads(run(["experiment", "returns", tmp_path / "l.csv", "--json"]).stdout)
    assert [row["tier"] for row in told] == ["basic", "core"]
    assert told[1]["roi_low"] < 3.5 < told[1]["roi_high"]
    assert told[0]["gain_difference"] is None
    assert "没有对照组" in run(["experiment", "returns", tmp_path / "l.csv"], "zh").stdout


def test_written_paths(tmp_path: Path) -> None:
    rows = [{"path": "A>B>A>B>B>A"}, {"path": "A > B > B > A > A"}, {"path": "A>A"}]
    out = tmp_path / "credit.jsonl"
    done = run(["attribution", put(tmp_path / "paths.csv", rows), "-o", out])
    assert "orders: 3, of them without a touch: 0" in done.stdout
    credit = {row["channel"]: row["conversions"] for row in read(out)}
    assert credit == pytest.approx({"A": 2.0, "B": 1.0})
    assert "1 阶马尔可夫链" in run(["attribution", tmp_path / "paths.csv"], "zh").stdout


def test_touches_and_their_orders(tmp_path: Path) -> None:
    touches = [
        {"customer_id": "c1", "channel": "微博", "at": "2026-03-01 10:00"},
        {"customer_id": "c1", "channel": "小红书", "at": "2026-03-02"},
        {"customer_id": "c2", "channel": "微博", "at": "2026-03-02"},
    ]
    orders = [{"customer_id": "c1", "at": "2026-03-03", "value": 5000}]
    words: list[object] = ["attribution", put(tmp_path / "t.csv", touches)]
    done = run([*words, "--conversions", put(tmp_path / "o.csv", orders), "--json"])
    told = json.loads(done.stdout)
    assert (told["conversions"], told["nulls"]) == (1, 1)
    assert sum(row["value"] for row in told["channels"]) == pytest.approx(5000)
    missing = run(words)
    assert exit_code_of(missing.exception) == ExitCode.BAD_INPUT
    assert "--conversions" in str(missing.exception)


def test_the_funnel_of_the_sample(tmp_path: Path) -> None:
    paths = write_sample(tmp_path)
    out = tmp_path / "reached.csv"
    words = ["funnel", "--engagement", paths.engagement, "--orders", paths.orders]
    done = run([*words, "-o", out])
    assert "not recorded and left out: click" in done.stdout
    assert "stickiness" in done.stdout
    assert out.read_text(encoding="utf-8-sig").startswith("customer_id,steps,step,hours_")
    told = json.loads(run([*words, "--json"]).stdout)
    counts = [step["customers"] for step in told["steps"]]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] > 0
    last = told["days"][-1]
    assert last["dau"] < last["wau"] < last["mau"]
    assert "黏性" in run(words, "zh").stdout


def scores(path: Path) -> Path:
    rows = [
        {"customer_id": f"c{n}", "tier": "core" if n < 40 else "basic", "score": 100 - n}
        | {"as_of": "2026-03-01", "later": int(n < 30)}
        for n in range(100)
    ]
    return put(path, rows)


def test_lift_by_a_column_and_by_orders(tmp_path: Path) -> None:
    file, out = scores(tmp_path / "s.csv"), tmp_path / "groups.jsonl"
    done = run(["lift", file, "--outcome", "later", "-o", out])
    assert "normalised Gini: 1.000" in done.stdout
    assert [row["lift"] for row in read(out)][:4] == pytest.approx([10 / 3, 10 / 3, 10 / 3, 0])
    orders = [
        bought(1, "c0", START + timedelta(days=2), 700),
        bought(2, "c1", START, 999),  # on the day of scoring: known then
        bought(3, "c99", START + timedelta(days=60), 100),
    ]
    words: list[object] = ["lift", file, "--orders", put(tmp_path / "o.csv", orders)]
    told = json.loads(run([*words, "--json"]).stdout)
    assert told["mean"] == 7
    assert told["top"] == 1
    assert "归一化基尼系数" in run(words, "zh").stdout
    late = run([*words, "--days", 90])
    assert "are not over" in str(late.exception)


def test_what_is_not_defined_is_null_in_json(tmp_path: Path) -> None:
    rows = [{"customer_id": f"c{n}", "score": n, "later": 0} for n in range(20)]
    file = put(tmp_path / "s.csv", rows)
    told = run(["lift", file, "--outcome", "later", "--json"]).stdout
    assert json.loads(told, parse_constant=pytest.fail)["normalised"] is None


def test_interviews(tmp_path: Path) -> None:
    file, out = scores(tmp_path / "s.csv"), tmp_path / "asked.csv"
    words: list[object] = ["interview", file, "-o", out, "--on", "2026-03-10"]
    done = run([*words, "--number", 3])
    assert "core: 3 of 40 drawn, 0 interviewed lately" in done.stdout
    with out.open(encoding="utf-8-sig", newline="") as stream:
        first = [row["customer_id"] for row in csv.DictReader(stream)]
    past = put(tmp_path / "past.csv", [{"customer_id": first[0], "at": "2026-02-01"}])
    again = run([*words, "--number", 3, "--interviewed", past], "zh")
    assert "1 位近期已访谈" in again.stdout
    assert first[0] not in out.read_text(encoding="utf-8-sig").split(",")
    everybody = run([*words, "--share", 1])
    assert "60 of 60 drawn" in everybody.stdout


def test_buyers_without_a_score_are_told(tmp_path: Path) -> None:
    orders = [
        bought(n, who, START + timedelta(days=2), 700) for n, who in enumerate(["c0", "x", "y"])
    ] + [bought(9, "c1", START + timedelta(days=60), 1)]
    words: list[object] = ["lift", scores(tmp_path / "s.csv"), "--orders"]
    words.append(put(tmp_path / "o.csv", orders))
    assert json.loads(run([*words, "--json"]).stdout)["others"] == 2
    assert "stand in no score: 2 customers" in run(words).stdout
    assert "另有 2 位下单顾客不在得分表中" in run(words, "zh").stdout


SHUFFLED = {
    "interview": ["interview", "{f}", "--on", "2026-03-10", "--number", 3],
    "returns": ["experiment", "returns", "{f}"],
    "uplift": ["experiment", "uplift", "{f}"],
}


@pytest.mark.parametrize("case", SHUFFLED)
def test_the_order_of_the_rows_does_not_matter(case: str, tmp_path: Path) -> None:
    words = SHUFFLED[case]
    rng = random.Random(6)
    rows = [
        {"customer_id": f"c{n}", "tier": rng.choice("abc"), "score": rng.random()}
        | {"held_out": n % 2, "margin": rng.gauss(9, 2), "cost": (n + 1) % 2 * rng.random()}
        | {"treated": n % 3 % 2, "outcome": rng.gauss(1, 1)}
        for n in range(120)
    ]
    written = set()
    for _ in range(3):
        rng.shuffle(rows)
        file, out = put(tmp_path / "f.csv", rows), tmp_path / "o.csv"
        assert run([str(word).format(f=file) for word in words] + ["-o", out]).exception is None
        written.add(out.read_bytes())
    assert len(written) == 1


BAD = {
    "no column": (["lift", "{s}", "--outcome", "gone"], "no column gone"),
    "neither": (["lift", "{s}"], "either --outcome"),
    "no number": (["lift", "{s}", "--outcome", "tier"], "'core': is no finite number"),
    "size of nothing": (["experiment", "size"], "either --share"),
    "no ledger": (["experiment", "returns", "{s}"], "no column held_out"),
    "no flag": (["experiment", "uplift", "{f}"], "line 2, treated: 'maybe'"),
    "no time": (
        ["interview", "{s}", "-o", "{o}", "--interviewed", "{t}"],
        "write it as 2026-01-05",
    ),
    "no phone in errors": (
        ["experiment", "uplift", "{p}"],
        "'tel ***********': is no finite number",
    ),
    "no phone twice": (
        ["lift", "{d}", "--outcome", "later"],
        "*********** stands in lines 2 and 3",
    ),
    "no later orders": (["lift", "{s}", "--orders", "{b}"], "; give later orders"),
    "one step": (["funnel", "--engagement", "{e}", "--steps", "view"], "at least two"),
    "both": (["interview", "{s}", "-o", "{o}", "--number", 2, "--share", 0.1], "either a number"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used(case: str, tmp_path: Path) -> None:
    words, said = BAD[case]
    scores(tmp_path / "s.csv")
    put(tmp_path / "f.csv", [{"score": 1, "treated": "maybe", "outcome": 0}])
    put(tmp_path / "e.csv", [{"customer_id": "c", "event": "view", "at": "2026-03-01"}])
    put(tmp_path / "t.csv", [{"customer_id": "c1", "at": "昨天"}])
    put(tmp_path / "p.csv", [{"score": "tel 13800138000", "treated": 1, "outcome": 0}])
    put(tmp_path / "b.csv", [bought(1, "c0", START - timedelta(days=9), 700)])
    twice = {"customer_id": "13800138000", "score": 1, "later": 0}
    put(tmp_path / "d.csv", [twice, twice])
    places = {name: str(tmp_path / f"{name}.csv") for name in "sfeotpdb"}
    done = run([str(word).format(**places) for word in words])
    assert exit_code_of(done.exception) == ExitCode.BAD_INPUT
    assert said in str(done.exception)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.exception.text("zh"))


NO_OUTPUT = {
    "the input": ("s.csv", "is one of the inputs"),
    "a folder": (".", "is a folder; name a file in it"),
    "in no folder": ("none/o.csv", "its folder does not exist"),
    "no table": ("o.pdf", "is not known for output"),
}


@pytest.mark.parametrize("case", NO_OUTPUT)
def test_what_cannot_be_the_output(case: str, tmp_path: Path) -> None:
    name, said = NO_OUTPUT[case]
    words = ["lift", scores(tmp_path / "s.csv"), "--outcome", "later", "-o", tmp_path / name]
    done = run(words)
    assert exit_code_of(done.exception) == ExitCode.CANNOT_WRITE
    assert said in str(done.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["s.csv"]


def test_ids_of_a_workbook_are_ids() -> None:
    assert [text(cell) for cell in (7.0, 7, " 007 ", "7.0")] == ["7", "7", "007", "7.0"]
