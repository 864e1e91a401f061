"""The front door of the review loop: sorted, whole, and light."""

import subprocess
import sys

import nlp.review as room


def test_the_front_door_is_sorted_and_opens() -> None:
    capitals_first = sorted(
        room.__all__, key=lambda name: (not name.isupper(), name[0].islower(), name)
    )
    assert room.__all__ == capitals_first
    assert all(hasattr(room, name) for name in room.__all__)


def test_importing_loads_neither_torch_nor_spacy() -> None:
    code = "import sys, nlp.review; print([m for m in ('torch', 'spacy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
