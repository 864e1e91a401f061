"""What is measured is never trained on."""

import csv
import gzip
import hashlib
import io
import json
import random
import zipfile
from collections import Counter

import openpyxl
import pytest

from nlp.errors import TrainingError
from nlp.gold import Example
from nlp.text_keys import text_key
from nlp.training.collection import Collection, collect, distinct, epoch_examples
from nlp.training.corpora import read_online_shopping
from nlp.training.exclusion import Exclusion, exclusion_key, read_exclusion_keys
from nlp.training.recipe import Recipe

SECRET = "这家店的豆浆机用了三天就漏水，找客服说要等一周才有人处理，太失望了"
LISTED = "热水壶的盖子松了，倒水的时候烫到手"
WORDS = "快递昨天到了包裹里面东西完好颜色偏深尺码正合适客服回复及时味道清淡分量够吃下次再来"
COMMON = ["".join(random.Random(number).sample(WORDS, 16)) for number in range(40)]


def listed_key(text: str) -> str:
    """The key as the list's own documentation defines it, written independently."""
    kept = "".join(c for c in text if c.isalnum())
    return hashlib.sha256(kept[:60].encode()).hexdigest()


def test_the_key_is_the_documented_one():
    assert exclusion_key(LISTED) == listed_key(LISTED)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LISTED, id="listed"),
        pytest.param("热水壶的盖子松了!倒水的时候,烫到手。。", id="listed, other marks"),
        pytest.param(SECRET, id="protected"),
        pytest.param("求助：" + SECRET + "！！", id="protected, with a frame"),
        pytest.param(SECRET[:24], id="the first half of a protected text"),
    ],
)
def test_copies_and_near_copies_are_excluded(text):
    assert Exclusion(frozenset({listed_key(LISTED)}), [SECRET]).excludes(text)


@pytest.mark.parametrize("text", ["", "好", "这家店的豆浆不错，下次还来", COMMON[0]])
def test_other_texts_stay(text):
    assert not Exclusion(frozenset({listed_key(LISTED)}), [SECRET]).excludes(text)


@pytest.mark.parametrize("content", [None, "", "\n"])
def test_training_without_a_list_is_refused(tmp_path, content):
    path = tmp_path / "never_train.sha256"
    if content is not None:
        path.write_text(content)
    with pytest.raises(TrainingError, match="never-train"):
        read_exclusion_keys(path)


def gold_line(number: int, text: str) -> str:
    row = {"text": text, "sentiment": "neutral", "intents": [], "complaint": [], "severity": 0}
    return json.dumps({"id": str(number), "target": [], **row}, ensure_ascii=False)


def write_csv(path, header, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_sheet(path, header, texts):
    book = openpyxl.Workbook()
    for row in (header, *([1, text] for text in texts)):
        book.active.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


def write_pools(folder, texts):
    """The sets that are read for further labels only."""
    (folder / "afqmc").mkdir()
    (folder / "afqmc" / "train.txt").write_text("".join(f"{t}\t{t}\t0\n" for t in texts), "utf-8")
    cars = folder / "bdci2018-car-opinion" / "train_2.csv"
    write_csv(cars, ["content_id", "content"], [[1, text] for text in texts])
    covid = folder / "covid19-weibo-7emotions" / "labeledData.csv"
    write_csv(covid, ["review", "label"], [[text, 2] for text in texts])
    (folder / "smp2020-ewect").mkdir()
    rows = json.dumps([{"content": text} for text in texts], ensure_ascii=False)
    (folder / "smp2020-ewect" / "virus_train.txt").write_text(rows, encoding="utf-8")
    citizens = folder / "teddycup2020-gov-messages"
    for name in ("附件3.xlsx", "附件4_人工标注.xlsx"):
        write_sheet(citizens / name, ["留言编号", "留言详情"], texts)
    bank = folder / "ccb-short-sentences" / "short_sentences_220421分类.xlsx"
    write_sheet(bank, ["class1", "dataset"], texts)


def keyed_line(text):
    labels = {"sentiment": "negative", "intents": ["complaint"], "complaint": ["quality"]}
    return json.dumps({"key": text_key(text), **labels, "severity": 1, "target": [[0, 2]]}) + "\n"


@pytest.fixture
def labels(tmp_path):
    """Further labels of two texts of the pools, corrected ones of two gold texts.

    Both also name a text that nobody has, and all measured ones.
    """
    others = ["没有人有这一条", SECRET, LISTED, COMMON[39]]
    for name, texts in (("further", COMMON[32:34]), ("corrected", COMMON[3:5])):
        lines = "".join(map(keyed_line, [*texts, *others]))
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="ascii")
    return tmp_path


