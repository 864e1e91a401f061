"""From raw texts to signals: masked, normalised, read by the network, and put into words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc

from nlp.encoder import (
    Reading,
    Runtime,
    TextScores,
    Verdict,
    evidence,
    occlusion_weights,
    word_weights,
)
from nlp.labels import SENTIMENTS
from nlp.opinions import all_whole_words, clauses_to_read, repolarised
from nlp.schema import Signals, Target
from nlp.text import (
    Normalised,
    Rewriter,
    is_spam,
    keyphrases,
    mask,
    normalise,
    user_entries,
)
from nlp.text.tokenizer import doc_word_spans
from nlp.text.words import Span

if TYPE_CHECKING:
    from nlp.review import CorrectedRuntime

BATCH = 256
NAMES = tuple(SENTIMENTS)
Floats = npt.NDArray[np.float64]
TargetSpan = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What is known of a text before a network reads it; `plain` is what that reads."""

    masked: str
    words: list[Span]
    plain: Normalised
    keyphrases: tuple[str, ...]
    spam: bool


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

    def read(
        self, texts: Sequence[str], words: Iterable[list[Span]], *, explain: bool | None = None
    ) -> list[Signals]:
        """Return the signals of texts, given the spans of the words of each.

        `explain` is used in place of the reader's own where it is given.
        """
        explained = self.explain if explain is None else explain
        prepared = [self._prepared(*each) for each in zip(texts, words, strict=True)]
        found = self.runtime.read([text.plain.text for text in prepared])
        weights = self._weights(prepared, found) if explained else repeat(None)
        targets = self._targets(prepared, found)
        return [
            self._signals(*item) for item in zip(prepared, found, weights, targets, strict=False)
        ]

    def _prepared(self, text: str, words: list[Span]) -> _Prepared:
        masked = mask(text)
        plain = self._plain(masked)
        phrases = keyphrases(masked, spans=words)
        return _Prepared(masked, words, plain, phrases, is_spam(masked))

    def _targets(
        self, prepared: Sequence[_Prepared], found: Sequence[tuple[TextScores, Reading]]
    ) -> list[tuple[TargetSpan, ...]]:
        """Return the targets, each with the polarity of its text and of its own clause."""
        clauses = [
            clauses_to_read(text.plain.text, reading.target_spans)
            for text, (_, reading) in zip(prepared, found, strict=True)
        ]
        texts = [
            text.plain.text[slice(*span)]
            for text, spans in zip(prepared, clauses, strict=True)
            for span in spans
        ]
        return repolarised(
            [scores for scores, _ in found],
            [reading.target_spans for _, reading in found],
            clauses,
            self.runtime.clause_scores(texts),
        )

    def _plain(self, masked: str) -> Normalised:
        return self.rewriter.rewrite(normalise(masked))

    def _weights(
        self, prepared: Sequence[_Prepared], found: Sequence[tuple[TextScores, Reading]]
    ) -> list[Floats]:
        """Return what each word does to its text's verdict, found for the batch at once."""
        verdicts = [
            Verdict(text.masked, text.words, _parts(text, scores, reading), reading.sentiment)
            for text, (scores, reading) in zip(prepared, found, strict=True)
        ]

        def read(shorter: Sequence[str]) -> list[npt.NDArray[np.float32]]:
            plain = [self._plain(text).text for text in shorter]
            return [reading.sentiment for _, reading in self.runtime.read(plain)]

        return occlusion_weights(verdicts, read)

    def _signals(
        self,
        text: _Prepared,
        found: tuple[TextScores, Reading],
        weights: Floats | None,
        targets: tuple[TargetSpan, ...],
    ) -> Signals:
        if not text.plain.text:
            return silence(text.masked, self.runtime.version)
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
            targets=_targets(text, targets),
            evidence=() if weights is None else evidence(text.masked, text.words, weights),
            keyphrases=text.keyphrases,
            spam=text.spam,
            masked_text=text.masked,
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


def _targets(text: _Prepared, targets: Sequence[TargetSpan]) -> tuple[Target, ...]:
    read = [text.plain.original_span(start, end) for start, end, _ in targets]
    spans = all_whole_words(text.masked, read)
    return tuple(
        dict.fromkeys(
            Target(text.masked[start:end].strip(), NAMES[polarity])
            for (start, end), (_, _, polarity) in zip(spans, targets, strict=True)
        )
    )


def _parts(text: _Prepared, scores: TextScores, reading: Reading) -> Floats:
    if not text.words:
        return np.zeros(0)
    pieces = np.asarray(text.plain.offsets)[scores.offsets]
    return word_weights(scores.evidence, pieces, reading.sentiment_index, text.words)
