"""Wrong labels planted into texts never trained on: how many `tingyin review recheck` finds.

`python -m tests.benchmarks.bench_label_errors DATA`. In a tenth of the 600 texts of the gold dev
set one field is made wrong. As many of the likeliest errors of that field as were planted are
looked at: the share of planted ones among them, the mean of `DRAWS` draws. By chance it would be a
tenth; the labels were adjudicated, but what was wrong before counts here as not found.
"""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from nlp.encoder import Runtime, read_artifact
from nlp.gold import read_labelled
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.review import GivenLabels, Labels, Selection, given_features, given_labels, recheck

Rows = list[tuple[str, str]]

DRAWS, SHARE = 10, 0.1


def run(data: Path) -> Rows:
    """Return for each field how well planted errors are found, and what stands unplanted."""
    given = [
        given_labels(row, f"dev:{number}")
        for number, (row, _) in enumerate(read_labelled(data / "gold" / "dev.jsonl"), start=1)
    ]
    features = given_features(given, Runtime(read_artifact()))
    clean = {one.field: one for one in recheck(given, features, "dev", Selection(1)).fields}
    rows: Rows = []
    for field, spoil in SPOIL.items():
        found = [_found(given, features, field, spoil, seed) for seed in range(DRAWS)]
        low, high = min(found), max(found)
        doubted = len({doubt.index for doubt in clean[field].doubts})
        told = f"{np.mean(found):.0%} ({low:.0%} - {high:.0%}) of the likeliest were planted"
        rows.append((field, f"{told}; by chance {SHARE:.0%}; {doubted} in doubt as given"))
    return rows


def _found(
    given: list[GivenLabels],
    features: np.ndarray,
    field: str,
    spoil: Callable[[Labels, random.Random], Labels],
    seed: int,
) -> float:
    chance = random.Random(seed)
    asked = [n for n, one in enumerate(given) if field != "complaint" or one.labels.complaint]
    wrong = set(chance.sample(asked, int(SHARE * len(asked))))
    made = [
        replace(one, labels=spoil(one.labels, chance)) if number in wrong else one
        for number, one in enumerate(given)
    ]
    fields = {one.field: one for one in recheck(made, features, "dev", Selection(1)).fields}
    ranked = sorted(fields[field].doubts, key=lambda doubt: -doubt.margin)
    likeliest = list(dict.fromkeys(doubt.index for doubt in ranked))[: len(wrong)]
    return sum(number in wrong for number in likeliest) / len(wrong)


def _sentiment(labels: Labels, chance: random.Random) -> Labels:
    others = [str(name) for name in SENTIMENTS if name != labels.sentiment]
    return replace(labels, sentiment=chance.choice(others))


def _severity(labels: Labels, chance: random.Random) -> Labels:
    return replace(labels, severity=chance.choice([x for x in SEVERITIES if x != labels.severity]))


def _intents(labels: Labels, chance: random.Random) -> Labels:
    return replace(labels, intents=_toggled(labels.intents, list(INTENTS), chance))


def _complaint(labels: Labels, chance: random.Random) -> Labels:
    changed = _toggled(labels.complaint, list(COMPLAINTS), chance)
    return replace(labels, complaint=changed or ("other",))


def _toggled(given: tuple[str, ...], known: list[str], chance: random.Random) -> tuple[str, ...]:
    """Return the labels with one too few or, half of the time, one too many."""
    if given and chance.random() < 0.5:
        gone = chance.choice(given)
        return tuple(name for name in given if name != gone)
    return (*given, chance.choice([name for name in known if name not in given]))


SPOIL = {
    "sentiment": _sentiment,
    "intents": _intents,
    "complaint": _complaint,
    "severity": _severity,
}


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1])):
        print(f"{label:12} {value}", flush=True)
