"""Labels that somebody gave, checked by all others: the likeliest errors as tasks for people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nlp.encoder import Runtime
from nlp.labels import SENTIMENTS
from nlp.message import Message
from nlp.review.candidate import Candidate, Labels, text_key
from nlp.review.decision import labels_by_guide
from nlp.review.duplicates import same_as
from nlp.review.errors import ReviewSettingsError
from nlp.review.label_doubts import CheckedField, LabelDoubt, check_labels
from nlp.review.out_of_fold import Floats, folds_of_groups
from nlp.review.selecting import Selection, Task
from nlp.review.text_features import text_features
from nlp.text import duplicate_groups, mask, prepared

LEAST_TEXTS = 50
REASON = "disagreement"


@dataclass(frozen=True, slots=True)
class GivenLabels:
    """A labelled text: `id` as the file has it, `text` masked."""

    id: str
    text: str
    labels: Labels


@dataclass(frozen=True, slots=True)
class Rechecked:
    """The tasks, the likeliest error first; every field checked; how many texts are in doubt."""

    tasks: tuple[Task, ...]
    fields: tuple[CheckedField, ...]
    doubted: int


def given_labels(row: Mapping[str, Any], where: str) -> GivenLabels:
    """Return the labels in a line of the guide's format, its text masked.

    Parameters
    ----------
    row
        `text` and labels; `id` or else `where` names it.
    where
        File and line, for errors.

    Raises
    ------
    LabelError
        A value is not one of the guide's.
    """
    labels = labels_by_guide(dict(row), where, told=False)
    text = mask(str(row["text"]))
    target = tuple(span for span in labels.target if span and span in text)
    kept = Labels(labels.sentiment, labels.intents, labels.complaint, labels.severity, target)
    return GivenLabels(str(row.get("id") or where), text, kept)


def given_features(given: Sequence[GivenLabels], runtime: Runtime) -> Floats:
    """Return the features of the texts, (texts, size), as the encoder reads and answers them.

    Raises
    ------
    ReviewSettingsError
        Fewer than `LEAST_TEXTS` texts.
    """
    _check(len(given))
    return text_features([prepared(one.text).text for one in given], runtime)


def recheck(
    given: Sequence[GivenLabels], features: Floats, source: str, selection: Selection
) -> Rechecked:
    """Return the labels that the others contradict, as tasks of the reason `disagreement`.

    By confident learning on probabilities out of fold (`check_labels`); near-duplicates share a
    fold, so that none vouches for its copy. A text comes once, with every doubt on it, by the
    largest margin. The task shows the given labels as the answer that is right or not.

    Parameters
    ----------
    given, features
        The labelled texts, and what `given_features` makes of them.
    source
        What the labels are called where a task names the version that gave the answer.
    selection
        How many tasks at most; what is in doubt is not drawn, so that its seed does not matter.

    Raises
    ------
    ReviewSettingsError
        Fewer than `LEAST_TEXTS` texts.
    """
    _check(len(given))
    twins = same_as(duplicate_groups(one.text for one in given))
    place = folds_of_groups([given[twins.get(n, n)].text for n in range(len(given))])
    fields = check_labels([one.labels for one in given], features, place)
    doubts: defaultdict[str, list[LabelDoubt]] = defaultdict(list)
    for doubt in sorted((d for each in fields for d in each.doubts), key=lambda d: -d.margin):
        doubts[text_key(given[doubt.index].text)].append(doubt)
    tasks = [_task(given[found[0].index], found, source) for found in doubts.values()]
    return Rechecked(tuple(tasks[: selection.count]), fields, len(tasks))


def _task(one: GivenLabels, doubts: Sequence[LabelDoubt], source: str) -> Task:
    candidate = Candidate(
        key=text_key(one.text),
        id=one.id,
        text=one.text,
        labels=one.labels,
        probabilities=(0.0,) * len(SENTIMENTS),
        left_open=(),
        polarities=(),
        model_version=source,
        at=None,
        product="",
        channel="",
        rating=None,
    )
    why = Message("; ".join(d.why.en for d in doubts), "；".join(d.why.zh for d in doubts))
    return Task(candidate, REASON, ((REASON, why),))


def _check(texts: int) -> None:
    if texts < LEAST_TEXTS:
        raise ReviewSettingsError(
            f"{texts} labelled texts are too few to check each other; {LEAST_TEXTS} are needed",
            f"标注文本仅 {texts} 条，不足以互相检验；至少需要 {LEAST_TEXTS} 条",
        )
