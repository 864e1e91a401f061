"""What a training run does: its sizes, its schedule and its seed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of one run; equal recipes on equal data give equal batches.

    `polarity_texts` and `target_texts` are spread over the epochs, so that each is seen once,
    while the gold labels are seen in every epoch. `batch_pieces` bounds a batch by the pieces it
    holds after padding. `calibration_share` of the gold labels is never trained on: temperatures
    and thresholds are chosen there.
    """

    layers: int = 6
    epochs: int = 5
    polarity_texts: int = 30_000
    target_texts: int = 3_000
    batch_pieces: int = 2_048
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 1e-3
    warm_up_share: float = 0.06
    weight_decay: float = 0.01
    label_smoothing: float = 0.05
    calibration_share: float = 0.1
    checkpoint_every: int = 100
    seed: int = 20261122
