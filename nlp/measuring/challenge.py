"""Measure a model on the challenge set that is shipped: no data at hand are needed."""

from collections.abc import Sequence
from pathlib import Path

from nlp.evaluation import Flags, wilson
from nlp.measuring.by_slice import slice_figures
from nlp.measuring.labelled import label_figures
from nlp.measuring.reading import Figures, timed_readings
from nlp.measuring.truth import Judged
from nlp.slices import ChallengeText, challenge_texts


def evaluate_challenge(artifact: Path | None = None, *, fast: bool = False) -> Figures:
    """Return the figures on the challenge set, as `tingyin eval --challenge` prints them.

    `slices` goes by what each text was written for. `pairs` is the share of the pairs, texts that
    differ in a few words and in what they mean, in which every sentiment is right. Targets are not
    labelled in this set.
    """
    texts = challenge_texts()
    examples = [each.example for each in texts]
    readings, seconds = timed_readings([each.text for each in examples], artifact, fast=fast)
    judged = Judged(examples, readings)
    figures = label_figures(examples, readings)
    del figures["target"]
    return {
        "n": len(texts),
        "texts_per_second": round(len(texts) / seconds, 1),
        **figures,
        "slices": slice_figures(judged, [frozenset({each.slice_name}) for each in texts]),
        "pairs": _pair_figures(texts, judged.sentiment.argmax(axis=1) == judged.sentiments),
    }


def _pair_figures(texts: Sequence[ChallengeText], right: Flags) -> Figures:
    pairs: dict[str, list[bool]] = {}
    for each, holds in zip(texts, right.tolist(), strict=True):
        if each.pair:
            pairs.setdefault(each.pair, []).append(holds)
    hits = sum(all(answers) for answers in pairs.values())
    low, high = wilson(hits, len(pairs))
    share = hits / len(pairs)
    return {"n": len(pairs), "all_right": share, "all_right_low": low, "all_right_high": high}