@pytest.fixture
def data(tmp_path):
    """A data folder in the layout of the real one; measured texts are planted in every source."""
    planted = [SECRET, LISTED, COMMON[39]]
    gold = tmp_path / "gold"
    gold.mkdir()
    (gold / "never_train.sha256").write_text(listed_key(LISTED) + "\n")
    (gold / "dev.jsonl").write_text(gold_line(1, SECRET) + "\n", encoding="utf-8")
    texts = [*COMMON[:30], *planted]
    lines = [gold_line(number, text) for number, text in enumerate(texts)]
    (gold / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    rows = [["书籍", 1, COMMON[30]], *(["手机", 0, text] for text in planted)]
    rows += [["热水器", 0, "热水器用起来声音很大很大"], ["蒙牛", 1, "这个牛奶的味道真的很不错"]]
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["cat", "label", "review"], *rows])
    shopping = tmp_path / "online-shopping-10-cats"
    shopping.mkdir()
    with zipfile.ZipFile(shopping / "online_shopping_10_cats.zip", "w") as archive:
        archive.writestr("online_shopping_10_cats.csv", buffer.getvalue())
    polar = [[1, COMMON[31]], *([0, text] for text in planted)]
    write_csv(tmp_path / "waimai-10k" / "waimai_10k.csv", ["label", "review"], polar)
    hotels = tmp_path / "chnsenticorp-htl-all" / "ChnSentiCorp_htl_all.csv"
    write_csv(hotels, ["label", "review"], polar)
    weibo = tmp_path / "weibo2018-sentiment"
    weibo.mkdir()
    (weibo / "train.txt").write_text("".join(f"1,{label},{t}\n" for label, t in polar), "utf-8")
    corp = tmp_path / "chnsenticorp"
    corp.mkdir()
    (corp / "test_labeled.tsv").write_text(COMMON[39] + "\tpositive\n", encoding="utf-8")
    (corp / "train.tsv").write_text("".join(f"{t}\t{label}\n" for label, t in polar), "utf-8")
    aspects = [{"sentence": text, "relations": [[0, 1, 2, 3, "NEG"]]} for text in planted]
    makeup = tmp_path / "makeup-opinion-zhijiang"
    makeup.mkdir()
    lines = [json.dumps(row, ensure_ascii=False) for row in aspects]
    (makeup / "train.jsonl").write_text("\n".join(lines), encoding="utf-8")
    restaurants = tmp_path / "absa-zh" / "405.Chinese_Zhang"
    restaurants.mkdir(parents=True)
    with gzip.open(restaurants / "train.txt.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{' '.join(text)}####[((0, 1), (2, 3), 'POS')]\n" for text in planted)
    (restaurants / "test.txt").write_text("环 境 很 好####[]\n", encoding="utf-8")
    write_pools(tmp_path, [*COMMON[32:34], *planted])
    return tmp_path


def test_no_source_smuggles_a_measured_text_into_any_batch(data, labels):
    recipe = Recipe(polarity_texts=1000, target_texts=1000)
    collection = collect(data, recipe, labels)
    seen = [
        example.text
        for epoch in range(recipe.epochs)
        for example in epoch_examples(collection, recipe, epoch)
    ]
    seen += [example.text for example in collection.calibration]
    assert set(COMMON[:34]) <= set(seen)
    assert not {SECRET, LISTED, COMMON[39]} & set(seen)
    assert not [text for text in seen if "热水器" in text or "牛奶" in text]


def test_whole_categories_are_held_out(data):
    texts = [example.text for example in read_online_shopping(data)]
    assert COMMON[30] in texts
    assert not [text for text in texts if "热水器" in text or "牛奶" in text]


def test_the_calibration_texts_are_not_trained_on(data):
    recipe = Recipe(calibration_share=0.5)
    collection = collect(data, recipe)
    held_out = {example.text for example in collection.calibration}
    assert held_out
    assert not held_out & {example.text for example in collection.gold}


def test_a_missing_data_set_is_named(data):
    (data / "waimai-10k" / "waimai_10k.csv").unlink()
    with pytest.raises(TrainingError, match=r"waimai_10k\.csv is missing"):
        collect(data, Recipe())


def test_equal_texts_are_seen_once():
    twins = [Example("好用！", "a"), Example("好用", "b"), Example("难用", "c")]
    assert [example.source for example in distinct(twins, ())] == ["a", "c"]
    assert [example.source for example in distinct(twins, twins[:1])] == ["c"]


def test_further_labels_find_their_texts(data, labels):
    collection = collect(data, Recipe(calibration_share=0), labels)
    found = [example for example in collection.gold if example.source == "further"]
    assert [example.text for example in found] == COMMON[32:34]
    assert {example.complaint for example in found} == {("quality",)}
    assert {(span.start, span.end) for example in found for span in example.targets} == {(0, 2)}


def test_corrected_labels_take_the_place_of_gold_ones(data, labels):
    gold = collect(data, Recipe(calibration_share=0), labels).gold
    assert [e.text for e in gold if e.source == "gold"] == COMMON[:30]
    assert {e.text for e in gold if e.source == "gold" and e.severity} == set(COMMON[3:5])


@pytest.mark.parametrize("passes", [1, 2, 3])
def test_two_class_texts_are_seen_so_many_times_and_never_twice_in_an_epoch(passes):
    texts = [Example(f"文本{number}", "a", positive=True) for number in range(17)]
    spans = [Example(f"对象{number}", "b", targets=()) for number in range(5)]
    recipe = Recipe(epochs=4, polarity_passes=passes)
    collection = Collection(gold=[], calibration=[], polarity=texts, targets=spans)
    epochs = [epoch_examples(collection, recipe, epoch) for epoch in range(recipe.epochs)]
    seen = Counter(example.text for epoch in epochs for example in epoch)
    assert {seen[example.text] for example in texts} == {passes}
    assert {seen[example.text] for example in spans} == {1}
    assert all(len({example.text for example in epoch}) == len(epoch) for epoch in epochs)
