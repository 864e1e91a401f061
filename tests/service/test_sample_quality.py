"""The shipped model on the sample's hand-written texts: floors under what was measured.

Measured with `tingyin eval labels.jsonl --json`; a floor lies some points below, for the texts are
few. The figures say that the chain works on such texts; the model card says how good the model is.
"""

import json
from pathlib import Path
from typing import Any

import pytest

import nlp
from service.sample import SEED, labelled_texts

FLOORS = {
    "sentiment.macro_f1": 0.68,
    "sentiment.accuracy": 0.70,
    "intents.micro_f1": 0.57,
    "intents.per_label.complaint.f1": 0.70,
    "complaint.macro_f1": 0.33,
    "complaint.top3": 0.65,
    "severity.qwk": 0.42,
}


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path: Path = tmp_path_factory.mktemp("labels") / "labels.jsonl"
    lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in labelled_texts(SEED))
    path.write_text("".join(lines), encoding="utf-8")
    return nlp.evaluate(path)


@pytest.mark.parametrize(("figure", "floor"), FLOORS.items(), ids=FLOORS)
def test_no_figure_falls_under_its_floor(
    figures: dict[str, Any], figure: str, floor: float
) -> None:
    value: Any = figures
    for name in figure.split("."):
        value = value[name]
    assert floor <= value <= 1.0, f"{figure} is {value:.3f}"


def test_every_labelled_text_was_measured(figures: dict[str, Any]) -> None:
    assert figures["n"] == sum(1 for _ in labelled_texts(SEED))
