"""A file of categories: read as written, and every fault told with its line and its remedy."""

import pytest

from nlp.taxonomy import CategoriesError, read_taxonomy

GOOD = """categories:
  - name: 充电
    en: Charging
    description: 充不进电、充电慢
    examples: [充不进电了, 充电很慢, 充电口松了]
  - name: 物流
    examples:
      - 快递太慢
      - 包裹丢了，电话13800138000
      - 送货不上楼
"""


def written(folder, text):
    path = folder / "categories.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_categories_as_written(tmp_path):
    first, second = read_taxonomy(written(tmp_path, GOOD)).categories
    assert (first.name, first.zh, first.en) == ("充电", "充电", "Charging")
    assert first.description == "充不进电、充电慢"
    assert first.examples == ("充不进电了", "充电很慢", "充电口松了")
    assert (second.zh, second.en, second.description) == ("物流", "物流", "")


def test_personal_data_of_examples_is_masked(tmp_path):
    taxonomy = read_taxonomy(written(tmp_path, GOOD))
    assert "138" not in "".join(taxonomy.categories[1].examples)


def test_few_examples_are_learnt_with_a_remark(tmp_path):
    remarks = read_taxonomy(written(tmp_path, GOOD)).remarks
    assert [remark.en.split(";")[0] for remark in remarks] == [
        "充电: only 3 examples",
        "物流: only 3 examples",
    ]
    assert "只有 3 条例句" in remarks[0].zh


def test_an_example_twice_counts_once(tmp_path):
    text = GOOD.replace("充电口松了", "充电口松了, '充电口松了  '")
    taxonomy = read_taxonomy(written(tmp_path, text))
    assert len(taxonomy.categories[0].examples) == 3
    assert "1 examples stand there twice" in taxonomy.remarks[0].en


def test_a_mark_at_the_beginning_is_no_part_of_the_file(tmp_path):
    assert len(read_taxonomy(written(tmp_path, "\ufeff" + GOOD)).categories) == 2


ONE = "categories:\n  - name: 充电\n    examples: [充不进电, 充电很慢, 充电口松了]\n"
FAULTS = {
    "empty": ("", "is empty", "是空文件"),
    "only a remark": ("# nothing\n", "is empty", "是空文件"),
    "no YAML": ("categories:\n  - name: [充电\n", ":3: no YAML", ":3：不是有效的 YAML"),
    "two documents": (GOOD + "---\n" + GOOD, "no YAML", "不是有效的 YAML"),
    "deep nesting": ("[" * 5000, "no YAML", "不是有效的 YAML"),
    "GB18030": (GOOD.encode("gb18030"), "iconv -f GB18030", "iconv -f GB18030"),
    "a list at the top": ("- 充电\n", ":1: a mapping with the keys categories", "映射"),
    "a word at the top": ("充电\n", ":1: a mapping with the keys categories", "映射"),
    "unknown key": (
        GOOD.replace("examples:\n", "example:\n"),
        ":7: unknown key 'example'; did you mean 'examples'?",
        "未知的键 'example'；是否想写 'examples'？",
    ),
    "key twice": (GOOD.replace("    en: ", "    name: x\n    en: "), "stands here twice", "重复"),
    "no categories": ("{}\n", "the key `categories` is missing", "缺少键"),
    "no list": ("categories: 充电\n", "a list is expected here", "此处应为列表"),
    "no name": (
        "categories:\n  - examples: [a, b, c]\n",
        ":2: the key 'name' is missing",
        "缺少键",
    ),
    "no examples": ("categories:\n  - name: 充电\n", ":2: the key 'examples' is missing", "缺少键"),
    "none of examples": (
        ONE.replace("[充不进电, 充电很慢, 充电口松了]", "[]"),
        ":3: category '充电' has 0 different examples; add at least 3",
        "只有 0 条不同的例句",
    ),
    "two examples": (
        ONE.replace(", 充电口松了", ""),
        "has 2 different examples; add at least 1",
        "请至少再加 1 条",
    ),
    "one category": (ONE, "there are 1 categories; 2 to 200", "共有 1 个类别"),
    "name twice": (
        GOOD.replace("name: 物流", "name: ＣＨＡＲＧＥ").replace("name: 充电", "name: charge"),
        ":6: the name 'ＣＨＡＲＧＥ' is taken by the category on line 2",
        "与第 2 行的类别重复",
    ),
    "example in two": (
        GOOD.replace("快递太慢", "充电很慢"),
        ":8: the example '充电很慢' stands in '充电' (line 5) and in '物流'",
        "同时属于“充电”（第 5 行）和“物流”",
    ),
    "blank example": (
        GOOD.replace("快递太慢", "'  '"),
        ":8: an example of '物流' is blank",
        "为空",
    ),
    "marks alone": (
        GOOD.replace("快递太慢", "'……！'"),
        ":8: an example of '物流' is blank",
        "标点",
    ),
    "a number": (
        GOOD.replace("快递太慢", "12315"),
        ":8: YAML reads '12315' as int, not as a text; quote it",
        "请加引号",
    ),
    "a truth value": (GOOD.replace("name: 物流", "name: no"), "reads 'no' as bool", "读作 bool"),
    "no value": (GOOD.replace("快递太慢", ""), "as null, not as a text", "读作 null"),
    "a mapping": (GOOD.replace("快递太慢", "客服说: 等着"), ":8: a text is expected here", "文本"),
    "long name": (GOOD.replace("name: 物流", "name: " + "物" * 101), "1 to 100 visible", "100"),
    "name on two lines": (GOOD.replace("name: 物流", 'name: "物\\n流"'), "on one line", "一行内"),
}


@pytest.mark.parametrize(("text", "en", "zh"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_told_in_both_languages(tmp_path, text, en, zh):
    path = written(tmp_path, text)
    with pytest.raises(CategoriesError) as raised:
        read_taxonomy(path)
    message = raised.value.message
    assert str(path) in message.en
    assert str(path) in message.zh
    assert en in message.en
    assert zh in message.zh


def test_no_file(tmp_path):
    with pytest.raises(CategoriesError, match="is no file"):
        read_taxonomy(tmp_path)


def test_tags_are_never_obeyed(tmp_path):
    mark = tmp_path / "mark"
    text = GOOD.replace("快递太慢", f"!!python/object/apply:os.mkdir ['{mark}']")
    with pytest.raises(CategoriesError, match=":8: a text is expected"):
        read_taxonomy(written(tmp_path, text))
    assert not mark.exists()
