"""What a training run does: its sizes, its schedule and its seed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of one run; equal recipes on equal data give equal batches.

    The gold labels are seen in every epoch. Of the two-class texts at most `polarity_texts` are
    drawn and spread over the epochs, so that each is seen `polarity_passes` times; at most
    `target_texts` with target spans are seen `target_passes` times. Of what only a teacher has
    answered, `unlabelled_texts` are seen `unlabelled_passes` times, and `fragments` of all texts
    `fragment_passes` times. A student is `width` wide, and reads pieces two by two where `paired`.
    `batch_pieces` bounds a batch by the pieces it holds after padding.
    `calibration_share` of the gold labels is never trained on: temperatures and thresholds are
    chosen there.
    """

    layers: int = 6
    width: int = 384
    paired: bool = False
    epochs: int = 6
    polarity_texts: int = 100_000
    polarity_passes: int = 3
    target_texts: int = 3_000
    target_passes: int = 1
    unlabelled_texts: int = 0
    unlabelled_passes: int = 1
    fragments: int = 0
    fragment_passes: int = 0
    batch_pieces: int = 2_048
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 1e-3
    warm_up_share: float = 0.06
    weight_decay: float = 0.01
    label_smoothing: float = 0.05
    calibration_share: float = 0.1
    checkpoint_every: int = 200
    seed: int = 20261122


@dataclass(frozen=True, slots=True)
class Plan:
    """The three networks of a model: the teacher, the student that ships, and a small, fast one.

    The students see texts that only the teacher has answered, and both learn from it.
    """

    teacher: Recipe = Recipe()
    student: Recipe = Recipe(
        layers=5,
        epochs=2,
        polarity_passes=1,
        unlabelled_texts=40_000,
        fragments=150_000,
        learning_rate=1e-4,
        head_learning_rate=3e-4,
    )
    fast: Recipe = Recipe(
        layers=2,
        width=192,
        paired=True,
        epochs=12,
        polarity_passes=8,
        target_passes=6,
        unlabelled_texts=40_000,
        unlabelled_passes=8,
        fragments=150_000,
        fragment_passes=4,
        batch_pieces=4_096,
        learning_rate=1e-3,
    )
