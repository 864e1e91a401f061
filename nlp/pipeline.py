"""The pipeline: a spaCy `Language` whose documents carry signals."""

import os
import threading
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp.encoder import (
    Reading,
    Runtime,
    TextScores,
    evidence,
    read_artifact,
    word_weights,
)
from nlp.labels import SENTIMENTS
from nlp.schema import Evidence, Signals, Target
from nlp.text import Normalised, is_spam, keyphrases, mask, normalise
from nlp.text.tokenizer import TOKENIZER_NAME

if TYPE_CHECKING:
    from nlp.review import CorrectedRuntime

COMPONENT = "tingyin_signals"
BATCH = 256
# A pipeline's memory zone belongs to one thread at a time; the network uses every processor anyway.
_ONE_AT_A_TIME = threading.Lock()
NAMES = tuple(SENTIMENTS)


class SignalReader:
    """The spaCy component that sets `doc._.signals`.

    The network reads the masked text, so that the stored text gives the same signals again.

    Parameters
    ----------
    runtime
        The network to run.
    explain
        Whether to find the words that made the verdict.
    """

    def __init__(self, runtime: "Runtime | CorrectedRuntime", *, explain: bool) -> None:
        self.runtime = runtime
        self.explain = explain

    def __call__(self, doc: Doc) -> Doc:
        """Set the signals of one document."""
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], batch_size: int = BATCH) -> Iterator[Doc]:
        """Set the signals of many documents, in order."""
        stream = iter(docs)
        while batch := list(islice(stream, batch_size)):
            yield from self._read(batch)

    def _read(self, docs: list[Doc]) -> list[Doc]:
        masked = [mask(doc.text) for doc in docs]
        normalised = [normalise(text) for text in masked]
        found = self.runtime.read([text.text for text in normalised])
        for doc, text, plain, (score, reading) in zip(docs, masked, normalised, found, strict=True):
            doc._.signals = self._signals(doc, text, plain, score, reading)
        return docs

    def _signals(
        self, doc: Doc, text: str, plain: Normalised, scores: TextScores, reading: Reading
    ) -> Signals:
        if not plain.text:
            return silence(text, self.runtime.version)
        negative, neutral, positive = (round(float(p), 4) for p in reading.sentiment)
        return Signals(
            sentiment=NAMES[reading.sentiment_index],
            p_negative=negative,
            p_neutral=neutral,
            p_positive=positive,
            confidence=max(negative, neutral, positive),
            abstained=reading.abstained,
            intents=reading.intent_labels,
            complaint=reading.complaint_labels,
            severity=reading.severity_level,
            targets=_targets(text, plain, reading),
            evidence=_evidence(doc, text, plain, scores, reading) if self.explain else (),
            keyphrases=keyphrases(text),
            spam=is_spam(text),
            masked_text=text,
            model_version=self.runtime.version,
            left_open=reading.left_open,
        )


def silence(text: str, model_version: str) -> Signals:
    """Return the signals of a text that says nothing: neutral, and left open."""
    third = round(1 / 3, 4)
    return Signals(
        sentiment="neutral",
        p_negative=third,
        p_neutral=third,
        p_positive=third,
        confidence=third,
        abstained=True,
        intents=(),
        complaint=(),
        severity=0,
        targets=(),
        evidence=(),
        keyphrases=(),
        spam=False,
        masked_text=text,
        model_version=model_version,
        left_open=("sentiment",),
    )


def _targets(text: str, plain: Normalised, reading: Reading) -> tuple[Target, ...]:
    spans = (
        (slice(*plain.original_span(start, end)), polarity)
        for start, end, polarity in reading.target_spans
    )
    return tuple(
        dict.fromkeys(Target(text[span].strip(), NAMES[polarity]) for span, polarity in spans)
    )


def _evidence(
    doc: Doc, text: str, plain: Normalised, scores: TextScores, reading: Reading
) -> tuple[Evidence, ...]:
    words = [(token.idx, token.idx + len(token)) for token in doc]
    if not words:
        return ()
    pieces = np.asarray(plain.offsets)[scores.offsets]
    weights = word_weights(scores.evidence, pieces, reading.sentiment_index, words)
    return evidence(text, words, weights)


def create_reader(
    nlp: Language,  # noqa: ARG001 - spaCy's protocol
    name: str,  # noqa: ARG001 - spaCy's protocol
    artifact: str | None,
    explain: bool,
    fast: bool,
    correction: str | None,
) -> SignalReader:
    """Return the component, as spaCy's factory `tingyin_signals` calls it."""
    found = read_artifact(Path(artifact) if artifact else None)
    return SignalReader(_corrected(Runtime(found, fast=fast), correction), explain=explain)


def _corrected(runtime: Runtime, correction: str | None) -> "Runtime | CorrectedRuntime":
    if correction is None:
        return runtime
    from nlp.review import corrected

    return corrected(runtime, Path(correction))


DEFAULTS = {"artifact": None, "explain": False, "fast": False, "correction": None}
FACTORIES = {COMPONENT: (create_reader, DEFAULTS)}


def _register() -> None:
    for name, (create, defaults) in FACTORIES.items():
        Language.factory(name, func=create, default_config=defaults, assigns=["doc._.signals"])
    Doc.set_extension("signals", default=None, force=True)


_register()


def _unlock_in_child() -> None:
    global _ONE_AT_A_TIME
    # Whoever held the parent's lock is not in the child.
    _ONE_AT_A_TIME = threading.Lock()


os.register_at_fork(after_in_child=_unlock_in_child)


def load(
    artifact: Path | None = None,
    *,
    explain: bool = False,
    fast: bool = False,
    correction: Path | None = None,
    user_words: Iterable[str] = (),
) -> Language:
    """Return the pipeline: private jieba words, then signals from the model.

    Parameters
    ----------
    artifact
        Folder of a model that `tingyin train` wrote; the shipped one when None.
    explain
        Whether signals carry the words that made the verdict.
    fast
        Whether a small network reads first, and the large one only what the small one is unsure
        of: several times as fast, a little less accurate.
    correction
        File of what people decided, by `tingyin review import`: it moves the model's answers.
    user_words
        Words of this customer's own that must not be cut.

    Raises
    ------
    ArtifactError
        When the model is missing, altered or of another version, or has no small network.
    CorrectionError
        When the correction is broken, or belongs to another model.
    """
    tokenizer = {"@tokenizers": TOKENIZER_NAME, "user_words": sorted(user_words)}
    pipeline = spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})
    config = {
        "artifact": str(artifact) if artifact else None,
        "explain": explain,
        "fast": fast,
        "correction": str(correction) if correction else None,
    }
    pipeline.add_pipe(COMPONENT, config=config)
    return pipeline


def analyze(pipeline: Language, texts: Iterable[str], batch_size: int = BATCH) -> Iterator[Signals]:
    """Yield the signals of texts, in order, streaming, in constant memory.

    Threads may share a pipeline, and a process may fork: batches are read one at a time, and the
    child of a fork opens engines of its own.

    Parameters
    ----------
    pipeline
        From `load`.
    texts
        Raw texts; any string is accepted, also an empty one (then the verdict is left open).
    batch_size
        How many texts are read, and held, at a time.
    """
    stream = iter(texts)
    while batch := list(islice(stream, batch_size)):
        with _ONE_AT_A_TIME, pipeline.memory_zone():
            signals = [doc._.signals for doc in pipeline.pipe(batch, batch_size=batch_size)]
        yield from signals
