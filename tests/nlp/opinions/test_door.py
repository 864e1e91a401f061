"""The front door of opinions."""

import inspect
import subprocess
import sys

import pytest

import nlp.opinions as door


def test_the_door_is_sorted_and_whole():
    assert list(door.__all__) == sorted(
        door.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    assert all(hasattr(door, name) for name in door.__all__)


@pytest.mark.parametrize("name", door.__all__)
def test_public_names_are_documented(name):
    public = getattr(door, name)
    if callable(public):
        assert inspect.getdoc(public)


def test_a_summary_needs_no_network():
    code = (
        "import sys; from nlp.opinions import summary;"
        "summary([{'id': 1, 'masked_text': '滤网坏', 'targets':"
        " [{'span': '滤网', 'polarity': 'negative'}]}]);"
        "print([n for n in ('torch', 'onnxruntime', 'spacy', 'transformers') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
