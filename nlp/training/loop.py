"""The training loop: seeded, shown, checkpointed, and resumed where it was stopped."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from nlp.errors import TrainingError
from nlp.training.batches import Batch, Encoded, batches, encode
from nlp.training.collection import Collection, digest_of, epoch_examples
from nlp.training.network import SignalNetwork
from nlp.training.objective import RareWeights, loss, rare_weights
from nlp.training.recipe import Recipe

CHECKPOINT = "checkpoint.pt"
GRADIENT_NORM = 1.0
Origin = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """One finished step, for whoever shows it."""

    step: int
    steps: int
    loss: float


@dataclass(slots=True)
class Run:
    """The moving parts of a run."""

    network: SignalNetwork
    optimiser: AdamW
    schedule: LambdaLR
    step: int = 0


def pick_device() -> torch.device:
    """Return the GPU when there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def train(
    network: SignalNetwork,
    tokenizer: Tokenizer,
    collection: Collection,
    recipe: Recipe,
    folder: Path,
    report: Callable[[Progress], None],
) -> SignalNetwork:
    """Return the trained network; goes on from the checkpoint in `folder` where there is one.

    Raises
    ------
    TrainingError
        When the checkpoint belongs to another recipe or to other data.
    """
    device = pick_device()
    origin = {"recipe": asdict(recipe), "data": digest_of(collection)}
    epochs = _encoded_epochs(collection, recipe, tokenizer)
    steps = sum(1 for _ in _all_batches(epochs, recipe))
    run = _start(network.to(device), recipe, steps)
    _resume(run, origin, folder)
    rare = rare_weights(epochs[0], device)
    network.train()
    for number, batch in enumerate(_all_batches(epochs, recipe)):
        if number < run.step:
            continue
        value = _advance(run, batch.to(device), rare, recipe, device)
        report(Progress(run.step, steps, value))
        if run.step % recipe.checkpoint_every == 0 or run.step == steps:
            _save(run, origin, folder)
    return network.eval()


def _encoded_epochs(
    collection: Collection, recipe: Recipe, tokenizer: Tokenizer
) -> list[list[Encoded]]:
    """Return what each epoch trains on; what several epochs draw is encoded once."""
    drawn = [epoch_examples(collection, recipe, epoch) for epoch in range(recipe.epochs)]
    distinct = {id(example): example for part in drawn for example in part}
    encoded = dict(zip(distinct, encode(list(distinct.values()), tokenizer), strict=True))
    return [[encoded[id(example)] for example in part] for part in drawn]


def _all_batches(epochs: list[list[Encoded]], recipe: Recipe) -> Iterator[Batch]:
    for epoch, encoded in enumerate(epochs):
        yield from batches(encoded, recipe, epoch)


def _start(network: SignalNetwork, recipe: Recipe, steps: int) -> Run:
    encoder = {"params": list(network.encoder.parameters()), "lr": recipe.learning_rate}
    heads = {"params": list(network.head_parameters()), "lr": recipe.head_learning_rate}
    optimiser = AdamW([encoder, heads], weight_decay=recipe.weight_decay, fused=True)
    warm_up = max(1, math.ceil(recipe.warm_up_share * steps))

    def rate(step: int) -> float:
        return min((step + 1) / warm_up, max(0.02, (steps - step) / max(1, steps - warm_up)))

    return Run(network, optimiser, LambdaLR(optimiser, rate))


def _advance(
    run: Run, batch: Batch, rare: RareWeights, recipe: Recipe, device: torch.device
) -> float:
    with reduced_precision(device):
        scores = run.network(batch.ids)
    value = loss(scores, batch, rare, recipe.label_smoothing)
    run.optimiser.zero_grad(set_to_none=True)
    value.backward()  # type: ignore[no-untyped-call]  # torch ships it without annotations
    torch.nn.utils.clip_grad_norm_(run.network.parameters(), GRADIENT_NORM)
    run.optimiser.step()
    run.schedule.step()
    run.step += 1
    return float(value.detach())


def reduced_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Return bf16 autocast where the processor computes it; emulated, it is 20 times slower."""
    if device.type == "cuda" or torch.cpu.get_capabilities().get("avx512_bf16", False):
        return torch.autocast(device.type, torch.bfloat16)
    return nullcontext()


def _save(run: Run, origin: Origin, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{CHECKPOINT}.partial"
    state = {
        **origin,
        "step": run.step,
        "network": run.network.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "schedule": run.schedule.state_dict(),
    }
    torch.save(state, partial)
    partial.replace(folder / CHECKPOINT)


def _resume(run: Run, origin: Origin, folder: Path) -> None:
    path = folder / CHECKPOINT
    if not path.is_file():
        return
    state = torch.load(path, weights_only=True)
    if any(state.get(name) != value for name, value in origin.items()):
        raise TrainingError(
            f"{path} belongs to another recipe or to other data; name an empty folder with --run, "
            "or delete it",
            f"{path} 属于另一份训练配方或其他数据；请用 --run 指定空文件夹，或删除它",
        )
    run.network.load_state_dict(state["network"])
    run.optimiser.load_state_dict(state["optimiser"])
    run.schedule.load_state_dict(state["schedule"])
    run.step = state["step"]
