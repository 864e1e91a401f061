"""Keys that stand twice, found with both lines, whatever a file makes of nodes and aliases."""

import pytest
import yaml

from nlp.yaml_nodes import compose, doubled, fault_of, plain

TWICE = {
    # text -> place, line, line before
    "nothing": ("", []),
    "once": ("a: 1\nb: {a: 2}\n", []),
    "at the top": ("a: 1\nb: 2\na: 3\n", [(("a",), 3, 1)]),
    "three times": ("a: 1\na: 2\na: 3\n", [(("a",), 2, 1), (("a",), 3, 1)]),
    "deep in a list": ("x:\n  - {y: 1}\n  - y: 1\n    y: 2\n", [(("x", 1, "y"), 4, 3)]),
    "on one line": ("{a: 1, a: 2}", [(("a",), 1, 1)]),
    "quoted and bare": ("'a': 1\na: 2\n", [(("a",), 2, 1)]),
    "yes is true": ("yes: 1\ntrue: 2\n", [(("true",), 2, 1)]),
    "1 is no text": ("1: a\n'1': b\n", []),
    "an alias told once": ("a: &x {y: 1, y: 2}\nb: *x\n", [(("a", "y"), 1, 1)]),
    "in itself": ("a: &x [*x]\n", []),
    "a day that is none": ("2026-13-01: a\n2026-13-01: b\n", [(("2026-13-01",), 2, 1)]),
}


@pytest.mark.parametrize(("text", "found"), TWICE.values(), ids=TWICE)
def test_keys_that_stand_twice(text: str, found: list[object]) -> None:
    assert [(each.place, each.line, each.first) for each in doubled(compose(text))] == found


def test_many_aliases_of_aliases_are_looked_at_once() -> None:
    rows = ["a0: &a0 {x: 1}"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert list(doubled(compose("\n".join(rows)))) == []


@pytest.mark.parametrize("text", ["", "a: [1, 2.5, yes, null, 2026-01-02]", "- {b: '1'}"])
def test_plain_data_are_those_of_yaml(text: str) -> None:
    assert plain(compose(text)) == yaml.safe_load(text)


def test_a_fault_has_its_line() -> None:
    with pytest.raises(yaml.YAMLError) as raised:
        compose("a: 1\nb: [\n")
    line, why = fault_of(raised.value)
    assert line == 3
    assert "\n" not in why
