"""A company's own categories from 8, 16, 32 examples each and from all, beside TF-IDF with SVM.

Both learn from the same examples and answer the same texts; Tingyin from the names of the
categories too, as `tingyin taxonomy learn` does. A row gives macro-F1 and accuracy in
percent, the mean of five draws (of all examples: of one), and for Tingyin what it answers above its
threshold: coverage and accuracy. `python -m tests.benchmarks.bench_taxonomy DATA [SET ...]`.
"""

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openpyxl
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.svm import LinearSVC

from nlp.encoder import Runtime, read_artifact
from nlp.taxonomy.category import plain, same
from nlp.taxonomy.cross_validation import choose
from nlp.taxonomy.fitting import Examples, fit
from nlp.taxonomy.head import probabilities
from nlp.taxonomy.vectors import pooled, pooled_in_batches
from nlp.text import default_cutter

Rows = list[tuple[str, str]]
Pairs = list[tuple[str, str]]

SHOTS, DRAWS, WANTED = (8, 16, 32), 5, 0.8
SMALLEST_RASA_INTENT = 18
PUBLISHED = {
    "teddycup2020, all": "published: tf-idf + SVM macro-F1 92.0, accuracy 92.0 (another fifth)",
    "teddycup2020, raw": "published: a team, macro-F1 91.2, accuracy 91.4 (8,289 examples)",
    "smp2020-ewect": "published: BERT, macro-F1 73.9, accuracy 77.2 (27,768 of usual)",
}


@dataclass(frozen=True, slots=True)
class Task:
    """Labelled texts to draw examples from, and those to answer; `shots` of which sizes."""

    pool: Pairs
    asked: Pairs
    shots: tuple[int | None, ...] = (*SHOTS, None)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts with their vectors and classes, masked and normalised; `told` are the names."""

    pool: Examples
    asked: Examples
    told: Examples
    words_pool: list[str]
    words_asked: list[str]


def run(data: Path, names: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield the figures of both systems on every set, and the published ones."""
    runtime = Runtime(read_artifact())
    for name in names or TASKS:
        task = TASKS[name](data)
        encoded = _encoded(task, runtime)
        for shots in task.shots:
            size = f"{shots} a category" if shots else f"{len(encoded.pool.texts):,} examples"
            yield from _compared(f"{name}, {size}", encoded, shots)
        if name in PUBLISHED:
            yield name, PUBLISHED[name]


def _compared(label: str, encoded: Encoded, shots: int | None) -> Rows:
    draws = range(DRAWS if shots else 1)
    drawn = [_draw(encoded.pool.classes, shots, seed) for seed in draws]
    ours = np.mean([_tingyin(encoded, rows) for rows in drawn], axis=0)
    theirs = np.mean([_svm(encoded, rows) for rows in drawn], axis=0)
    return [
        (
            f"{label}: tingyin",
            f"{ours[0]:5.1f} {ours[1]:5.1f}  answered {ours[2]:.0f} %, {ours[3]:.1f} % right",
        ),
        (f"{label}: TF-IDF, SVM", f"{theirs[0]:5.1f} {theirs[1]:5.1f}"),
    ]


def _tingyin(encoded: Encoded, rows: np.ndarray) -> tuple[float, float, float, float]:
    examples, asked = encoded.pool[rows], encoded.asked
    choice = choose(examples, int(encoded.pool.classes.max()) + 1, WANTED, 0, encoded.told)
    (head,) = fit(examples.beside(encoded.told), [choice.setting])
    sure = probabilities(head.cooled(choice.temperature).logits(asked.vectors, asked.texts))
    found, kept = sure.argmax(axis=1), sure.max(axis=1) >= choice.threshold.value
    right = (found == asked.classes)[kept].mean() if kept.any() else 0.0
    return *_scores(asked.classes, found), 100 * kept.mean(), 100 * float(right)


def _svm(encoded: Encoded, rows: np.ndarray) -> tuple[float, float]:
    model = TfidfVectorizer(analyzer=str.split, sublinear_tf=True)
    seen = model.fit_transform([encoded.words_pool[row] for row in rows])
    machine = LinearSVC().fit(seen, encoded.pool.classes[rows])
    found = machine.predict(model.transform(encoded.words_asked))
    return _scores(encoded.asked.classes, found)


def _scores(truth: np.ndarray, found: np.ndarray) -> tuple[float, float]:
    macro = f1_score(truth, found, average="macro")
    return 100 * float(macro), 100 * float(accuracy_score(truth, found))


def _draw(classes: np.ndarray, shots: int | None, seed: int) -> np.ndarray:
    if shots is None:
        return np.arange(len(classes))
    rng = np.random.default_rng(seed)
    own = (rng.permutation(np.flatnonzero(classes == place)) for place in np.unique(classes))
    return np.concatenate([rows[:shots] for rows in own])


