"""The model of a running service: loaded once, in the background, and asked from any thread.

It is read fully, with the words that made each verdict. Where many texts wait it is read fast: a
small network first, the large one where that is unsure, and the words later (`explain_fast`).
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from nlp.schema import Signals
from service.logs import where

Analyse = Callable[[Sequence[str]], Iterable[Signals]]


def shipped_model() -> Analyse:
    """Return a function that says what texts say, by the model that ships with Tingyin.

    Raises
    ------
    ArtifactError
        The model is missing or broken.
    """
    import nlp

    pipeline = nlp.load(explain=True)
    # The network is opened by the first text that it reads: that shall be nobody's.
    list(nlp.analyze(pipeline, ["很好用，就是有点贵"]))
    return lambda texts: nlp.analyze(pipeline, texts)


@dataclass(frozen=True, slots=True)
class Fast:
    """The fast way to read: `read` leaves the words out, `explain` reads the same with them."""

    read: Analyse
    explain: Analyse


def shipped_fast() -> Fast:
    """Return the fast way to read the shipped model.

    Raises
    ------
    ArtifactError
        The model is missing or broken.
    """
    import nlp

    pipeline = nlp.load(explain=True, fast=True)
    return Fast(
        read=lambda texts: nlp.analyze(pipeline, texts, explain=False),
        explain=lambda texts: nlp.analyze(pipeline, texts),
    )


class Model:
    """Loads on `prepare` or on the first call; answers one call at a time."""

    def __init__(self, load: Callable[[], Analyse] = shipped_model) -> None:
        self._load = load
        self._analyse: Analyse | None = None
        self._lock = threading.Lock()

    @property
    def ready(self) -> bool:
        """Whether it is loaded."""
        return self._analyse is not None

    def prepare(self) -> None:
        """Load now; a failure is logged, and the next call tries again."""
        try:
            self._loaded()
        except Exception as error:  # noqa: BLE001 - the service still takes feedback in
            structlog.get_logger("tingyin.model").error("model not loaded", **where(error))

    def __call__(self, texts: Sequence[str]) -> list[Signals]:
        """Return the signals of each text, in order."""
        analyse = self._loaded()
        with self._lock:
            return list(analyse(texts))

    def _loaded(self) -> Analyse:
        with self._lock:
            if self._analyse is None:
                self._analyse = self._load()
            return self._analyse


class FastModel:
    """The fast way to read, loaded on the first call; answers one call at a time."""

    def __init__(self, load: Callable[[], Fast] = shipped_fast) -> None:
        self._load = load
        self._fast: Fast | None = None
        self._lock = threading.Lock()

    def read(self, texts: Sequence[str]) -> list[Signals]:
        """Return the signals of each text, in order, without the words that made them."""
        with self._lock:
            return list(self._loaded().read(texts))

    def explain(self, texts: Sequence[str]) -> list[Signals]:
        """Return the signals of each text, in order, with their words."""
        with self._lock:
            return list(self._loaded().explain(texts)) if texts else []

    def _loaded(self) -> Fast:
        if self._fast is None:
            self._fast = self._load()
            structlog.get_logger("tingyin.model").info("reading fast: the small network is loaded")
        return self._fast
