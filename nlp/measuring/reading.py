"""Read texts as the pipeline reads them, and time it."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlp.encoder import Reading, Runtime, read_artifact
from nlp.text import prepared

Figures = dict[str, Any]


def read_texts(texts: Sequence[str], runtime: Runtime) -> list[Reading]:
    """Return the readings of raw texts, prepared as the pipeline prepares them."""
    plain = [prepared(text).text for text in texts]
    return [reading for _, reading in runtime.read(plain)]


def timed_readings(
    texts: Sequence[str], artifact: Path | None, *, fast: bool = False
) -> tuple[list[Reading], float]:
    """Return the readings of raw texts and the seconds they took, opening the model left out."""
    runtime = Runtime(read_artifact(artifact), fast=fast)
    read_texts(texts[:1], runtime)
    start = time.perf_counter()
    readings = read_texts(texts, runtime)
    return readings, time.perf_counter() - start
