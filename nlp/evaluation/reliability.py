"""Whether a probability is kept: of what is said with 80 %, 80 % should hold."""

from collections.abc import Sequence

import numpy as np

from nlp.evaluation.arrays import Flags, Floats

ECE_BINS = 15
ENOUGH = 20


def calibration_error(right: Flags, confidence: Floats, bins: int = ECE_BINS) -> float:
    """Return the expected calibration error, 0 to 1 (Naeini 2015).

    That is the mean of |accuracy - confidence| over equally wide bins of confidence, weighted by
    their size; 0 where there is nothing.
    """
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gaps = [
        abs(right[place == number].mean() - confidence[place == number].mean())
        * (place == number).mean()
        for number in np.unique(place)
    ]
    return float(sum(gaps))


def label_calibration_errors(
    truth: Flags, probabilities: Floats, labels: Sequence[str], enough: int = ENOUGH
) -> dict[str, float]:
    """Return the calibration error of each label's probability.

    Labels that hold in fewer than `enough` texts are left out: their error would be chance.
    Both arrays have shape (texts, labels).
    """
    return {
        label: calibration_error(truth[:, index], probabilities[:, index])
        for index, label in enumerate(labels)
        if truth[:, index].sum() >= enough
    }
