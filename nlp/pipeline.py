"""The pipeline: a spaCy `Language` whose documents carry signals."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, repeat
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from nlp.encoder import (
    Reading,
    Runtime,
    TextScores,
    Verdict,
    evidence,
    occlusion_weights,
    read_artifact,
    word_weights,
)
from nlp.labels import SENTIMENTS
from nlp.schema import Signals, Target
from nlp.text import (
    Entry,
    Normalised,
    Rewriter,
    is_spam,
    keyphrases,
    mask,
    normalise,
    user_entries,
)
from nlp.text.tokenizer import TOKENIZER_NAME, doc_word_spans
from nlp.text.words import Span

if TYPE_CHECKING:
    from nlp.review import CorrectedRuntime
    from nlp.text import JiebaTokenizer

COMPONENT = "tingyin_signals"
BATCH = 256
NAMES = tuple(SENTIMENTS)
Floats = npt.NDArray[np.float64]


class SignalReader:
    """The spaCy component that sets `doc._.signals`.

    The network reads the masked text, so that the stored text gives the same signals again.

    Parameters
    ----------
    runtime
        The network to run.
    explain
        Whether to find the words that made the verdict: up to eight more readings of each text.
    meanings
        A user's own words and what they mean in plain Mandarin.
    """

    def __init__(
        self,
        runtime: "Runtime | CorrectedRuntime",
        *,
        explain: bool,
        meanings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.runtime = runtime
        self.explain = explain
        self.rewriter = Rewriter(user_entries(meanings))

    def __call__(self, doc: Doc) -> Doc:
        """Set the signals of one document."""
        return next(self.pipe([doc]))

    def pipe(self, docs: Iterable[Doc], batch_size: int = BATCH) -> Iterator[Doc]:
        """Set the signals of many documents, in order."""
        stream = iter(docs)
        while batch := list(islice(stream, batch_size)):
            found = self.read([doc.text for doc in batch], map(doc_word_spans, batch))
            for doc, signals in zip(batch, found, strict=True):
                doc._.signals = signals
                yield doc

    def read(self, texts: Sequence[str], words: Iterable[list[Span]]) -> list[Signals]:
        """Return the signals of texts, given the spans of the words of each."""
        masked, spans = [mask(text) for text in texts], list(words)
        normalised = [self._plain(text) for text in masked]
        found = self.runtime.read([plain.text for plain in normalised])
        weights = self._weights(masked, spans, normalised, found) if self.explain else repeat(None)
        return [
            self._signals(*item)
            for item in zip(masked, spans, normalised, found, weights, strict=False)
        ]

    def _plain(self, masked: str) -> Normalised:
        return self.rewriter.rewrite(normalise(masked))

    def _weights(
        self,
        texts: list[str],
        words: list[list[Span]],
        normalised: list[Normalised],
        found: list[tuple[TextScores, Reading]],
    ) -> list[Floats]:
        """Return what each word does to its text's verdict, found for the batch at once."""
        verdicts = [
            Verdict(text, spans, _parts(spans, plain, scores, reading), reading.sentiment)
            for text, spans, plain, (scores, reading) in zip(
                texts, words, normalised, found, strict=True
            )
        ]

        def read(shorter: Sequence[str]) -> list[npt.NDArray[np.float32]]:
            plain = [self._plain(text).text for text in shorter]
            return [reading.sentiment for _, reading in self.runtime.read(plain)]

        return occlusion_weights(verdicts, read)

    def _signals(
        self,
        text: str,
        words: list[Span],
        plain: Normalised,
        found: tuple[TextScores, Reading],
        weights: Floats | None,
    ) -> Signals:
        if not plain.text:
            return silence(text, self.runtime.version)
        _, reading = found
        negative, neutral, positive = (round(p, 4) for p in reading.sentiment.tolist())
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
            evidence=() if weights is None else evidence(text, words, weights),
            keyphrases=keyphrases(text, spans=words),
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


def _parts(words: list[Span], plain: Normalised, scores: TextScores, reading: Reading) -> Floats:
    if not words:
        return np.zeros(0)
    pieces = np.asarray(plain.offsets)[scores.offsets]
    return word_weights(scores.evidence, pieces, reading.sentiment_index, words)


def create_reader(
    nlp: Language,  # noqa: ARG001 - spaCy's protocol
    name: str,  # noqa: ARG001 - spaCy's protocol
    artifact: str | None,
    explain: bool,
    fast: bool,
    correction: str | None,
    meanings: dict[str, str],
) -> SignalReader:
    """Return the component, as spaCy's factory `tingyin_signals` calls it."""
    found = read_artifact(Path(artifact) if artifact else None)
    runtime = _corrected(Runtime(found, fast=fast), correction)
    return SignalReader(runtime, explain=explain, meanings=meanings)


def _corrected(runtime: Runtime, correction: str | None) -> "Runtime | CorrectedRuntime":
    if correction is None:
        return runtime
    from nlp.review import corrected

    return corrected(runtime, Path(correction))


DEFAULTS: dict[str, object] = {
    "artifact": None,
    "explain": False,
    "fast": False,
    "correction": None,
    "meanings": {},
}
FACTORIES = {COMPONENT: (create_reader, DEFAULTS)}


def _register() -> None:
    for name, (create, defaults) in FACTORIES.items():
        Language.factory(name, func=create, default_config=defaults, assigns=["doc._.signals"])
    Doc.set_extension("signals", default=None, force=True)


_register()


def load(
    artifact: Path | None = None,
    *,
    explain: bool = False,
    fast: bool = False,
    correction: Path | None = None,
    user_words: Iterable[str] = (),
    dictionary: Iterable[Entry] = (),
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
    dictionary
        Entries of `nlp.text.read_dictionary`: words that must not be cut, and what they mean.

    Raises
    ------
    ArtifactError
        When the model is missing, altered or of another version, or has no small network.
    CorrectionError
        When the correction is broken, or belongs to another model.
    """
    entries = tuple(dictionary)
    words = sorted({*user_words, *(entry.word for entry in entries)})
    tokenizer = {"@tokenizers": TOKENIZER_NAME, "user_words": words}
    pipeline = spacy.blank("zh", config={"nlp": {"tokenizer": tokenizer}})
    config = {
        "artifact": str(artifact) if artifact else None,
        "explain": explain,
        "fast": fast,
        "correction": str(correction) if correction else None,
        "meanings": {entry.word: entry.meaning for entry in entries if entry.rewrite},
    }
    pipeline.add_pipe(COMPONENT, config=config)
    return pipeline


def analyze(pipeline: Language, texts: Iterable[str], batch_size: int = BATCH) -> Iterator[Signals]:
    """Yield the signals of texts, in order, streaming, in constant memory.

    Threads may share a pipeline, and a process may fork: the child opens engines of its own. No
    spaCy documents are made on the way; where you want them, `pipeline.pipe` sets `doc._.signals`.

    Parameters
    ----------
    pipeline
        From `load`.
    texts
        Raw texts; any string is accepted, also an empty one (then the verdict is left open).
    batch_size
        How many texts are read, and held, at a time.
    """
    reader = cast("SignalReader", pipeline.get_pipe(COMPONENT))
    cutter = cast("JiebaTokenizer", pipeline.tokenizer).cutter
    stream = iter(texts)
    while batch := list(islice(stream, batch_size)):
        yield from reader.read(batch, map(cutter.spans, batch))
