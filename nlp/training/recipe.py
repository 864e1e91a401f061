"""What a training run does: its sizes, its schedule and its seed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """The settings of one run; equal recipes on equal data give equal batches.

    The gold labels are seen in every epoch. Of the two-class texts at most `polarity_texts` are
    drawn and spread over the epochs, so that each is seen `polarity_passes` times; at most
    `target_texts` with target spans are seen once. `batch_pieces` bounds a batch by the pieces it
    holds after padding. `calibration_share` of the gold labels is never trained on: temperatures
    and thresholds are chosen there.
    """

    layers: int = 6
    epochs: int = 6
    polarity_texts: int = 100_000
    polarity_passes: int = 3
    target_texts: int = 3_000
    batch_pieces: int = 2_048
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 1e-3
    warm_up_share: float = 0.06
    weight_decay: float = 0.01
    label_smoothing: float = 0.05
    calibration_share: float = 0.1
    checkpoint_every: int = 200
    seed: int = 20261122
