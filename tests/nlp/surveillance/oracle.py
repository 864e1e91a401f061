"""The weekly salmonella counts and the alarms that R `surveillance` gave for them.

They lie in the folder `surveillance-oracle` of the data: of the folder that TESTS_DATA
names, or of a `data` folder that lies near the repository. Tests that need them are skipped where
they are not.
"""

import csv
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nlp.surveillance import Bin

NAME = "surveillance-oracle"


def _folders() -> Iterator[Path]:
    """Yield where the goldens may lie."""
    if named := os.environ.get("TESTS_DATA"):
        yield Path(named) / NAME
    for folder in Path(__file__).resolve().parents:
        yield from sorted(folder.glob(f"*/data/{NAME}"))


ORACLE = next((folder for folder in _folders() if folder.is_dir()), None)
NEEDED = pytest.mark.skipif(ORACLE is None, reason="the goldens of R surveillance are not here")


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of the goldens."""
    with (ORACLE / name).open(newline="") as file:
        return list(csv.DictReader(file))


def weeks(name: str) -> list[Bin]:
    """Return the bins of a file of counts."""
    return [
        Bin(datetime.fromisoformat(row[""]).replace(tzinfo=UTC), int(row["n_cases"]))
        for row in table(name)
    ]


def alarms(name: str) -> list[bool]:
    """Return whether R alarms, week by week."""
    return [row["alarm"] == "1" for row in table(name)]
