"""Measure a model on texts labelled by the guide: read, run, compare."""

from collections.abc import Sequence
from pathlib import Path

from nlp.encoder import Reading
from nlp.evaluation import class_scores, label_scores, severity_scores, span_scores, top_share
from nlp.gold import Example, read_gold
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from nlp.measuring.by_slice import slice_figures
from nlp.measuring.headlines import headline_intervals
from nlp.measuring.heads import head_figures
from nlp.measuring.reading import Figures, timed_readings
from nlp.measuring.truth import Judged, not_empty
from nlp.opinions import whole_words
from nlp.slices import slices_of
from nlp.text import prepared


def evaluate(path: Path, artifact: Path | None = None) -> Figures:
    """Return the figures of a model on a labelled JSONL file, as `tingyin eval` prints them.

    Raises
    ------
    LabelError
        Naming file and line, where the file does not follow the label guide or is empty.
    """
    return measure(not_empty(read_gold(path), path), artifact)


def measure(
    examples: Sequence[Example], artifact: Path | None = None, *, fast: bool = False
) -> Figures:
    """Return the figures of a model on labelled examples.

    `heads` tells how well each head knows when it is wrong, `slices` how it does on hard texts,
    `intervals` how far the headline figures may be chance.

    Parameters
    ----------
    examples
        Texts labelled by the guide.
    artifact
        Folder of the model; the shipped one when None.
    fast
        Whether a small network reads first, as with `tingyin analyze --fast`.
    """
    readings, seconds = timed_readings([each.text for each in examples], artifact, fast=fast)
    slices = [slices_of(example.text) for example in examples]
    return {
        "n": len(examples),
        "texts_per_second": round(len(examples) / seconds, 1),
        **label_figures(examples, readings),
        "slices": slice_figures(Judged(examples, readings), slices),
    }


def label_figures(examples: Sequence[Example], readings: Sequence[Reading]) -> Figures:
    """Return the figures of readings whose labels are known."""
    judged = Judged(examples, readings)
    return {
        "sentiment": class_scores(judged.sentiments, judged.sentiment, list(SENTIMENTS)),
        "intents": label_scores(judged.intents, judged.found_intents, list(INTENTS)),
        "complaint": {
            **label_scores(judged.complaint, judged.found_complaint, list(COMPLAINTS)),
            "top3": top_share(judged.first_category, judged.category_chances),
        },
        "severity": severity_scores(judged.severity, judged.found_severity),
        "target": _targets(examples, readings),
        "heads": head_figures(judged),
        "intervals": headline_intervals(judged),
    }


def _targets(examples: Sequence[Example], readings: Sequence[Reading]) -> Figures:
    """Score spans only where the guide judges them: in texts that are not neutral."""
    judged = [
        (_gold_spans(example), _found_spans(example.text, reading))
        for example, reading in zip(examples, readings, strict=True)
        if example.targets is not None
    ]
    return dict(span_scores([truth for truth, _ in judged], [found for _, found in judged]))


def _gold_spans(example: Example) -> set[str]:
    return {example.text[span.start : span.end] for span in example.targets or ()}


def _found_spans(text: str, reading: Reading) -> set[str]:
    plain = prepared(text)
    spans = (
        whole_words(text, *plain.original_span(start, end))
        for start, end, _ in reading.target_spans
    )
    return {text[start:end].strip() for start, end in spans}
