"""What 50 more decisions gain: the review loop played through on domains never trained on.

`python -m tests.benchmarks.bench_review DATA`. The person is played by a set's own labels: three
classes of stock-forum posts (FinFE), two classes of reviews of water heaters and dairy (the
categories that training leaves out, where nobody answers neutral). Texts are picked 50 at a time,
as `tingyin review export` picks them or by chance, decided, and learned from as `tingyin review
import` does; the next 50 are picked with the model corrected so far. Figures are taken on texts
that no pool holds, without near-duplicates of one; each line is the mean over `SEEDS` pools.
"""

import csv
import io
import json
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encoder import Reading, Runtime, TextScores, read, read_artifact
from nlp.evaluation import class_scores
from nlp.labels import SENTIMENTS
from nlp.review import (
    Correction,
    Labels,
    Lesson,
    Population,
    Selection,
    apply_correction,
    learn,
    population,
    select,
)
from nlp.text import duplicate_groups, mask, normalise
from nlp.training.corpora import HELD_OUT_CATEGORIES

Rows = list[tuple[str, str]]

STEP, STEPS, SEEDS = 50, 6, 5
POOL, MEASURED = 2_000, 2_000
NAMES = tuple(SENTIMENTS)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of a set: prepared, as the model sees it, and the set's label as an index."""

    masked: str
    scores: TextScores
    truth: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Accuracy and macro F1 of sentiment on the texts measured, and whether a correction ran."""

    accuracy: float
    macro_f1: float
    corrected: bool


def run(data: Path, seeds: int = SEEDS) -> Rows:
    """Return for each domain the figures after 0, 50 ... decisions, picked and by chance."""
    runtime = Runtime(read_artifact())
    rows: Rows = []
    for name, texts, measured in domains(data, runtime):
        for way in ("picked", "by chance"):
            played = [play(runtime, texts, measured, way, seed) for seed in range(seeds)]
            rows += table(f"{name}, {way}", played)
    return rows


def domains(data: Path, runtime: Runtime) -> Iterator[tuple[str, list[Text], list[Text]]]:
    """Yield the name of a domain, its texts to draw pools from, and those to measure on."""
    finance = data / "fincuge" / "finfe"
    pool, held = (
        [(str(text), int(label)) for text, label in json.loads((finance / name).read_text("utf-8"))]
        for name in ("train_list.json", "eval_list.json")
    )
    drawn = np.random.default_rng(0).permutation(len(pool))[: 2 * POOL]
    yield "stock forum", *apart([pool[n] for n in drawn], held[:MEASURED], runtime)
    reviews = list(held_out_reviews(data))
    order = np.random.default_rng(0).permutation(len(reviews))
    half = len(order) // 2
    mixed = [reviews[n] for n in order]
    yield "heaters and dairy", *apart(mixed[:half], mixed[half:], runtime)


def held_out_reviews(data: Path) -> Iterator[tuple[str, int]]:
    """Yield the reviews of the categories that training leaves out, and their class."""
    path = data / "online-shopping-10-cats" / "online_shopping_10_cats.zip"
    with zipfile.ZipFile(path) as archive, archive.open("online_shopping_10_cats.csv") as raw:
        for row in csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")):
            if row["review"] and row["cat"] in HELD_OUT_CATEGORIES:
                yield row["review"], 2 * int(row["label"])


def apart(
    pool: Sequence[tuple[str, int]], held: Sequence[tuple[str, int]], runtime: Runtime
) -> tuple[list[Text], list[Text]]:
    """Return both parts as texts; what nearly stands in the other is left out of the pool."""
    twins: set[int] = set()
    for group in duplicate_groups(text for text, _ in [*held, *pool]):
        if group.members[0] < len(held):
            twins.update(number - len(held) for number in group.members)
    kept = [one for number, one in enumerate(pool) if number not in twins]
    return prepared(kept, runtime), prepared(held, runtime)


def prepared(rows: Sequence[tuple[str, int]], runtime: Runtime) -> list[Text]:
    """Return the texts that say something, scored."""
    told = [(mask(text), label) for text, label in rows]
    plain = [(masked, normalise(masked).text, label) for masked, label in told]
    plain = [one for one in plain if one[1]]
    scores = runtime.scores([text for _, text, _ in plain])
    return [
        Text(masked, score, label) for (masked, _, label), score in zip(plain, scores, strict=True)
    ]


def play(
    runtime: Runtime, texts: Sequence[Text], measured: Sequence[Text], way: str, seed: int
) -> list[Figures]:
    """Return the figures after each step of one pool."""
    drawn = np.random.default_rng(seed).permutation(len(texts))[:POOL]
    pool = {number: texts[number] for number in drawn.tolist()}
    correction: Correction | None = None
    lessons: list[Lesson] = []
    figures = [figures_of(runtime, measured, None)]
    for _ in range(STEPS):
        decided = {lesson.key for lesson in lessons}
        found = candidates(runtime, pool, correction, decided)
        lessons += [decide(pool[number], key) for number, key in pick(found, way, seed)]
        learned = learn(
            lessons, runtime.artifact.version, runtime.artifact.calibration, ("sentiment",)
        )
        correction = learned.correction
        figures.append(figures_of(runtime, measured, correction))
    return figures


def candidates(
    runtime: Runtime, pool: dict[int, Text], correction: Correction | None, decided: set[str]
) -> Population:
    """Return what can be picked, read by the model as corrected so far."""
    rows = (
        signals_row(number, one.masked, reading(runtime, one, correction))
        for number, one in pool.items()
    )
    return population(rows, decided)


def pick(found: Population, way: str, seed: int) -> list[tuple[int, str]]:
    """Return the number and key of the next texts."""
    if way == "picked":
        chosen = [task.candidate for task in select(found.candidates, Selection(STEP, seed))]
    else:
        order = np.random.default_rng(seed).permutation(len(found.candidates))[:STEP]
        chosen = [found.candidates[number] for number in order]
    return [(int(one.id), one.key) for one in chosen]


def decide(one: Text, key: str) -> Lesson:
    """Return what the person says: the set's label."""
    return Lesson(key, Labels(NAMES[one.truth], (), (), 0, ()), one.scores)


