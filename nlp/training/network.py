"""The network: a small transformer encoder and one linear head per question.

Every head reads its own weighted mean of the last hidden states. Because head and mean are both
linear, the score of a text is the exact sum of what its pieces contribute: that sum is the
evidence, at no further cost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from nlp.encoder.cutting import PAD_ID
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.training.starting_weights import Shape, Weights

MASKED = -1e4
POOLED_LAYERS = (2, -2)
TARGET_TAGS = 1 + len(SENTIMENTS)
HEADS = {
    "sentiment": len(SENTIMENTS),
    "intents": len(INTENTS),
    "complaint": len(COMPLAINTS),
    "severity": len(SEVERITIES) - 1,
}


@dataclass(frozen=True, slots=True)
class Scores:
    """What the network says of a batch of texts.

    Logits have shape (texts, labels); severity counts "at least 1, 2, 3". `targets` is (texts,
    pieces, tags): none, negative, neutral, positive. `evidence` is (texts, pieces, sentiments) and
    sums over pieces to the sentiment logits less their bias. `pooled` (texts, 2 * hidden)
    holds the means over pieces of the layers `POOLED_LAYERS`, each of length 1, side by side: a
    text as one vector, for heads that are learnt later.
    """

    sentiment: Tensor
    intents: Tensor
    complaint: Tensor
    severity: Tensor
    targets: Tensor
    evidence: Tensor
    pooled: Tensor


class Head(nn.Module):
    """A linear map of an attention-weighted mean; starts as the plain mean."""

    def __init__(self, hidden: int, labels: int) -> None:
        super().__init__()
        self.query = nn.Linear(hidden, 1, bias=False)
        self.linear = nn.Linear(hidden, labels)
        nn.init.zeros_(self.query.weight)
        nn.init.normal_(self.linear.weight, std=0.02)

    def forward(self, states: Tensor, padding: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (texts, labels) and each piece's part in them (texts, pieces, labels)."""
        attention = self.query(states).masked_fill(padding.unsqueeze(-1), MASKED).softmax(dim=1)
        parts = attention * nn.functional.linear(states, self.linear.weight)
        return parts.sum(dim=1) + self.linear.bias, parts


class SignalNetwork(nn.Module):
    """The encoder with its heads."""

    def __init__(self, encoder: nn.Module, hidden: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.heads = nn.ModuleDict({name: Head(hidden, size) for name, size in HEADS.items()})
        self.targets = nn.Linear(hidden, TARGET_TAGS)

    def head_parameters(self) -> Iterator[nn.Parameter]:
        """Yield what is not the encoder's: new weights, which learn faster."""
        yield from self.heads.parameters()
        yield from self.targets.parameters()

    def forward(self, ids: Tensor) -> Scores:
        """Return the scores of a batch of padded piece ids, shape (texts, pieces)."""
        padding = ids == PAD_ID
        mask = (~padding).to(torch.long)
        found = self.encoder(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        states = found.last_hidden_state
        logits = {name: head(states, padding) for name, head in self.heads.items()}
        return Scores(
            sentiment=logits["sentiment"][0],
            intents=logits["intents"][0],
            complaint=logits["complaint"][0],
            severity=logits["severity"][0],
            targets=self.targets(states),
            evidence=logits["sentiment"][1],
            pooled=_pooled(found.hidden_states, mask),
        )


def _pooled(layers: Sequence[Tensor], mask: Tensor) -> Tensor:
    share = (mask / mask.sum(dim=1, keepdim=True)).unsqueeze(-1)
    means = ((layers[number] * share).sum(dim=1) for number in POOLED_LAYERS)
    return torch.cat([nn.functional.normalize(mean, dim=1) for mean in means], dim=1)


def build_encoder(
    shape: Shape, weights: Weights, kept: npt.NDArray[np.int64], layers: int
) -> BertModel:
    """Return a `BertModel` of the lowest layers and the kept part of the vocabulary.

    The lowest layers fit each other; of the ways to drop layers before fine-tuning, dropping the
    top ones loses least (Sajjad et al. 2023).
    """
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=shape.hidden,
        num_hidden_layers=layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.types,
        layer_norm_eps=shape.epsilon,
        pad_token_id=PAD_ID,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config._attn_implementation = "eager"  # noqa: SLF001 - transformers has no public setter
    encoder = BertModel(config, add_pooling_layer=False)
    state = {
        name: torch.from_numpy(tensor)
        for name, tensor in weights.items()
        if _layer_of(name) < layers
    }
    word = "embeddings.word_embeddings.weight"
    state[word] = torch.from_numpy(weights[word][kept])
    encoder.load_state_dict(state)
    return encoder


def _layer_of(name: str) -> int:
    """Return the layer that a tensor belongs to, -1 for the embeddings."""
    return int(name.split(".")[2]) if name.startswith("encoder.layer.") else -1
