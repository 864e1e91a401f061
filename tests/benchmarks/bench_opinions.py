"""Targets, their polarity, and their aspects, on the public sets of aspect terms.

`python -m tests.benchmarks.bench_opinions DATA`; with `--fit` first the calibration of
`nlp.opinions.polarity_at`, fitted on train splits, beside the shipped one. The network was trained
on targets of the train splits of `makeup` and `405` alone: the others are products that it has
not seen. Their sentences are short, without marks and digits, and label one term each, so of what
is found beside that nothing can be said: recall is their figure.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp.encoder import Runtime, read, read_artifact
from nlp.labels import SENTIMENTS
from nlp.opinions import (
    PolarityCalibration,
    clause_around,
    clauses_to_read,
    polarity_at,
    repolarised,
    whole_words,
)
from tests.benchmarks import opinion_sets as sets
from tests.benchmarks.bench_aspects import car_rows, dining_rows
from tests.benchmarks.opinion_figures import RAW, Floats, Integers, Labelled, accuracy, f1, fitted
from tests.benchmarks.opinion_reads import Read, read_all
from tests.benchmarks.opinion_sets import Judged

Rows = list[tuple[str, str]]
TargetSpan = tuple[int, int, int]
Reader = Callable[[Path, str], list[Judged]]

NAMES = tuple(SENTIMENTS)
FITTED_FROM = 1_000
FITTED_TO = 50
UNSEEN = ("camera", "car", "notebook", "phone", "mooc", "hair")
SETS: dict[str, Reader] = {
    **{name: partial(sets.term_set, name) for name in UNSEEN},
    "405": sets.restaurants,
    "makeup": sets.cosmetics,
}


def run(data: Path, artifact: Path | None = None, *, fit: bool = False) -> Rows:
    """Return the figures of spans, polarity and aspects on test splits."""
    runtime = Runtime(read_artifact(artifact))
    rows: Rows = [("model", runtime.artifact.version)]
    if fit:
        groups = [
            read_all(reader(data, "train")[:FITTED_FROM], runtime) for reader in SETS.values()
        ]
        rows += [
            (f"fitted on train splits, {name}", str(fitted(labelled(groups, clause=clause))))
            for name, clause in (("text alone", False), ("text and clause", True))
        ]
    for name, reader in SETS.items():
        texts = read_all(reader(data, "test"), runtime)
        rows += span_rows(name, texts, runtime)
        rows += polarity_rows(name, texts)
    return [*rows, *car_rows(data, runtime), *dining_rows(data)]


def span_rows(name: str, texts: Sequence[Read], runtime: Runtime) -> Rows:
    """Return F1 of exact spans, and of spans with polarity, as decoded, by clause, and whole."""
    found = [read(text.scores, runtime.artifact.calibration).target_spans for text in texts]
    judged = by_clause(texts, found, runtime)
    truth = [set(text.judged.terms) for text in texts]
    forms = {
        "as decoded": [_shown(*pair) for pair in zip(texts, found, strict=True)],
        "polarity by clause": [_shown(*pair) for pair in zip(texts, judged, strict=True)],
    }
    forms["and as whole words"] = [
        {(*whole_words(text.judged.text, start, end), polarity) for start, end, polarity in spans}
        for text, spans in zip(texts, forms["polarity by clause"], strict=True)
    ]
    rows = []
    for form, spans in forms.items():
        bare = [[{each[:2] for each in one} for one in group] for group in (truth, spans)]
        told = f"span {f1(*bare)}   with polarity {f1(truth, spans)}"
        rows.append((f"{name}: targets {form}", told))
    return rows


def by_clause(
    texts: Sequence[Read], found: Sequence[tuple[TargetSpan, ...]], runtime: Runtime
) -> list[tuple[TargetSpan, ...]]:
    """Return the targets with the polarity that text and clause give together."""
    clauses = [clauses_to_read(t.plain.text, each) for t, each in zip(texts, found, strict=True)]
    wanted = [
        text.plain.text[slice(*span)]
        for text, spans in zip(texts, clauses, strict=True)
        for span in spans
    ]
    alone = runtime.clause_scores(wanted)
    return repolarised([text.scores for text in texts], found, clauses, alone)


def polarity_rows(name: str, texts: Sequence[Read]) -> Rows:
    """Return the accuracy of the polarity of given terms, by every way that was tried."""
    truth = _truth(texts)
    both = np.array([_contrasts(text) for text in texts for _ in text.judged.terms])
    allowed = sorted(set(truth.tolist()))
    most = np.bincount(truth, minlength=3).max() / len(truth)
    ways: dict[str, npt.NDArray[np.floating]] = {
        "polarity_at, text and clause": term_logits(texts, None, clause=True),
        "polarity_at, text alone": term_logits(texts, None, clause=False),
        "raw tags": term_logits(texts, RAW, clause=False),
        "sentiment of the text": np.stack([t.scores.sentiment for t in texts for _ in t.places]),
        "evidence in the clause": _evidence(texts),
    }
    rows = [(f"{name}: polarity of {len(truth)} terms, always the commonest", f"{most:.3f}")]
    for label, logits in ways.items():
        told = accuracy(truth, logits, allowed)
        if both.any():
            contrasts = accuracy(truth[both], logits[both], allowed)
            told += f"   {both.sum()} in contrasts: {contrasts}"
        rows.append((f"{name}: {label}", told))
    return rows


def term_logits(
    texts: Sequence[Read], calibration: PolarityCalibration | None, *, clause: bool
) -> Floats:
    """Return log-probabilities (terms, 3) of the polarity at every labelled term."""
    found = [
        polarity_at(text.scores, *place, clause=alone if clause else None, calibration=calibration)
        for text in texts
        for place, alone in zip(text.places, text.clauses, strict=True)
    ]
    return np.log(np.maximum(np.array(found, dtype=np.float64), 1e-9))


def _shown(text: Read, spans: Sequence[TargetSpan]) -> set[tuple[int, int, str]]:
    """Return spans of the normalised text as spans of the text itself, with names."""
    return {
        (*text.plain.original_span(start, end), NAMES[polarity]) for start, end, polarity in spans
    }


def labelled(groups: Sequence[Sequence[Read]], *, clause: bool) -> list[Labelled]:
    """Return raw log-probabilities and truth of each group; with `clause`, of terms that have one.

    A group where hardly any term has a clause of its own is left out.
    """
    found = []
    for texts in groups:
        has = np.array([place is not None or not clause for t in texts for place in t.clauses])
        if has.sum() >= FITTED_TO:
            found.append((term_logits(texts, RAW, clause=clause)[has], _truth(texts)[has]))
    return found


def _truth(texts: Sequence[Read]) -> Integers:
    return np.array([NAMES.index(p) for text in texts for _, _, p in text.judged.terms])


def _contrasts(text: Read) -> bool:
    return {"positive", "negative"} <= {polarity for _, _, polarity in text.judged.terms}


def _evidence(texts: Sequence[Read]) -> Floats:
    """Return the parts of the text's sentiment that the clause of each term adds."""
    rows = []
    for text in texts:
        pieces = text.scores.offsets
        for place in text.places:
            first, last = clause_around(text.plain.text, *place)
            inside = (pieces[:, 0] < last) & (pieces[:, 1] > first)
            rows.append(text.scores.evidence[inside].sum(axis=0))
    return np.array(rows, dtype=np.float64)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_opinions")
    parser.add_argument("data", type=Path, help="folder of the public sets")
    parser.add_argument("--model", type=Path, help="folder of a model [the shipped one]")
    parser.add_argument("--fit", action="store_true", help="fit the calibration on train splits")
    arguments = parser.parse_args()
    for label, value in run(arguments.data, arguments.model, fit=arguments.fit):
        print(f"{label:64} {value}", flush=True)
