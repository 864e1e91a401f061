"""Near-duplicates: what belongs together, what does not, and that neither costs too much."""

import subprocess
import sys
from collections import Counter
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import DuplicateIndex, duplicate_groups, letters_of, similarity
from nlp.text.duplicates import BANDS, ROWS, SIMILAR, band_keys, shingles

COPY = "内部员工爆料这款坚果全部是过期原料翻新的吃了会致癌大家赶紧扔掉"
TOGETHER = {
    "the same": (COPY, COPY),
    "marks and emoji": (COPY, f"{COPY[:12]}，{COPY[12:]}！！！😡[怒]"),
    "traditional": ("這家店的客服態度非常惡劣", "这家店的客服态度非常恶劣"),
    "full width": ("买了iPhone15一天就坏了", "买了ｉＰｈｏｎｅ１５一天就坏了"),
    "upper case": ("this phone is broken", "THIS PHONE IS BROKEN!"),
    "a tail": (COPY, COPY + "速看"),
    "another number": (
        "加微信13800138000领优惠券每天限量一百份",
        "加微信13900139000领优惠券每天限量一百份",
    ),
    "short and equal": ("差评", "差评！！"),
    "emoji only": ("😡😡😡", "😡😡😡"),
}
APART = {
    "different": (COPY, "物流很快，包装完好，孩子很喜欢"),
    "short and nearly equal": ("不好用", "很好用"),
    "five letters": ("质量非常差", "质量非常好"),
    "half the words": ("屏幕有划痕，客服不给退款，太失望了", "屏幕很清晰，客服态度也很好，满意"),
    "the same frame": ("颜色很好看，尺码偏小一点", "颜色不好看，尺码刚刚合适"),
    "empty": ("", ""),
    "blanks": (" ", "\u3000"),
    "other emoji": ("😡😡😡", "😀😀😀"),
}
PHRASES = (
    "物流太慢",
    "屏幕有划痕",
    "客服不理人",
    "包装破损",
    "味道不错",
    "下次还来",
    "退款难",
    "音质很差",
)


@pytest.mark.parametrize("texts", TOGETHER.values(), ids=TOGETHER)
def test_copies_are_joined(texts):
    assert [group.members for group in duplicate_groups(texts)] == [(0, 1)]


@pytest.mark.parametrize("texts", APART.values(), ids=APART)
def test_others_are_not(texts):
    assert duplicate_groups(texts) == ()


def test_the_largest_group_comes_first_and_speaks_in_its_most_frequent_words():
    texts = ["差评", "差评", COPY + "速看", COPY, COPY + "！", "物流很快，包装完好"]
    first, second = duplicate_groups(texts)
    assert (first.members, first.representative) == ((2, 3, 4), 3)
    assert (second.members, second.representative) == ((0, 1), 0)
    assert [group.members for group in duplicate_groups(texts, least=3)] == [(2, 3, 4)]


def test_texts_come_one_by_one():
    index = DuplicateIndex()
    assert [index.add(text) for text in (COPY, "好", COPY)] == [0, 1, 2]
    assert [group.members for group in index.groups()] == [(0, 2)]
    index.add("好！")
    assert [group.members for group in index.groups()] == [(0, 2), (1, 3)]
    assert len(index) == 4


def noisy(random: Random, text: str) -> str:
    """Return the text with a few characters changed, as people vary a copy."""
    signs = list(text)
    for _ in range(random.randrange(4)):
        signs[random.randrange(len(signs))] = random.choice("的了是我不在人有这")
    return "".join(signs) + random.choice(["", "！", "速看", "求扩散"])


def test_what_is_joined_is_nearly_what_comparing_all_pairs_joins():
    random = Random(11)
    sources = ["".join(random.sample(PHRASES, 5)) + str(n) for n in range(40)]
    texts = [noisy(random, random.choice(sources)) for _ in range(400)]
    parents = list(range(len(texts)))

    def root(number: int) -> int:
        while parents[number] != number:
            number = parents[number]
        return number

    for left, right in combinations(range(len(texts)), 2):
        if similarity(texts[left], texts[right]) >= SIMILAR:
            parents[root(right)] = root(left)
    truth = Counter(map(root, range(len(texts))))
    pairs = sum(size * (size - 1) // 2 for size in truth.values())
    found = duplicate_groups(texts)
    joined = sum(len(group.members) * (len(group.members) - 1) // 2 for group in found)
    for group in found:  # never joined by chance: all of a group hang together in the truth
        assert len({root(number) for number in group.members}) == 1
    assert joined >= 0.95 * pairs > 0


def test_ten_thousand_variants_of_one_text_cost_no_square():
    random = Random(5)
    compared = 0

    class Counted(DuplicateIndex):
        def _join(self, left: int, right: int) -> None:
            nonlocal compared
            compared += 1
            super()._join(left, right)

    index = Counted()
    for number in range(3000):
        index.add(COPY + str(random.randrange(1000)) + "速看" * (number % 2))
    assert [len(group.members) for group in index.groups()] == [3000]
    assert compared == 2999


def test_signatures_estimate_the_similarity():
    random = Random(3)
    letters = [chr(0x4E00 + random.randrange(2000)) for _ in range(300)]
    one, two = "".join(letters), "".join(letters[60:])
    agreement = sum(map(int.__eq__, band_keys(shingles(one)), band_keys(shingles(two)))) / BANDS
    assert agreement == pytest.approx(similarity(one, two) ** ROWS, abs=0.25)
    assert similarity(one, one) == 1.0
    assert shingles("太短了") == frozenset()


def test_another_process_finds_the_same():
    texts = [noisy(Random(n), COPY) for n in range(30)] + list(PHRASES)
    code = f"from nlp.text import duplicate_groups; print(duplicate_groups({texts!r}))"
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert told[0] == told[1] == f"{duplicate_groups(texts)}\n"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.sampled_from("差评好的a1！😂\ud800\0 ") | st.characters()), max_size=12))
def test_any_texts_are_grouped_and_equal_ones_share_a_group(texts):
    found = duplicate_groups(texts, least=1)
    numbers = sorted(number for group in found for number in group.members)
    assert numbers == list(range(len(texts)))
    home = {number: group for group in found for number in group.members}
    for left, right in combinations(range(len(texts)), 2):
        if letters_of(texts[left]) and letters_of(texts[left]) == letters_of(texts[right]):
            assert home[left] == home[right]
    assert all(group.representative in group.members for group in found)
