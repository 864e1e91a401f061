"""An encoder that reads pieces two by two: half as long for its layers, so twice as fast.

Between its layers a pair of pieces is one place (Dai et al. 2020 shorten so, by pooling); at the
end each piece is given back its own place, for the heads that ask about pieces.
"""

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel
from transformers.modeling_outputs import BaseModelOutput

from nlp.training.network import MASKED


class PairedEncoder(nn.Module):
    """Embeddings, pairs of them through the layers of a `BertModel`, and single pieces again.

    Takes what a `BertModel` takes, with an even number of pieces, and returns states of the same
    shape, (texts, pieces, width).
    """

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        whole, width = BertModel(config, add_pooling_layer=False), config.hidden_size
        self.config = config
        self.embeddings = whole.embeddings
        self.layers = whole.encoder.layer
        self.join = nn.Linear(2 * width, width)
        self.part = nn.Linear(width, 2 * width)
        self.norm = nn.LayerNorm(width, eps=config.layer_norm_eps)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        output_hidden_states: bool = True,  # noqa: ARG002 - as a `BertModel` is called
    ) -> BaseModelOutput:
        """Return the last states and, as hidden states, those before and after the layers."""
        single = self.embeddings(input_ids)
        texts, pieces, width = single.shape
        known = attention_mask.unsqueeze(-1).to(single.dtype)
        pairs = self.join((single * known).reshape(texts, -1, 2 * width))
        # Padding stands at the end: where a pair's first piece is text, the pair is.
        padding = 1 - attention_mask.reshape(texts, -1, 2)[:, :, 0].to(single.dtype)
        for layer in self.layers:
            found = layer(pairs, padding[:, None, None, :] * MASKED)
            pairs = found if isinstance(found, torch.Tensor) else found[0]
        parted = self.part(pairs).reshape(texts, pieces, width)
        last = self.norm(parted + single)
        return BaseModelOutput(last_hidden_state=last, hidden_states=(single, parted, parted, last))
