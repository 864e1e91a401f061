"""`tingyin review`: tasks out, answers in, a correction where it helps, by the command itself."""

import json
import os
import random
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from nlp.errors import TingyinError
from service.cli import build_app
from service.commands.review_input import read_answers
from service.exit_codes import ExitCode
from service.files import read_rows, write_rows
from service.files.signals_table import SIGNALS_TABLE, signals_schema

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 1, 9, 30, tzinfo=SHANGHAI)
PRODUCTS = ("净水器", "台灯", "电饭锅", "风扇", "水壶")
PARTS = ("滤芯", "开关", "底座", "盖子", "声音", "颜色", "电线", "指示灯", "提手", "包装")
SAID = {
    "negative": ("漏水了，用不了", "坏了，客服不理人", "有异味，想退货"),
    "neutral": ("怎么换，有人知道吗", "和图片一样", "多久换一次"),
    "positive": ("很好用，推荐", "做工不错，满意", "比想象的好，会回购"),
}
PLAIN = dict.fromkeys(SIGNALS_TABLE) | {
    "role": "customer",
    "channel": "review",
    "intents": [],
    "complaint": [],
    "severity": 0,
    "targets": [],
    "evidence": [],
    "keyphrases": [],
    "spam": False,
    "model_version": "m1",
}


def signals(count: int = 160, seed: int = 3) -> list[dict[str, object]]:
    """Return signals whose text tells what is true, and whose sentiment is sometimes wrong."""
    source = random.Random(seed)
    rows = []
    for number in range(count):
        truth = source.choice(list(SAID))
        answer = source.choice(list(SAID)) if source.random() < 0.3 else truth
        share = source.uniform(0.4, 0.95)
        chances = {f"p_{name}": (1 - share) / 2 for name in SAID} | {f"p_{answer}": share}
        text = (
            f"{source.choice(PARTS)}{source.choice(PARTS)}{source.choice(SAID[truth])}（{number}）"
        )
        rows.append(
            PLAIN
            | chances
            | {
                "id": f"s{number}",
                "created_at": START + timedelta(hours=number),
                "product": source.choice(PRODUCTS),
                "sentiment": answer,
                "confidence": share,
                "abstained": share < 0.55,
                "masked_text": text,
            }
        )
    return rows


def truth_of(text: str) -> str:
    return next(name for name, said in SAID.items() if any(one in text for one in said))


def run(*arguments: object, language: str = "en") -> Result:
    words = ["review", *map(str, arguments)]
    environment = {"TINGYIN_LANG": language, "COLUMNS": "200"}
    return CliRunner(env=environment).invoke(build_app(), words, standalone_mode=False)


def told(done: Result) -> TingyinError:
    assert isinstance(done.exception, TingyinError), done.output
    return done.exception


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    write_rows(tmp_path / "signals.parquet", signals(), signals_schema("Asia/Shanghai"))
    done = run("export", tmp_path / "signals.parquet", "-o", tmp_path / "tasks")
    assert done.return_value == ExitCode.DONE, done.output
    return tmp_path / "tasks"


def annotated(folder: Path, user: int = 1, at: str = "2026-04-01T08:00:00Z") -> Path:
    """Write what a person who knows the truth would export from Label Studio."""
    tasks = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
    for number, task in enumerate(tasks):
        truth = truth_of(task["data"]["text"])
        results = [choice("sentiment", truth), choice("severity", "0")]
        task |= {"id": number, "annotations": [annotation(results, user, at)]}
    path = folder / f"export-{user}-{at[:10]}.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path


def choice(field: str, value: str) -> dict[str, object]:
    value_ = {"choices": [value]}
    return {"from_name": field, "to_name": "text", "type": "choices", "value": value_}


def annotation(results: list[dict[str, object]], user: int, at: str) -> dict[str, object]:
    return {
        "completed_by": user,
        "result": results,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": at,
        "updated_at": at,
    }


