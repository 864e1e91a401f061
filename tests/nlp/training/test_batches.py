"""Batches: nothing lost, the same for the same seed, targets on the right pieces."""

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer

import nlp
from nlp.encoder.artifact import SHIPPED
from nlp.encoder.cutting import HEAD_PIECES, MAX_PIECES, cut, pad
from nlp.gold import Example, TargetSpan
from nlp.training.batches import UNKNOWN, batches, encode
from nlp.training.network import Scores
from nlp.training.objective import loss, rare_weights
from nlp.training.recipe import Recipe


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))


EXAMPLES = [
    Example("屏幕很好，客服太差", "gold", sentiment="negative", intents=("complaint",),
            complaint=("service",), severity=1, targets=(TargetSpan(5, 7, "negative"),)),
    Example("很快，好吃，味道足", "waimai", positive=True),
    Example("ＡＢ 螢幕   不錯", "makeup", targets=(TargetSpan(3, 5, "positive"),)),
]  # fmt: skip


def test_what_a_source_does_not_say_stays_unknown(tokenizer):
    gold, polar, aspects = encode(EXAMPLES, tokenizer)
    assert (gold.sentiment, polar.sentiment) == (0, UNKNOWN)
    assert np.isnan(gold.polarity)
    assert polar.polarity == 1.0
    assert np.isnan(polar.intents).all()
    assert (polar.tags == UNKNOWN).all()
    assert list(gold.severity) == [1, 0, 0]
    assert aspects.sentiment == UNKNOWN


def test_target_tags_lie_on_the_target_whatever_the_spelling(tokenizer):
    gold, _, aspects = encode(EXAMPLES, tokenizer)
    assert set(gold.tags) == {0, 1}
    assert set(aspects.tags) == {0, 3}
    tagged = aspects.pieces.offsets[aspects.tags == 3]
    assert (tagged[0, 0], tagged[-1, 1]) == (3, 5)


def test_batches_hold_every_example_once_and_repeat_with_the_seed(tokenizer):
    texts = [f"第{number}条评论" + "很好用" * (number % 40) for number in range(300)]
    encoded = encode([Example(text, "x", positive=True) for text in texts], tokenizer)
    recipe = Recipe(batch_pieces=512)
    first = [batch.ids for batch in batches(encoded, recipe, 0)]
    again = [batch.ids for batch in batches(encoded, recipe, 0)]
    other = [batch.ids for batch in batches(encoded, recipe, 1)]
    assert sum(len(ids) for ids in first) == 300
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(first, other, strict=False))
    assert all(ids.numel() <= 512 and ids.shape[1] % 16 == 0 for ids in first)


def test_a_long_text_keeps_head_and_tail(tokenizer):
    (pieces,) = cut(tokenizer, ["开头很好。" + "中间的话。" * 400 + "结尾太差了！"])
    assert len(pieces) == MAX_PIECES
    head, tail = pieces.ids[:HEAD_PIECES], pieces.ids[HEAD_PIECES:]
    assert "开头" in tokenizer.decode(head.tolist())
    assert "太差" in tokenizer.decode(tail.tolist())


def test_padding_rounds_up(tokenizer):
    assert pad(cut(tokenizer, ["好", "很好很好"]), multiple=16).shape == (2, 16)


def test_rare_labels_weigh_more_but_not_without_bound(tokenizer):
    common = [Example("好", "g", sentiment="positive", intents=("praise",), severity=0)] * 99
    rare = [Example("坏", "g", sentiment="negative", intents=("churn",), complaint=("other",),
                    severity=3)]  # fmt: skip
    weights = rare_weights(encode([*common, *rare], tokenizer), torch.device("cpu"))
    order = list(nlp.INTENTS)
    assert weights.intents[order.index("churn")] == pytest.approx(6.0)
    assert weights.intents[order.index("praise")] == 1.0


def test_the_loss_falls_when_the_answers_come_right(tokenizer):
    (batch,) = batches(encode(EXAMPLES[:1], tokenizer), Recipe(), 0)
    rare = rare_weights(encode(EXAMPLES[:1], tokenizer), torch.device("cpu"))

    def scores(sign: float) -> Scores:
        return Scores(
            sentiment=sign * torch.tensor([[4.0, 0.0, -4.0]]),
            intents=sign * (batch.intents * 8 - 4),
            complaint=sign * (batch.complaint * 8 - 4),
            severity=sign * (batch.severity * 8 - 4),
            targets=sign * 4 * torch.nn.functional.one_hot(batch.tags.clamp(min=0), 4).float(),
            evidence=torch.zeros(1),
            pooled=torch.zeros(1),
        )

    right, wrong = loss(scores(1), batch, rare, 0.0), loss(scores(-1), batch, rare, 0.0)
    assert right < 0.5 < 2 < wrong
