"""The model as people would have it: its scores corrected before they are read."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nlp.encoder import Artifact, Reading, Runtime, TextScores, read_all
from nlp.review.correction import Correction, apply_correction
from nlp.review.correction_file import correction_version, read_correction
from nlp.review.errors import CorrectionError


@dataclass(frozen=True, slots=True)
class CorrectedRuntime:
    """A runtime whose readings are corrected; takes the place of `Runtime` in the pipeline."""

    runtime: Runtime
    correction: Correction
    version: str

    @property
    def artifact(self) -> Artifact:
        """Return the files of the model that is corrected."""
        return self.runtime.artifact

    def clause_scores(self, clauses: Sequence[str]) -> list[TextScores]:
        """Return the scores of normalised clauses as the model gives them, in order."""
        return self.runtime.clause_scores(clauses)

    def read(self, texts: Sequence[str]) -> list[tuple[TextScores, Reading]]:
        """Return corrected scores and reading of normalised texts, in order."""
        calibration = self.runtime.artifact.calibration
        scores = [
            apply_correction(self.correction, one, calibration)
            for one in self.runtime.scores(texts)
        ]
        return list(zip(scores, read_all(scores, calibration), strict=True))


def corrected(runtime: Runtime, path: Path) -> CorrectedRuntime:
    """Return a runtime with the correction in a file.

    Raises
    ------
    CorrectionError
        The file is broken or for another model, or the runtime reads fast: the small network's
        scores are others than those that the correction was fitted on.
    """
    if runtime.fast:
        raise CorrectionError(
            f"{path} corrects the large network, and a fast reading uses the small one; leave out"
            " either --fast or --correction",
            f"{path} 修正的是大模型，而快速模式使用小模型；请去掉 --fast 或 --correction 之一",
        )
    correction = read_correction(path, runtime.artifact.version)
    return CorrectedRuntime(runtime, correction, correction_version(correction))
