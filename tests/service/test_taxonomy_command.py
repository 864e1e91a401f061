"""`tingyin taxonomy` as people type it: learn, apply, eval, and what may go wrong."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from nlp.encoder import read_artifact
from nlp.encoder.artifact import SHIPPED, write_manifest
from nlp.errors import TingyinError
from nlp.taxonomy import CategoriesError, ClassifierError
from service.commands.taxonomy import build_taxonomy
from service.errors import InputError, OutputError
from service.exit_codes import ExitCode
from service.files import read_rows, write_rows

CATEGORIES = """categories:
  - name: 充电
    en: Charging
    description: 充不进电、充电慢
    examples:
      - 充了一晚上只有百分之二十
      - 充电口松动，线一碰就断
      - 快充不起作用，充满要五个小时
      - 新买的充电头发烫得厉害
      - 无线充电放上去没反应
      - 用了一年电池掉电特别快
      - 充电时屏幕自己乱跳
      - 插上充电器提示不支持
  - name: 物流
    en: Delivery
    examples:
      - 快递在路上走了九天
      - 包裹显示签收但我没收到
      - 快递员把东西扔在楼下就走了
      - 物流信息三天没有更新
      - 箱子压扁了，里面都碎了
      - 送货约了两次都没来
      - 发货太慢，等到活动都结束了
      - 配送员不送上楼
