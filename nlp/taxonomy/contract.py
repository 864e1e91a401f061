"""A YAML file of categories, read and checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.message import Message
from nlp.taxonomy.category import Category, Taxonomy, plain, same, says_something
from nlp.taxonomy.yaml_file import Place, read_yaml, shown

FEWEST, ENOUGH, MOST = 3, 8, 50_000
LONGEST_NAME, MOST_CATEGORIES = 100, 200
KEYS = ("name", "zh", "en", "description", "examples")


@dataclass(frozen=True, slots=True)
class _Example:
    """One example and where it stands."""

    place: Place
    text: str


def read_taxonomy(path: Path | str) -> Taxonomy:
    """Return the categories of a YAML file.

    ```yaml
    categories:
      - name: 充电故障
        en: Charging fault
        description: 充不进电、充电慢、充电口松动
        examples:
          - 充了一晚上还是只有百分之二十
    ```

    A category takes 8 to 32 examples; from 3 on it is learnt, with a remark. An example that stands
    in a category twice counts once, with a remark. Examples are masked as they are read.

    Raises
    ------
    CategoriesError
        Naming file and line: no YAML, an unknown key, fewer than 2 categories, a name twice, fewer
        than 3 examples, a blank one, or one that stands in two categories.
    """
    path = Path(path)
    root = read_yaml(path)
    found = root.fields(("categories",))
    if "categories" not in found:
        raise root.fault("the key `categories` is missing; add it", "缺少键 `categories`；请补上")
    remarks: list[Message] = []
    owners: dict[str, tuple[str, int]] = {}
    places = list(found["categories"].items())
    categories = tuple(_category(place, owners, remarks) for place in places)
    _check_whole(found["categories"], categories)
    _check_names(list(zip(places, categories, strict=True)))
    return Taxonomy(categories, tuple(remarks))


def _category(place: Place, owners: dict[str, tuple[str, int]], remarks: list[Message]) -> Category:
    fields = place.fields(KEYS)
    for key in ("name", "examples"):
        if key not in fields:
            raise place.fault(f"the key {key!r} is missing; add it", f"缺少键 {key!r}；请补上")
    name = _name(fields["name"])
    read = list(_examples(fields["examples"], name))
    own = list(dict.fromkeys(example.text for example in read))
    for example in read:
        _claim(example, name, owners)
    if len(own) < FEWEST:
        raise fields["examples"].fault(
            f"category {name!r} has {len(own)} different examples; add at least"
            f" {FEWEST - len(own)} ({ENOUGH} to 32 are good)",
            f"类别“{name}”只有 {len(own)} 条不同的例句；请至少再加 {FEWEST - len(own)} 条"
            f"（{ENOUGH} 到 32 条为宜）",
        )
    remarks += _remarks(name, len(own), len(read))
    label = {key: _name(fields[key]) for key in ("zh", "en") if key in fields}
    description = fields["description"].text() if "description" in fields else ""
    return Category(name, description, tuple(own), label.get("zh", name), label.get("en", name))


def _name(place: Place) -> str:
    name = place.text()
    if not same(name) or len(name) > LONGEST_NAME or not name.isprintable():
        raise place.fault(
            f"the name {shown(name)!r} must have 1 to {LONGEST_NAME} visible characters on one"
            " line; shorten it and put the rest into `description`",
            f"名称 {shown(name)!r} 应为一行内 1 到 {LONGEST_NAME} 个可见字符；"
            "请缩短，其余写入 `description`",
        )
    return name


def _examples(place: Place, category: str) -> Iterator[_Example]:
    for item in place.items():
        text = plain(item.text())
        if not says_something(text):
            raise item.fault(
                f"an example of {category!r} is blank or holds only marks; write a customer's"
                " sentence or delete it",
                f"类别“{category}”有一条例句为空或只有标点；请写入一句顾客的话或删除",
            )
        yield _Example(item, text)


def _claim(example: _Example, category: str, owners: dict[str, tuple[str, int]]) -> None:
    """Note whose an example is; one text cannot teach two categories."""
    line = example.place.node.start_mark.line + 1
    owner, first = owners.setdefault(same(example.text), (category, line))
    if owner != category:
        raise example.place.fault(
            f"the example {shown(example.text)!r} stands in {owner!r} (line {first}) and in"
            f" {category!r}; delete it in one of them",
            f"例句 {shown(example.text)!r} 同时属于“{owner}”（第 {first} 行）和“{category}”；"
            "请从其中一个删除",
        )


def _remarks(name: str, different: int, written: int) -> Iterator[Message]:
    if different < written:
        yield Message(
            f"{name}: {written - different} examples stand there twice and count once",
            f"{name}：{written - different} 条例句重复，只计一次",
        )
    if different < ENOUGH:
        yield Message(
            f"{name}: only {different} examples; with {ENOUGH} to 32 it is recognised better",
            f"{name}：只有 {different} 条例句；增至 {ENOUGH} 到 32 条识别更准",
        )


def _check_whole(place: Place, categories: Sequence[Category]) -> None:
    number = len(categories)
    if not 2 <= number <= MOST_CATEGORIES:
        raise place.fault(
            f"there are {number} categories; 2 to {MOST_CATEGORIES} are allowed (beside one, add"
            " another such as 其他 other, with examples of its own)",
            f"共有 {number} 个类别；允许 2 到 {MOST_CATEGORIES} 个"
            "（只有一个时，可再加一个“其他”并给出例句）",
        )
    total = sum(len(category.examples) for category in categories)
    if total > MOST:
        raise place.fault(
            f"there are {total:,} examples; at most {MOST:,} are read, and 8 to 32 a category are"
            " enough: take some out",
            f"共有 {total:,} 条例句；最多 {MOST:,} 条，每类 8 到 32 条即可：请删减",
        )


def _check_names(read: Sequence[tuple[Place, Category]]) -> None:
    first: dict[str, Place] = {}
    for place, category in read:
        before = first.setdefault(same(category.name), place)
        if before is not place:
            line = before.node.start_mark.line + 1
            raise place.fault(
                f"the name {category.name!r} is taken by the category on line {line}; rename one,"
                " or put their examples together",
                f"名称“{category.name}”与第 {line} 行的类别重复；请改名，或合并两者的例句",
            )