def test_export_writes_tasks_a_page_and_a_sheet(exported: Path) -> None:
    names = {path.name for path in exported.iterdir()}
    assert names == {"tasks.json", "label_config.xml", "tasks.csv", "choices.csv"}
    tasks = json.loads((exported / "tasks.json").read_text(encoding="utf-8"))
    sheet = list(read_rows(exported / "tasks.csv"))
    assert len(tasks) == len(sheet) == 50
    assert [task["data"]["key"] for task in tasks] == [row["key"] for row in sheet]
    assert (exported / "tasks.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_every_format_of_signals_gives_the_same_tasks(tmp_path: Path, kind: str) -> None:
    for name in (kind, "parquet"):
        schema = signals_schema("Asia/Shanghai")
        write_rows(tmp_path / f"signals.{name}", signals(60), schema)
        run("export", tmp_path / f"signals.{name}", "-o", tmp_path / name, "--count", "20")
    first = (tmp_path / kind / "tasks.json").read_text(encoding="utf-8")
    assert first == (tmp_path / "parquet" / "tasks.json").read_text(encoding="utf-8")


def test_a_formula_in_a_comment_stays_text(tmp_path: Path) -> None:
    text = '=HYPERLINK("http://example.com","退款")'
    write_rows(tmp_path / "signals.jsonl", [signals(1)[0] | {"masked_text": text}])
    run("export", tmp_path / "signals.jsonl", "-o", tmp_path / "tasks")
    raw = (tmp_path / "tasks" / "tasks.csv").read_text(encoding="utf-8-sig")
    assert "\n\"'=HYPERLINK" in raw
    (row,) = read_rows(tmp_path / "tasks" / "tasks.csv")
    assert row["text"] == text
    write_rows(tmp_path / "filled.csv", [row | {"decision": "ok"}])
    assert len(read_answers([tmp_path / "filled.csv"], "甲").decisions) == 1


def test_tasks_that_somebody_may_be_filling_in_are_not_replaced(exported: Path) -> None:
    again = run("export", exported.parent / "signals.parquet", "-o", exported)
    assert "--overwrite" in str(told(again))
    done = run("export", exported.parent / "signals.parquet", "-o", exported, "--overwrite")
    assert done.return_value == ExitCode.DONE


def test_label_studio_answers_are_merged_and_teach(exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    done = run("import", annotated(exported), "--labels", folder)
    assert done.return_value == ExitCode.DONE, done.output
    labels = list(read_rows(folder / "labels.jsonl"))
    assert len(labels) == 50
    assert {row["sentiment"] for row in labels} == set(SAID)
    assert all(row["sentiment"] == truth_of(row["text"]) for row in labels)
    assert {row["source"] for row in labels} == {"human"}
    assert "rows: 50, with 50 decisions (50 new)" in done.output
    assert "right in the random share" in done.output
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    drawn = report["agreement"][0]["random"]["sentiment"]
    assert drawn["n"] == 10
    assert drawn["low"] <= drawn["hits"] / 10 <= drawn["high"]
    sentiment = next(trial for trial in report["trials"] if trial["name"] == "sentiment")
    assert sentiment["texts"] == 50
    assert (folder / "correction.json").exists() == any(one["helps"] for one in report["trials"])


def test_importing_again_changes_no_file(exported: Path, tmp_path: Path) -> None:
    folder, answers = tmp_path / "labels", annotated(exported)
    run("import", answers, "--labels", folder, "--no-train")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = run("import", answers, answers, "--labels", folder, "--no-train")
    assert "(0 new)" in done.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_two_people_who_disagree_are_told(exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    first = annotated(exported, user=1)
    tasks = json.loads(first.read_text(encoding="utf-8"))
    for task in tasks[:2]:
        other = [choice("sentiment", "neutral"), choice("severity", "0")]
        truth = truth_of(task["data"]["text"])
        other[0] = choice("sentiment", "positive" if truth == "neutral" else "neutral")
        task["annotations"].append(annotation(other, 2, "2026-04-02T08:00:00Z"))
    first.write_text(json.dumps(tasks), encoding="utf-8")
    done = run("import", first, "--labels", folder, "--no-train")
    assert "labels: 48 texts" in done.output
    assert "tie in sentiment" in done.output
    assert "label-studio:1, label-studio:2 disagree" in done.output
    assert len(list(read_rows(folder / "decisions.jsonl"))) == 52


def test_a_later_correction_wins_over_files(exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    later = annotated(exported, at="2026-05-01T08:00:00Z")
    tasks = json.loads(later.read_text(encoding="utf-8"))
    for task in tasks:
        task["annotations"][0]["result"] = [
            choice("sentiment", "negative"),
            choice("severity", "1"),
        ]
    later.write_text(json.dumps(tasks), encoding="utf-8")
    run("import", later, "--labels", folder, "--no-train")
    done = run("import", annotated(exported), "--labels", folder, "--no-train")
    labels = list(read_rows(folder / "labels.jsonl"))
    assert {row["sentiment"] for row in labels} == {"negative"}
    assert all(len(row["history"]) == 2 for row in labels)
    assert "(50 with a history)" in done.output


@pytest.mark.parametrize("kind", ["csv", "xlsx", "gb18030"])
def test_a_filled_in_sheet_comes_back_however_it_was_saved(
    exported: Path, tmp_path: Path, kind: str
) -> None:
    rows = list(read_rows(exported / "tasks.csv"))
    for number, row in enumerate(rows[:30]):
        truth = truth_of(str(row["text"]))
        row |= {"decision": "对"} if truth == row["model_sentiment"] else {"sentiment": truth}
        row |= {"annotator": "小李"} if number % 2 else {}
    rows[30] |= {"decision": "跳过"}
    path = tmp_path / ("filled.xlsx" if kind == "xlsx" else "filled.csv")
    write_rows(path, rows)
    if kind == "gb18030":
        path.write_bytes(path.read_text(encoding="utf-8-sig").encode("gb18030"))
    folder = tmp_path / "labels"
    done = run("import", path, "--labels", folder, "--annotator", "小王", "--no-train")
    assert "rows: 50, with 30 decisions (30 new), 1 skipped, 19 not filled in, 0 rejected" in (
        done.output
    )
    labels = list(read_rows(folder / "labels.jsonl"))
    assert all(row["sentiment"] == truth_of(row["text"]) for row in labels)
    assert {row["annotator"] for row in labels} == {"小李", "小王"}
    assert {row["id"] for row in labels} <= {f"s{n}" for n in range(160)}
    os.utime(path, (2_000_000_000, 2_000_000_000))
    again = run("import", path, "--labels", folder, "--annotator", "小王", "--no-train")
    assert "with 0 decisions (0 new)" in again.output


def test_rows_against_the_guide_are_rejected_and_the_rest_is_kept(
    exported: Path, tmp_path: Path
) -> None:
    rows = list(read_rows(exported / "tasks.csv"))
    rows[0] |= {"sentiment": "怒"}
    rows[1] |= {"decision": "ok", "text": "别的话"}
    rows[2] |= {"decision": "ok"}
    path, folder = tmp_path / "filled.csv", tmp_path / "labels"
    write_rows(path, rows)
    done = run("import", path, "--labels", folder, "--no-train", "--strict", language="zh")
    assert done.return_value == ExitCode.REJECTS
    rejects = list(read_rows(folder / "labels.jsonl.rejects.jsonl"))
    assert [row["line"] for row in rejects] == [2, 3]
    assert "'怒' is no label" in rejects[0]["reason"]
    assert "不是标签" in rejects[0]["reason_zh"]
    assert "拒收 2" in done.output
    assert len(list(read_rows(folder / "labels.jsonl"))) == 1


def test_what_was_decided_is_not_asked_again(exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    run("import", annotated(exported), "--labels", folder, "--no-train")
    done = run("export", tmp_path / "signals.parquet", "-o", tmp_path / "more", "--labels", folder)
    assert "50 decided already" in done.output
    first = {row["key"] for row in read_rows(exported / "tasks.csv")}
    assert not first & {row["key"] for row in read_rows(tmp_path / "more" / "tasks.csv")}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        pytest.param("x.json", '[{"text": "好"}]', "holds no answers", id="other JSON"),
        pytest.param("x.csv", "a,b\n1,2\n", "holds no answers", id="other table"),
        pytest.param("x.json", "", "empty", id="empty"),
    ],
)
def test_a_file_without_answers_is_refused(
    tmp_path: Path, name: str, content: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    done = run("import", path, "--labels", tmp_path / "labels")
    assert said in str(told(done))
    assert str(path) in told(done).text("zh")
    assert not (tmp_path / "labels").exists()


def test_tasks_as_exported_are_no_answers(exported: Path, tmp_path: Path) -> None:
    done = run("import", exported / "tasks.json", "--labels", tmp_path / "labels")
    assert "JSON-MIN" in str(told(done))


def test_a_broken_folder_of_labels_stops_before_anything_is_written(
    exported: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "labels"
    run("import", annotated(exported), "--labels", folder, "--no-train")
    path = folder / "decisions.jsonl"
    text = path.read_text(encoding="utf-8").replace('"severity": 0', '"severity": 9', 1)
    path.write_text(text, encoding="utf-8")
    done = run("import", annotated(exported, user=2), "--labels", folder, "--no-train")
    assert "decisions.jsonl:1" in str(told(done))
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(("--count", "0"), "allowed: 1 to 1,000", id="count"),
        pytest.param(("--since", "yesterday"), "--since 'yesterday'", id="since"),
        pytest.param(("--zone", "Mars"), "--zone 'Mars'", id="zone"),
    ],
)
def test_a_setting_that_cannot_be_is_told(
    tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    write_rows(tmp_path / "signals.jsonl", signals(5))
    done = run("export", tmp_path / "signals.jsonl", "-o", tmp_path / "tasks", *options)
    assert said in str(told(done))


def test_a_file_without_texts_is_told(tmp_path: Path) -> None:
    rows = [one | {"spam": True} for one in signals(3)]
    write_rows(tmp_path / "signals.jsonl", rows)
    done = run("export", tmp_path / "signals.jsonl", "-o", tmp_path / "tasks")
    assert "holds no text to review" in str(told(done))
    assert "3 spam" in str(told(done))


def test_what_was_learned_is_what_analyze_then_answers(tmp_path: Path) -> None:
    """People who call everything neutral are followed, by a version of its own."""
    bad = ("裂开，气死人", "总是失灵，太差劲", "一股怪味，恶心", "刮手流血，垃圾东西")
    texts = [f"{part}{one}" for part in PARTS for one in bad]
    feedback, first = tmp_path / "feedback.csv", tmp_path / "signals.jsonl"
    write_rows(feedback, [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    analysed(feedback, first)
    run("export", first, "-o", tmp_path / "tasks", "--count", "40")
    tasks = json.loads((tmp_path / "tasks" / "tasks.json").read_text(encoding="utf-8"))
    result = [choice("sentiment", "neutral"), choice("severity", "0")]
    for number, task in enumerate(tasks):
        result[0] = choice("sentiment", "positive" if number % 5 == 0 else "neutral")
        task["annotations"] = [annotation(list(result), 1, "2026-04-01T08:00:00Z")]
    export = tmp_path / "export.json"
    export.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    done = run("import", export, "--labels", tmp_path / "labels")
    correction = tmp_path / "labels" / "correction.json"
    assert correction.exists(), done.output
    second = tmp_path / "corrected.jsonl"
    analysed(feedback, second, "--correction", str(correction))
    before, after = list(read_rows(first)), list(read_rows(second))
    assert sum(row["sentiment"] == "negative" for row in before) > 30
    assert sum(row["sentiment"] == "neutral" for row in after) > 30
    assert after[0]["model_version"].startswith(f"{before[0]['model_version']}+")


def analysed(feedback: Path, output: Path, *options: str) -> None:
    words = ["analyze", str(feedback), "-o", str(output), "--at", "2026-03-01", *options]
    done = CliRunner(env={"TINGYIN_LANG": "en"}).invoke(build_app(), words, standalone_mode=False)
    assert done.exit_code == 0, done.output


def given(count: int = 120, seed: int = 1) -> list[dict[str, object]]:
    """Return labels as somebody gave them: one text of ten is called the opposite."""
    source = random.Random(seed)
    rows = []
    for number in range(count):
        truth = "positive" if number % 2 else "negative"
        label = {"positive": "negative", "negative": "positive"}[truth] if number < 12 else truth
        text = f"{source.choice(PARTS)}{source.choice(PARTS)}{source.choice(SAID[truth])}"
        complains = {"intents": ["complaint"], "complaint": ["quality"], "severity": 1}
        praises = {"intents": ["praise"], "complaint": [], "severity": 0}
        row = {"id": f"g{number}", "text": f"{text}（{number}）", "sentiment": label}
        rows.append(row | (complains if truth == "negative" else praises))
    return rows


def test_labels_that_the_others_contradict_are_tasks_and_come_back(tmp_path: Path) -> None:
    write_rows(tmp_path / "labelled.jsonl", given())
    done = run("recheck", tmp_path / "labelled.jsonl", "-o", tmp_path / "tasks", "--count", "12")
    assert done.return_value == ExitCode.DONE, done.output
    assert "sentiment: about" in done.output
    tasks = list(read_rows(tmp_path / "tasks" / "tasks.csv"))
    wrong = {f"id:g{number}" for number in range(12)}
    assert len(wrong & {row["id"] for row in tasks}) >= 9
    assert "sentiment: given" in str(tasks[0]["why"])
    assert "sentiment：标为" in str(tasks[0]["why_zh"])
    filled = [row | {"sentiment": truth_of(str(row["text"]))} for row in tasks]
    write_rows(tmp_path / "filled.csv", filled)
    done = run("import", tmp_path / "filled.csv", "--labels", tmp_path / "labels", "--no-train")
    assert "labelled.jsonl:" in done.output
    labels = list(read_rows(tmp_path / "labels" / "labels.jsonl"))
    assert len(labels) == len(tasks)
    assert all(row["sentiment"] == truth_of(str(row["text"])) for row in labels)


def test_what_was_imported_can_be_rechecked(exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "labels"
    run("import", annotated(exported), "--labels", folder, "--no-train")
    done = run("recheck", folder / "labels.jsonl", "-o", tmp_path / "again", language="zh")
    assert done.return_value == ExitCode.DONE, done.output
    assert "条文本中估计约" in done.output


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        pytest.param(None, (), "is no file", id="no file"),
        pytest.param("", (), "0 labelled texts are too few", id="empty"),
        pytest.param('{"text": "好"}\n', (), "x.jsonl:1: 'sentiment' is None", id="no labels"),
        pytest.param("好\n", (), "x.jsonl:1: not a JSON object", id="no JSON"),
        pytest.param('{"text": "好"}\n', ("--count", "0"), "allowed: 1 to 1,000", id="count"),
    ],
)
def test_labels_that_cannot_be_checked_are_told(
    tmp_path: Path, content: str | None, options: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "x.jsonl"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = run("recheck", path, "-o", tmp_path / "tasks", *options)
    assert said in str(told(done))
    assert told(done).text("zh") != str(told(done))
    assert not (tmp_path / "tasks").exists()


def test_labels_in_another_encoding_are_told_with_the_remedy(tmp_path: Path) -> None:
    write_rows(tmp_path / "labelled.jsonl", given(60))
    path = tmp_path / "gb.jsonl"
    path.write_bytes((tmp_path / "labelled.jsonl").read_text(encoding="utf-8").encode("gb18030"))
    done = run("recheck", path, "-o", tmp_path / "tasks")
    assert "iconv -f GB18030" in str(told(done))


def test_rechecking_replaces_no_tasks_unasked(exported: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "labelled.jsonl", given(60))
    done = run("recheck", tmp_path / "labelled.jsonl", "-o", exported)
    assert "--overwrite" in str(told(done))