"""
ROWS = (
    {"编号": "1", "评论内容": "充电特别慢，充电口也松"},
    {"编号": "2", "评论内容": "快递一直不送，物流三天不更新"},
    {"编号": "3", "评论内容": ""},
    {"编号": "4", "评论内容": "……"},
    {"编号": "2", "评论内容": "包裹没收到，电话13800138000"},
    {"编号": "6", "评论内容": "包裹没收到，电话13800138000"},
)


def run(*arguments: object, language: str = "en") -> Result:
    environment = {"TINGYIN_LANG": language, "COLUMNS": "200"}
    words = list(map(str, arguments))
    return CliRunner(env=environment).invoke(build_taxonomy(), words, standalone_mode=False)


def fault(*arguments: object) -> TingyinError:
    done = run(*arguments)
    assert isinstance(done.exception, TingyinError), done.output
    return done.exception


@pytest.fixture(scope="module")
def categories(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("categories") / "categories.yaml"
    path.write_text(CATEGORIES, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def folder(categories) -> Path:
    output = categories.parent / "classifier"
    done = run("learn", categories, "-o", output)
    assert done.return_value == ExitCode.DONE, done.output
    return output


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("learnt 2 categories from 16 examples", "on examples held out", "answers from")),
        ("zh", ("已用 16 条例句学习 2 个类别", "在留出的例句上", "才作答")),
    ],
)
def test_learning_tells_what_it_is_worth(categories, tmp_path, language, said):
    done = run("learn", categories, "-o", tmp_path / "new", language=language)
    assert done.return_value == ExitCode.DONE
    assert all(line in done.stdout for line in said)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "classifier.json",
        "weights.npz",
    }


def test_few_examples_are_remarked_on(categories, tmp_path):
    lines = CATEGORIES.splitlines()
    few = tmp_path / "few.yaml"
    few.write_text("\n".join(lines[:-5]), encoding="utf-8")
    done = run("learn", few, "-o", tmp_path / "new")
    assert "tingyin: 物流: only 3 examples" in done.stderr


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx", "parquet"])
def test_every_row_is_labelled_left_open_or_rejected(folder, tmp_path, kind):
    source, output = tmp_path / f"in.{kind}", tmp_path / f"out.{kind}"
    write_rows(source, ROWS)
    done = run("apply", folder, source, "-o", output)
    assert done.return_value == ExitCode.DONE, done.output
    assert "rows = labelled + rejects: 6 = 4 + 2" in done.stdout
    rows = {str(row["id"]): row for row in read_rows(output)}
    assert {name: row["category"] for name, row in rows.items()} == {
        "1": "充电",
        "2": "物流",
        "4": None,
        "6": "物流",
    }
    assert rows["4"]["reason"] == "the text says nothing"
    assert rows["4"]["probability"] is None
    assert 0.5 <= float(rows["1"]["probability"]) <= 1
    assert "138" not in rows["6"]["masked_text"]
    rejects = list(read_rows(tmp_path / f"out.{kind}.rejects.jsonl"))
    assert [row["column"] for row in rejects] == ["评论内容", "编号"]
    assert all(row["reason_zh"] and row["remedy_zh"] for row in rejects)


def test_strict_ends_with_the_status_of_rejects(folder, tmp_path):
    source = tmp_path / "in.csv"
    write_rows(source, ROWS)
    done = run("apply", folder, source, "-o", tmp_path / "out.csv", "--strict")
    assert done.return_value == ExitCode.REJECTS


def test_columns_are_mapped_and_rows_numbered(folder, tmp_path):
    source, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    write_rows(
        source, [{"masked_text": "快递太慢，物流不更新", "created_at": "no date", "likes": "many"}]
    )
    done = run("apply", folder, source, "-o", output, "--map", "text=masked_text", "--make-ids")
    assert done.return_value == ExitCode.DONE, done.output
    (row,) = read_rows(output)
    assert (row["id"], row["likeliest"]) == ("in-1", "物流")


def test_without_rejects_those_of_an_earlier_run_go(folder, tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    write_rows(source, ROWS)
    run("apply", folder, source, "-o", output)
    write_rows(source, ROWS[:2])
    run("apply", folder, source, "-o", output, "--overwrite")
    assert not (tmp_path / "out.csv.rejects.jsonl").exists()


def test_a_file_of_many_rows_streams(folder, tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.parquet"
    write_rows(source, ({"id": str(n), "text": ROWS[n % 2]["评论内容"]} for n in range(1_100)))
    done = run("apply", folder, source, "-o", output)
    assert "1,100 = 1,100 + 0" in done.stdout
    assert [row["id"] for row in read_rows(output)] == [str(n) for n in range(1_100)]


LABELLED = (
    {"text": "充电口坏了充不进电", "category": "充电"},
    {"text": "快递丢了没人管", "category": "物流"},
    {"text": "今天天气不错", "category": None},
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("accuracy ", "coverage", "1 texts of none", "Charging", "mostly taken for")),
        ("zh", ("准确率 ", "作答率", "不属于任何类别的 1 条", "充电", "最常误认为")),
    ],
)
def test_eval_tells_the_figures(folder, tmp_path, language, said):
    path = tmp_path / "labelled.jsonl"
    write_rows(path, LABELLED)
    done = run("eval", folder, path, language=language)
    assert done.return_value == ExitCode.DONE, done.output
    assert [line for line in said if line not in done.stdout] == []


def test_eval_as_json(folder, tmp_path):
    path = tmp_path / "labelled.jsonl"
    write_rows(path, LABELLED)
    figures = json.loads(run("eval", folder, path, "--json").stdout)
    assert (figures["n"], figures["outside"]["n"]) == (3, 1)
    assert set(figures["per_class"]) == set(figures["confusion"]) == {"充电", "物流"}


def test_faults_of_learn(categories, folder, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    (full / "photo.jpg").touch()
    found = fault("learn", categories, "-o", full)
    assert isinstance(found, OutputError)
    assert "holds other files" in found.message.en
    assert "holds a classifier already" in fault("learn", categories, "-o", folder).message.en
    assert "is a file" in fault("learn", categories, "-o", categories).message.en
    assert isinstance(fault("learn", tmp_path / "no.yaml", "-o", tmp_path / "x"), CategoriesError)
    assert not (tmp_path / "x").exists()
    unwritable = fault("learn", categories, "-o", Path("/proc/classifier"))
    assert isinstance(unwritable, OutputError)
    assert "/proc/classifier" in unwritable.message.zh


def test_overwrite_replaces_a_classifier(categories, tmp_path):
    output = tmp_path / "new"
    run("learn", categories, "-o", output)
    (output / "weights.npz").write_bytes(b"spoilt")
    done = run("learn", categories, "-o", output, "--overwrite")
    assert done.return_value == ExitCode.DONE
    write_rows(tmp_path / "in.csv", ROWS[:2])
    assert run("apply", output, tmp_path / "in.csv", "-o", tmp_path / "o.csv").exit_code == 0


def test_faults_of_apply(folder, tmp_path):
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    write_rows(source, ROWS)
    assert isinstance(fault("apply", tmp_path, source, "-o", output), ClassifierError)
    assert "extension" in fault("apply", folder, source, "-o", tmp_path / "o.pdf").message.en
    assert "is one of the inputs" in fault("apply", folder, source, "-o", source).message.en
    assert "does not exist" in fault("apply", folder, source, "-o", tmp_path / "a/b.csv").message.en
    missing = fault("apply", folder, tmp_path / "no.csv", "-o", output)
    assert isinstance(missing, InputError)
    write_rows(source, [{"颜色": "红"}])
    told = fault("apply", folder, source, "-o", output).message
    assert "no column for text, id" in told.en
    assert "缺少列：text、id" in told.zh
    output.touch()
    assert "exists already" in fault("apply", folder, source, "-o", output).message.en
    assert output.read_bytes() == b""


def test_faults_of_eval(folder, tmp_path):
    assert "is no file" in fault("eval", folder, tmp_path).message.en
    path = tmp_path / "labelled.jsonl"
    write_rows(path, [{"text": "a", "category": "天气"}])
    assert "known: 充电, 物流" in fault("eval", folder, path).message.en


def test_a_folder_of_another_model_is_refused(folder, tmp_path):
    other, source = tmp_path / "model", tmp_path / "in.csv"
    shutil.copytree(SHIPPED, other)
    shipped = read_artifact()
    version = write_manifest(other, replace(shipped.calibration, abstain_below=0.123))
    write_rows(source, ROWS)
    found = fault("apply", folder, source, "-o", tmp_path / "out.csv", "--model", other)
    assert isinstance(found, ClassifierError)
    assert f"learnt on {shipped.version}, the model here is {version}" in found.message.en
    assert "请重新运行 tingyin taxonomy learn" in found.message.zh
    assert not (tmp_path / "out.csv").exists()
