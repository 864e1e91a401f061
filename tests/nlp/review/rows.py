"""Rows of a signals table, decisions and scores, made by hand for the tests of the review loop."""

from datetime import UTC, datetime, timedelta

import numpy as np

from nlp.encoder import TextScores
from nlp.encoder.artifact import Calibration
from nlp.review import Decision, Labels, population, text_key
from nlp.review.learning import Lesson

START = datetime(2026, 3, 1, tzinfo=UTC)
CALIBRATION = Calibration(
    sentiment_scale=2.0,
    sentiment_shift=(0.3, -0.2, -0.1),
    intent_thresholds=(0.5,) * 8,
    complaint_thresholds=(0.5,) * 12,
    severity_thresholds=(0.5, 0.5, 0.5),
    target_threshold=0.5,
    abstain_below=0.55,
)
NEUTRAL = Labels("neutral", (), (), 0, ())
ANGRY = Labels("negative", ("complaint",), ("quality",), 2, ())
HAPPY = Labels("positive", ("praise",), (), 0, ())


def row(number, **changes):
    """Return a row as `service.files.read_signals` gives it."""
    return {
        "id": f"s{number}",
        "masked_text": f"第{number}条，水壶收到了，还没有用过",
        "created_at": START + timedelta(hours=number),
        "channel": "review",
        "product": "水壶",
        "role": "customer",
        "rating": None,
        "sentiment": "neutral",
        "p_negative": 0.04,
        "p_neutral": 0.93,
        "p_positive": 0.03,
        "confidence": 0.93,
        "abstained": False,
        "intents": [],
        "complaint": [],
        "severity": 0,
        "targets": [],
        "evidence": [],
        "keyphrases": [],
        "spam": False,
        "model_version": "m1",
    } | changes


def candidate(number=0, **changes):
    """Return the one candidate of a row."""
    (one,) = population([row(number, **changes)]).candidates
    return one


def sure(sentiment, share=0.9):
    """Return the columns of a sentiment of that probability."""
    rest = (1 - share) / 2
    chances = {f"p_{name}": rest for name in ("negative", "neutral", "positive")}
    return {**chances, f"p_{sentiment}": share, "sentiment": sentiment, "confidence": share}


def decision(number=0, labels=ANGRY, annotator="甲", hours=0, **changes):
    """Return a decision on the text of that number."""
    text = f"第{number}条，水壶收到了，还没有用过"
    fields = {
        "key": text_key(text),
        "id": f"s{number}",
        "text": text,
        "labels": labels,
        "annotator": annotator,
        "at": START + timedelta(hours=hours),
        "final": False,
        "picked_for": "random",
        "model_version": "m1",
        "model": NEUTRAL,
    }
    return Decision(**(fields | changes))


def scores(sentiment=(0.0, 0.0, 0.0), intents=None, complaint=None, severity=None, pooled=()):
    """Return the scores of a text of one piece."""
    return TextScores(
        sentiment=np.array(sentiment, dtype=np.float32),
        intents=np.array(intents if intents is not None else [-4.0] * 8, dtype=np.float32),
        complaint=np.array(complaint if complaint is not None else [-4.0] * 12, dtype=np.float32),
        severity=np.array(severity if severity is not None else [-4.0] * 3, dtype=np.float32),
        targets=np.zeros((1, 4), dtype=np.float32),
        evidence=np.zeros((1, 3), dtype=np.float32),
        pooled=np.array(pooled, dtype=np.float32),
        offsets=np.array([(0, 1)], dtype=np.int32),
    )


def taught_lessons(count, seed=0, width=6, said="pooled"):
    """Return lessons whose sentiment follows the pooled vector, or chance where `said` is so."""
    source = np.random.default_rng(seed)
    names = ("negative", "neutral", "positive")
    made = []
    for number in range(count):
        pooled = source.normal(size=width)
        truth = int(np.digitize(pooled[0], (-0.4, 0.4)))
        if said == "chance":
            truth = int(source.integers(0, 3))
        labels = Labels(names[truth], (), (), 0, ())
        logits = source.normal(size=3) * 0.5
        made.append(Lesson(f"k{seed}-{number}", labels, scores(logits, pooled=pooled)))
    return made
