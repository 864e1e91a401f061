"""Labels made by the guide for texts of the public sets, kept as hash and labels only.

No text of a set is shipped: a line holds the SHA-256 of a text, its labels, and its targets as
character offsets. The texts are joined when training starts.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlp.gold import Example, gold_example

FURTHER = "further"
FURTHER_LABELS = Path(__file__).with_name("further_labels.jsonl")


def text_key(text: str) -> str:
    """Return what stands for a text in the file of further labels: its SHA-256 in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_further_labels(path: Path, texts: Iterable[str]) -> list[Example]:
    """Return an example for each labelled hash whose text is among `texts`, in file order.

    Raises
    ------
    LabelError
        Naming file and line, where a label is not one of the guide's.
    """
    rows = [json.loads(line) for line in path.read_text(encoding="ascii").splitlines() if line]
    wanted = {row["key"] for row in rows}
    found = {key: text for text in texts if (key := text_key(text)) in wanted}
    return [
        replace(
            gold_example(_with_text(row, found[row["key"]]), f"{path}:{number}"), source=FURTHER
        )
        for number, row in enumerate(rows, start=1)
        if row["key"] in found
    ]


def _with_text(row: dict[str, Any], text: str) -> dict[str, Any]:
    return {**row, "text": text, "target": [text[start:end] for start, end in row["target"]]}
