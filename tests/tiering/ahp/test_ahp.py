"""Weights from judgements: published tables, completion, and every way to be refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tiering.ahp import Hierarchy, Judgements, global_weights, load_hierarchy, weigh
from tiering.ahp.completion import completed
from tiering.ahp.eigen import principal
from tiering.errors import ConsistencyError, JudgementError

# Saaty (2008), Decision making with the analytic hierarchy process, IJSSCI 1: 83-98
DRINKS = ["coffee", "wine", "tea", "beer", "soda", "milk", "water"]
DRINKS_UPPER = [
    [1, 9, 5, 2, 1, 1, "1/2"],
    [1, "1/3", "1/9", "1/9", "1/9", "1/9"],
    [1, "1/3", "1/4", "1/3", "1/9"],
    [1, "1/2", 1, "1/3"],
    [1, 2, "1/2"],
    [1, "1/3"],
    [1],
]
DRINKS_PRINTED = dict(zip(DRINKS, (0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327), strict=True))
PEOPLE = ["Moll", "Nell", "Sue"]


def three(a: float | str, b: float | str, c: float | str) -> list[list[Any]]:
    return [[1, a, b], [1, c], [1]]


# The leader example of Wikipedia as worked with exact eigenvectors in the README of ahpy 2.1
LEADER = {
    "goal": "Criteria",
    "random_index": "saaty",
    "judgements": {
        "Criteria": {
            "elements": ["Experience", "Education", "Charisma", "Age"],
            "matrix": [[1, 4, 3, 7], [1, "1/3", 3], [1, 5], [1]],
        },
        "Experience": {"elements": PEOPLE, "matrix": three("1/4", 4, 9)},
        "Education": {"elements": PEOPLE, "matrix": three(3, "1/5", "1/7")},
        "Charisma": {"elements": PEOPLE, "matrix": three(5, 9, 4)},
        "Age": {"elements": PEOPLE, "matrix": three("1/3", 5, 9)},
    },
}


def written(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "ahp.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def test_the_drinks_of_saaty_to_the_printed_digits() -> None:
    found = weigh(Judgements.of("drinks", DRINKS, DRINKS_UPPER), "saaty")
    assert {name: round(w, 3) for name, w in found.weights.items()} == DRINKS_PRINTED
    assert round(found.consistency.ratio, 3) == 0.022
    assert sum(found.weights.values()) == pytest.approx(1, abs=1e-12)


def test_donegan_and_dodd_measure_the_same_index_by_their_own() -> None:
    drinks = Judgements.of("drinks", DRINKS, DRINKS_UPPER)
    saaty, dodd = (weigh(drinks, name).consistency for name in ("saaty", "donegan-dodd"))
    assert saaty.index == dodd.index
    assert (saaty.random_index, dodd.random_index) == (1.35, 1.2519)
    assert dodd.ratio == pytest.approx(saaty.ratio * 1.35 / 1.2519)


def test_a_hierarchy_multiplies_down_to_the_leaves(tmp_path: Path) -> None:
    hierarchy = load_hierarchy(written(tmp_path, LEADER))
    leaves = global_weights(hierarchy)
    of = {p: sum(w for leaf, w in leaves.items() if leaf.endswith(p)) for p in PEOPLE}
    # ahpy sums parts that it rounded to three digits
    assert of == pytest.approx({"Nell": 0.493, "Moll": 0.358, "Sue": 0.15}, abs=1e-3)
    weighed = hierarchy.weighed()
    experience = {name: round(w, 3) for name, w in weighed["Experience"].weights.items()}
    assert experience == {"Nell": 0.717, "Moll": 0.217, "Sue": 0.066}
    assert round(weighed["Experience"].consistency.ratio, 3) == 0.035
    assert round(weighed["Education"].consistency.ratio, 3) == 0.062
    assert round(weighed["Criteria"].weights["Experience"], 3) == 0.548
    assert leaves["Education.Sue"] == pytest.approx(0.093, abs=1e-3)
    assert sum(leaves.values()) == pytest.approx(1, abs=1e-12)


def test_json_and_the_full_matrix_and_the_upper_triangle_are_the_same(tmp_path: Path) -> None:
    upper = Judgements.of("drinks", DRINKS, DRINKS_UPPER)
    full = {"judgements": {"dimensions": {"elements": DRINKS, "matrix": upper.matrix.tolist()}}}
    path = tmp_path / "ahp.json"
    path.write_text(json.dumps(full), encoding="utf-8")
    read = load_hierarchy(path).judgements["dimensions"]
    np.testing.assert_allclose(read.matrix, upper.matrix, rtol=1e-12)


def test_gaps_of_consistent_judgements_are_filled_with_what_follows_from_them() -> None:
    true = np.array([0.5, 0.25, 0.15, 0.10])
    rows: list[list[Any]] = (true[:, None] / true[None, :]).tolist()
    rows[0][3] = rows[3][0] = rows[1][2] = rows[2][1] = None
    found = weigh(Judgements.of("m", list("abcd"), rows))
    np.testing.assert_allclose(list(found.weights.values()), true, atol=1e-6)
    assert (found.completed, found.consistency.ratio) == (2, pytest.approx(0, abs=1e-9))


def test_the_completion_has_the_least_eigenvalue_of_a_fine_grid() -> None:
    rows = [list(map(str, row)) for row in [[1, 2, 5, 8], [1, 3, 4], [1, 2], [1]]]
    gappy = Judgements.of("m", list("abcd"), [[*rows[0][:3], None], *rows[1:]])
    least = principal(completed(gappy)).value
    tried = []
    for value in np.exp(np.linspace(-1, 4, 2001)):
        matrix = gappy.matrix.copy()
        matrix[0, 3], matrix[3, 0] = value, 1 / value
        tried.append(principal(matrix).value)
    assert least <= min(tried) + 1e-12
    assert least == pytest.approx(min(tried), abs=1e-6)


def test_a_chain_of_judgements_cannot_contradict_itself() -> None:
    rows = [[1, 3, None], [1, 9], [1]]
    found = weigh(Judgements.of("m", list("abc"), rows))
    assert found.consistency.ratio == 0
    assert found.weights["a"] == pytest.approx(27 / 37, abs=1e-6)


@pytest.mark.parametrize(("elements", "rows"), [(["a"], [[1]]), (["a", "b"], [[1, 4], [1]])])
def test_one_or_two_elements(elements: list[str], rows: list[list[Any]]) -> None:
    found = weigh(Judgements.of("m", elements, rows))
    assert sum(found.weights.values()) == pytest.approx(1)
    assert found.consistency.ratio == 0


def test_contradictions_name_the_three_worst_judgements_in_both_languages() -> None:
    rows = [[1, 3, "1/7", 2], [1, 3, 2], [1, 1], [1]]  # a over b over c, but c far over a
    with pytest.raises(ConsistencyError) as caught:
        weigh(Judgements.of("our.yaml, commercial", list("abcd"), rows))
    en, zh = str(caught.value), caught.value.text("zh")
    assert "a : c is judged 1/7, the others make it" in en
    assert en.count("is judged") == zh.count("判为") == 3
    assert "judge these again" in en
    assert "请重新判断" in zh
    assert en.startswith("our.yaml, commercial: consistency ratio ")
    assert en.index("a : c") < min(en.index(pair) for pair in ("a : b", "b : c"))


BAD_MATRICES = {
    "not square": ([[1, 2], [0.5, 1, 3]], "not square"),
    "too few rows": ([[1, 2]], "not square"),
    "not reciprocal": ([[1, 3], [3, 1]], "not its reciprocal"),
    "zero": ([[1, 0], [1]], "number above 0"),
    "negative": ([[1, -3], [1]], "number above 0"),
    "nan": ([[1, float("nan")], [1]], "number above 0"),
    "infinite": ([[1, float("inf")], [1]], "number above 0"),
    "words": ([[1, "more"], [1]], "number above 0"),
    "divided by zero": ([[1, "1/0"], [1]], "number above 0"),
    "flag": ([[1, True], [1]], "number above 0"),
    "diagonal": ([[2, 3], [1]], "diagonal is 1"),
    "nothing joins": ([[1, None], [1]], "no judgement joins b to a"),
}


@pytest.mark.parametrize("case", BAD_MATRICES)
def test_a_matrix_that_cannot_be_used(case: str) -> None:
    rows, said = BAD_MATRICES[case]
    with pytest.raises(JudgementError, match=said) as caught:
        weigh(Judgements.of("m", ["a", "b"], rows))
    assert caught.value.text("zh") != str(caught.value)


def test_a_fraction_of_two_digits_is_reciprocal_enough() -> None:
    found = weigh(Judgements.of("m", ["a", "b"], [[1, 3], [0.33, 1]]))
    assert found.weights["a"] == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("elements", "said"), [(["a", "a"], "differ"), ([], "1 to 15"), (["e"] * 16, "1 to 15")]
)
def test_elements_that_cannot_be_used(elements: list[str], said: str) -> None:
    with pytest.raises(JudgementError, match=said):
        Judgements.of("m", elements, [])


MATRIX = {"elements": ["a", "b"], "matrix": [[1, 2], [1]]}
BAD_FILES = {
    "list": ([1], "must be a section"),
    "unknown key": ({"judgments": {}}, "'judgments'"),
    "nothing": ({"judgements": {}}, "matrices by name"),
    "random index": ({"random_index": "mine", "judgements": {"d": MATRIX}}, "'mine'"),
    "elements": ({"judgements": {"d": {"elements": "ab", "matrix": []}}}, "elements 'ab'"),
    "rows": ({"judgements": {"d": {"elements": ["a"], "matrix": [1]}}}, "row 1"),
    "no goal": ({"judgements": {"top": MATRIX}}, "must hang below dimensions"),
    "hangs nowhere": ({"judgements": {"dimensions": MATRIX, "c": MATRIX}}, "matrix c: must hang"),
    "circle": (
        {"judgements": {"dimensions": MATRIX, "a": {"elements": ["dimensions"], "matrix": [[1]]}}},
        "exactly once",
    ),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    data, said = BAD_FILES[case]
    with pytest.raises(JudgementError, match=said):
        load_hierarchy(written(tmp_path, data)).weighed()


@pytest.mark.parametrize("content", [b"a: [", b"\xff\xfe\x00", None])
def test_a_file_that_is_none(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "ahp.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(JudgementError, match="cannot be read as judgements"):
        load_hierarchy(path)


def test_an_unknown_random_index_lists_the_known() -> None:
    lone = Judgements.of("m", ["a"], [[1]])
    with pytest.raises(JudgementError, match="donegan-dodd"):
        weigh(lone, "mine")
    assert Hierarchy("m", {"m": lone}).weighed()["m"].weights == {"a": 1.0}