def reading(runtime: Runtime, one: Text, correction: Correction | None) -> Reading:
    """Return how the model reads a text, corrected where there is a correction."""
    calibration = runtime.artifact.calibration
    if correction is None:
        return read(one.scores, calibration)
    return read(apply_correction(correction, one.scores, calibration), calibration)


def figures_of(
    runtime: Runtime, measured: Sequence[Text], correction: Correction | None
) -> Figures:
    """Measure the model on texts that nobody decided."""
    chances = np.stack([reading(runtime, one, correction).sentiment for one in measured])
    truth = np.array([one.truth for one in measured])
    scores: dict[str, Any] = class_scores(truth, chances.astype(np.float64), NAMES)
    return Figures(scores["accuracy"], scores["macro_f1"], correction is not None)


def signals_row(number: int, masked: str, found: Reading) -> dict[str, object]:
    """Return the row of the signals table that `tingyin analyze` would write, as far as needed."""
    chances = {f"p_{name}": float(p) for name, p in zip(NAMES, found.sentiment, strict=True)}
    return {
        **chances,
        "id": str(number),
        "masked_text": masked,
        "spam": False,
        "sentiment": NAMES[found.sentiment_index],
        "abstained": found.abstained,
        "left_open": list(found.left_open),
        "intents": list(found.intent_labels),
        "complaint": list(found.complaint_labels),
        "severity": found.severity_level,
        "targets": [],
        "model_version": "",
    }


def table(name: str, played: Sequence[Sequence[Figures]]) -> Rows:
    """Return a line for each number of decisions, with its gain over 50 fewer."""
    rows: Rows = []
    before = 0.0
    for step in range(STEPS + 1):
        found = [one[step] for one in played]
        accuracy = np.array([one.accuracy for one in found])
        gain = accuracy.mean() - before if step else 0.0
        before = float(accuracy.mean())
        told = (
            f"accuracy {accuracy.mean():.3f} ({accuracy.min():.3f} - {accuracy.max():.3f})"
            f"  {gain:+.3f}  macro-F1 {np.mean([one.macro_f1 for one in found]):.3f}"
            f"  corrected {sum(one.corrected for one in found)} of {len(found)}"
        )
        rows.append((f"{name}, {step * STEP:>3} decisions", told))
    return rows


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1]), *map(int, sys.argv[2:])):
        print(f"{label:40} {value}", flush=True)
