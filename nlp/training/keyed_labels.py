"""Labels by the guide for texts of the public sets, kept as keys and labels only.

No text of a set is shipped: a line holds the key of a text, its labels, and its targets as
character offsets. The texts are joined when training starts. `labels/further.jsonl` has labels of
texts that the gold set does not hold, `labels/corrected.jsonl` takes the place of gold labels.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlp.gold import Example, gold_example
from nlp.text_keys import text_key

FOLDER = Path(__file__).parent / "labels"
FURTHER_FILE, CORRECTED_FILE = "further.jsonl", "corrected.jsonl"
FURTHER = "further"


def read_further(folder: Path, texts: Iterable[str]) -> list[Example]:
    """Return an example for each further label whose text is among `texts`, in file order.

    Raises
    ------
    LabelError
        Naming file and line, where a label is not one of the guide's.
    """
    examples = _joined(folder / FURTHER_FILE, texts)
    return [replace(example, source=FURTHER) for example in examples]


def correct(gold: Iterable[Example], folder: Path) -> list[Example]:
    """Return the gold examples in their order, with corrected labels where there are some.

    Raises
    ------
    LabelError
        Naming file and line, where a label is not one of the guide's.
    """
    given = list(gold)
    texts = (example.text for example in given)
    better = {example.text: example for example in _joined(folder / CORRECTED_FILE, texts)}
    return [better.get(example.text, example) for example in given]


def _joined(path: Path, texts: Iterable[str]) -> list[Example]:
    rows = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line]
    wanted = {row["key"] for row in rows}
    found = {key: text for text in texts if (key := text_key(text)) in wanted}
    return [
        gold_example(_with_text(row, found[row["key"]]), f"{path}:{number}")
        for number, row in enumerate(rows, start=1)
        if row["key"] in found
    ]


def _with_text(row: dict[str, Any], text: str) -> dict[str, Any]:
    return {**row, "text": text, "target": [text[start:end] for start, end in row["target"]]}