def _encoded(task: Task, runtime: Runtime) -> Encoded:
    labels = sorted({label for _, label in task.pool})
    asked_keys = {same(text) for text, _ in task.asked}
    pool = [(text, label) for text, label in _once(task.pool) if same(text) not in asked_keys]
    texts = [[plain(text) for text, _ in pairs] for pairs in (pool, task.asked)]
    classes = [np.array([labels.index(x) for _, x in pairs]) for pairs in (pool, task.asked)]
    vectors = [pooled_in_batches(each, runtime, lambda _: None) for each in texts]
    words = [[" ".join(_words(text)) for text in each] for each in texts]
    both = (Examples(tuple(t), v, c) for t, v, c in zip(texts, vectors, classes, strict=True))
    names = [plain(label) for label in labels]
    told = Examples(tuple(names), pooled(names, runtime), np.arange(len(names)))
    return Encoded(*both, told, *words)


def _words(text: str) -> list[str]:
    return [w.lower() for w in default_cutter().words(text) if any(map(str.isalnum, w))]


def _once(pairs: Pairs) -> Pairs:
    """Return each text once, and none that stands with two labels."""
    labels: dict[str, set[str]] = {}
    for text, label in pairs:
        labels.setdefault(same(text), set()).add(label)
    first = {same(text): (text, label) for text, label in reversed(pairs) if text.strip()}
    return [pair for key, pair in reversed(first.items()) if len(labels[key]) == 1]


def teddy_raw(data: Path) -> Task:
    """Return the messages as written: learn from the official sample, answer 921 gold rows."""
    folder = data / "teddycup2020-gov-messages"
    with (folder / "示例数据_2.csv").open(encoding="utf-8-sig", newline="") as file:
        sample = [(_message(row), row["一级分类"]) for row in csv.DictReader(file)]
    head, *cells = _sheet(folder / "分类结果.xlsx")
    gold = [dict(zip(head, row, strict=True)) for row in cells]
    return Task(sample, [(_message(row), str(row["一级标签"])) for row in gold])


def teddy_all(data: Path) -> Task:
    """Return the 9,210 messages as published, cut into words; a seeded fifth is answered."""
    pairs = [
        (str(text), str(label))
        for text, label, *_ in _sheet(
            data / "teddycup2020-gov-messages" / "原始数据集分词结果.xlsx"
        )
    ]
    order = np.random.default_rng(0).permutation(len(pairs))
    fifth = len(pairs) // 5
    asked, pool = ([pairs[row] for row in rows] for rows in (order[:fifth], order[fifth:]))
    return Task(pool, asked, (None,))


def kuake(data: Path) -> Task:
    """Return the queries of KUAKE-QIC: train to learn from, dev to answer."""
    parts = (_json(data / "kuake-qic" / f"KUAKE-QIC_{part}.json") for part in ("train", "dev"))
    return Task(*([(row["query"], row["label"]) for row in part] for part in parts))


def rasa(data: Path) -> Task:
    """Return the telecom intents of 18 texts and more; a seeded half of each is answered."""
    found = _json(data / "rasa-telecom-zh" / "nlu.json")["rasa_nlu_data"]["common_examples"]
    pairs = _once([(row["text"], row["intent"]) for row in found])
    sizes = Counter(label for _, label in pairs)
    kept = [pair for pair in pairs if sizes[pair[1]] >= SMALLEST_RASA_INTENT]
    classes = np.unique([label for _, label in kept], return_inverse=True)[1]
    half = np.zeros(len(kept), dtype=bool)
    for place in np.unique(classes):
        rows = np.random.default_rng(0).permutation(np.flatnonzero(classes == place))
        half[rows[: len(rows) // 2]] = True
    return Task(*([kept[row] for row in np.flatnonzero(part)] for part in (half, ~half)))


def ewect(data: Path) -> Task:
    """Return six emotions: posts on the virus to learn from, posts on all topics to answer."""
    parts = (
        _json(data / "smp2020-ewect" / f"{part}.txt")
        for part in ("virus_train", "usual_test_labeled")
    )
    return Task(*([(row["content"], row["label"]) for row in part] for part in parts))


TASKS: dict[str, Callable[[Path], Task]] = {
    "teddycup2020, raw": teddy_raw,
    "teddycup2020, all": teddy_all,
    "kuake-qic": kuake,
    "rasa-telecom": rasa,
    "smp2020-ewect": ewect,
}


def _message(row: dict[str, object]) -> str:
    return f"{str(row['留言主题']).strip()}。{' '.join(str(row['留言详情']).split())}"


def _sheet(path: Path) -> Iterator[tuple[object, ...]]:
    book = openpyxl.load_workbook(path, read_only=True)
    yield from book.worksheets[0].iter_rows(values_only=True)


def _json(path: Path) -> list[dict[str, str]]:
    return json.loads(path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1]), sys.argv[2:]):
        print(f"{label:45} {value}", flush=True)
