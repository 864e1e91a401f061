"""Run the networks of an artifact: texts in, scores and readings out."""

import ctypes
import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from nlp.encoder.artifact import Artifact, FastPath
from nlp.encoder.cutting import Pieces, cut, pad
from nlp.encoder.decide import Reading, read_all
from nlp.encoder.engine import Engine, Floats, open_engine
from nlp.encoder.probes import read_probes
from nlp.encoder.scores import TextScores, split

WIDTH_STEP = 8


class Network:
    """One network; opened on first use, and again in the child of a fork: threads do not pass."""

    def __init__(self, model: Path, probes: Path, device: str | None = None) -> None:
        self._files = model, probes
        self._device = device

    @cached_property
    def _opened(self) -> tuple[int, Engine]:
        model, probes = self._files
        return os.getpid(), open_engine(model, read_probes(probes), self._device)

    @property
    def engine(self) -> Engine:
        """The engine of this process."""
        owner, engine = self._opened
        if owner != os.getpid():
            _never_free(engine)
            del self._opened
            _, engine = self._opened
        return engine

    def scores(self, pieces: Sequence[Pieces]) -> list[TextScores]:
        """Return the scores of texts that are cut, in order."""
        engine = self.engine
        groups = length_groups(pieces, engine.batch_pieces)
        batches = [pad([pieces[index] for index in group], WIDTH_STEP) for group in groups]
        found: dict[int, TextScores] = {}
        for group, outputs in zip(groups, engine.run(batches), strict=True):
            found |= zip(group, split(outputs, [pieces[index] for index in group]), strict=True)
        return [found[index] for index in range(len(pieces))]


class Runtime:
    """An artifact, ready to run; survives pickling and fork.

    Parameters
    ----------
    artifact
        The model to run.
    fast
        Whether a small network reads first, and the large one only what the small one is unsure of.
    device
        `cuda` or `cpu` to run it with torch there; None for int8 on the processor. A GPU does not
        pass to the child of a fork: workers of a pool must be spawned.

    Raises
    ------
    ArtifactError
        When a fast reading is asked of a model that has no small network.
    EngineError
        When torch has no such device here.
    """

    def __init__(
        self, artifact: Artifact, *, fast: bool = False, device: str | None = None
    ) -> None:
        _check_device(device)
        self.artifact = artifact
        self.fast = fast
        self.device = device
        self._path: FastPath | None = artifact.fast_path() if fast else None
        self._full = Network(artifact.model, artifact.probes, device)
        self._first = Network(artifact.fast_model, artifact.fast_probes, device)

    def __getstate__(self) -> tuple[Artifact, bool, str | None]:
        return self.artifact, self.fast, self.device

    def __setstate__(self, state: tuple[Artifact, bool, str | None]) -> None:
        artifact, fast, device = state
        # Nothing is kept but the files.
        self.__init__(artifact, fast=fast, device=device)  # type: ignore[misc]

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer.from_file(str(self.artifact.tokenizer))

    @property
    def version(self) -> str:
        """Version of the model, and of the way it is read."""
        return f"{self.artifact.version}-fast" if self.fast else self.artifact.version

    @property
    def engines(self) -> tuple[str, ...]:
        """How each network runs here: `int8` or `torch-...`, `float` where that is inexact."""
        networks = (self._first, self._full) if self.fast else (self._full,)
        return tuple(network.engine.name for network in networks)

    def scores(self, texts: Sequence[str]) -> list[TextScores]:
        """Return the scores that the large network gives normalised texts, in order."""
        return self._full.scores(cut(self._tokenizer, list(texts)))

    def pooled(self, texts: Sequence[str]) -> Floats:
        """Return normalised texts as vectors, shape (texts, width), in order."""
        return np.stack([scores.pooled for scores in self.scores(texts)])

    def clause_scores(self, clauses: Sequence[str]) -> list[TextScores]:
        """Return the scores of normalised clauses, in order: by the small network if there is one.

        Beside the reading of the whole text, its reading of a clause is as good as the large one's
        (`bench_opinions`), for a tenth of the work.
        """
        network = self._first if self.artifact.fast else self._full
        return network.scores(cut(self._tokenizer, list(clauses)))

    def read(self, texts: Sequence[str]) -> list[tuple[TextScores, Reading]]:
        """Return scores and reading of normalised texts, in order.

        Where a small network reads first, the large one reads again what that is unsure of.
        """
        pieces = cut(self._tokenizer, list(texts))
        if self._path is None:
            return self._read_fully(pieces)
        scores = self._first.scores(pieces)
        found = list(zip(scores, read_all(scores, self._path.calibration), strict=True))
        unsure = [
            index
            for index, (_, reading) in enumerate(found)
            if reading.certainty < self._path.sure_from
        ]
        again = self._read_fully([pieces[index] for index in unsure])
        for index, better in zip(unsure, again, strict=True):
            found[index] = better
        return found

    def _read_fully(self, pieces: Sequence[Pieces]) -> list[tuple[TextScores, Reading]]:
        scores = self._full.scores(pieces)
        return list(zip(scores, read_all(scores, self.artifact.calibration), strict=True))


def _never_free(engine: Engine) -> None:
    """Keep a parent's engine for good: to free it, its threads must end, and they are not here."""
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(engine))


def _check_device(device: str | None) -> None:
    """Tell at once, and not at the first text, that a device is not here."""
    if device is not None:
        from nlp.encoder.torch_engine import usable_device

        usable_device(device)


def length_groups(pieces: Sequence[Pieces], most: int) -> list[list[int]]:
    """Return groups of indices of texts of like length, each within `most` pieces when padded."""
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index]))
    groups: list[list[int]] = []
    for index in order:
        width = len(pieces[index])
        if not groups or width * (len(groups[-1]) + 1) > most:
            groups.append([])
        groups[-1].append(index)
    return groups
