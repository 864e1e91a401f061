"""A classifier in a folder: weights as npz, all else as JSON, each sealed with a digest.

No text of an example is kept; what is kept are the signs and pairs of signs that occur in the
masked examples, with their weights.
"""

import hashlib
import json
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encoder.artifact import digest
from nlp.taxonomy.classifier import Classifier, Label
from nlp.taxonomy.cross_validation import Choice
from nlp.taxonomy.errors import ClassifierError
from nlp.taxonomy.head import Head
from nlp.taxonomy.learning import Learnt
from nlp.taxonomy.lexicon import Lexicon

FORMAT = 1
WEIGHTS, SHEET = "weights.npz", "classifier.json"
ARRAYS = ("terms", "rarity", "on_vectors", "on_terms", "bias")


def save_classifier(learnt: Learnt, folder: Path) -> None:
    """Write a classifier into a folder, which is made where it is missing; the sheet comes last.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SHEET).unlink(missing_ok=True)
    head = learnt.classifier.head
    np.savez_compressed(
        folder / WEIGHTS,
        terms=np.array(head.lexicon.terms, dtype=np.str_),
        rarity=head.lexicon.rarity.astype(np.float32),
        on_vectors=head.on_vectors.astype(np.float32),
        on_terms=head.on_terms.astype(np.float32),
        bias=head.bias.astype(np.float32),
    )
    sheet = _sheet(learnt.classifier, learnt.choice, digest(folder / WEIGHTS))
    text = json.dumps(sheet | {"seal": _seal(sheet)}, ensure_ascii=False, indent=2)
    (folder / SHEET).write_text(text + "\n", encoding="utf-8")


def load_classifier(folder: Path | str) -> Classifier:
    """Return the classifier of a folder; whether its model runs here is asked when it labels.

    Raises
    ------
    ClassifierError
        A file is missing, altered, or of another format.
    """
    folder = Path(folder)
    sheet = _read_sheet(folder / SHEET)
    weights = folder / WEIGHTS
    if not weights.is_file() or digest(weights) != sheet["weights"]:
        raise _altered(weights, missing=not weights.exists())
    try:
        with np.load(weights, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ARRAYS}
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise _altered(weights, missing=False) from error
    terms, numbers = arrays.pop("terms"), {n: a.astype(np.float64) for n, a in arrays.items()}
    lexicon = Lexicon(tuple(map(str, terms)), numbers["rarity"])
    head = Head(lexicon, numbers["on_vectors"], numbers["on_terms"], numbers["bias"])
    labels = tuple(Label(**label) for label in sheet["categories"])
    return Classifier(head, labels, sheet["threshold"], sheet["model_version"])


def _sheet(classifier: Classifier, choice: Choice, weights: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "model_version": classifier.model_version,
        "categories": [asdict(label) for label in classifier.labels],
        "threshold": classifier.threshold,
        "cross_validation": asdict(choice),
        "weights": weights,
    }


def _seal(sheet: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(sheet, sort_keys=True).encode()).hexdigest()


def _read_sheet(path: Path) -> dict[str, Any]:
    try:
        sheet = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ClassifierError(
            f"{path.parent} holds no classifier ({path.name} is missing); make one:"
            " tingyin taxonomy learn categories.yaml -o FOLDER",
            f"{path.parent} 中没有分类器（缺少 {path.name}）；请先运行："
            "tingyin taxonomy learn categories.yaml -o 文件夹",
        ) from error
    except (ValueError, RecursionError) as error:
        raise _altered(path, missing=False) from error
    if not isinstance(sheet, dict) or sheet.get("format") != FORMAT:
        found = sheet.get("format") if isinstance(sheet, dict) else type(sheet).__name__
        raise ClassifierError(
            f"{path} has format {found!r}; this version of tingyin reads format {FORMAT}: learn it"
            " again with tingyin taxonomy learn",
            f"{path} 的格式为 {found!r}；本版 tingyin 只读取格式 {FORMAT}："
            "请重新运行 tingyin taxonomy learn",
        )
    if sheet.pop("seal", None) != _seal(sheet):
        raise _altered(path, missing=False)
    return sheet


def _altered(path: Path, *, missing: bool) -> ClassifierError:
    en, zh = ("missing", "缺失") if missing else ("altered", "被改动")
    return ClassifierError(
        f"{path} is {en}; learn the categories again: tingyin taxonomy learn",
        f"{path} {zh}；请重新学习类别：tingyin taxonomy learn",
    )
