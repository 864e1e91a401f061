"""The two-class sets that a model is measured on, one reader each, in one written-out table."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from nlp.training.corpora import HELD_OUT_CATEGORIES
from nlp.training.exclusion import comparison_form

BinaryRow = tuple[str, bool]


def chnsenticorp_test(data: Path) -> list[BinaryRow]:
    """Return the 1,200 test texts of ChnSentiCorp with their labels."""
    lines = (data / "chnsenticorp" / "test_labeled.tsv").read_text(encoding="utf-8").splitlines()
    pairs = (line.rpartition("\t") for line in lines if line)
    return [(text, label == "positive") for text, _, label in pairs]


def chnsenticorp_unseen(data: Path) -> list[BinaryRow]:
    """Return the test texts of ChnSentiCorp that its own training split does not hold."""
    train = (data / "chnsenticorp" / "train.tsv").read_text(encoding="utf-8").splitlines()
    seen = {comparison_form(line.rpartition("\t")[0]) for line in train}
    return [row for row in chnsenticorp_test(data) if comparison_form(row[0]) not in seen]


def held_out_categories(data: Path) -> list[BinaryRow]:
    """Return the reviews of the categories of online_shopping_10_cats never trained on."""
    path = data / "online-shopping-10-cats" / "online_shopping_10_cats.zip"
    with zipfile.ZipFile(path) as archive, archive.open("online_shopping_10_cats.csv") as raw:
        reader = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""))
        return [
            (row["review"], row["label"] == "1")
            for row in reader
            if row["review"] and row["cat"] in HELD_OUT_CATEGORIES
        ]


BINARY_SETS: Mapping[str, Callable[[Path], list[BinaryRow]]] = MappingProxyType(
    {
        "ChnSentiCorp test, all": chnsenticorp_test,
        "ChnSentiCorp test, not in its own train": chnsenticorp_unseen,
        "热水器 and 蒙牛, categories never trained on": held_out_categories,
    }
)
