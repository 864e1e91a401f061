"""A student starts from its teacher's layers and learns the teacher's answers."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from nlp.encoder.artifact import SHIPPED, TOKENIZER
from nlp.encoder.cutting import PAD_ID
from nlp.errors import TrainingError
from nlp.gold import Example
from nlp.training.batches import TAUGHT, batches, encode
from nlp.training.collection import Collection
from nlp.training.network import TARGET_TAGS, SignalNetwork
from nlp.training.objective import loss, rare_weights
from nlp.training.recipe import Recipe
from nlp.training.teaching import answers, student_of, teach

TEXTS = ["太差了，坏了", "非常好用，推荐", "快递三天才到，客服也没人理我，再也不买了"]


@pytest.fixture(scope="module")
def tokenizer():
    return Tokenizer.from_file(str(SHIPPED / TOKENIZER))


@pytest.fixture(scope="module")
def teacher(tokenizer):
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=64,
        pad_token_id=PAD_ID,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    config._attn_implementation = "eager"
    return SignalNetwork(BertModel(config, add_pooling_layer=False), 32).eval()


def untold(_progress):
    pass


def test_answers_come_in_the_order_of_the_texts_whatever_their_length(teacher, tokenizer):
    together = answers(teacher, tokenizer, TEXTS, untold)
    alone = [answers(teacher, tokenizer, [text], untold) for text in TEXTS]
    assert together.logits.shape == (3, TAUGHT)
    assert together.pieces.tolist() == [len(one.tags) for one in alone]
    for name in ("logits", "tags"):
        parts = np.concatenate([getattr(one, name) for one in alone])
        assert np.abs(getattr(together, name) - parts).max() < 0.05, name
    nothing = answers(teacher, tokenizer, [], untold)
    assert (nothing.logits.shape, nothing.tags.shape) == ((0, TAUGHT), (0, TARGET_TAGS))


def test_labels_by_the_guide_are_not_overruled_and_answers_are_asked_once(
    teacher, tokenizer, tmp_path
):
    gold = Example(TEXTS[0], "gold", sentiment="negative", intents=(), severity=0)
    full = replace(gold, text=TEXTS[1], targets=())
    polar, bare = Example(TEXTS[1], "shop", positive=True), Example(TEXTS[2], "weibo")
    collection = Collection([gold, full], [], [polar], [], [bare], [Example("客服", "fragment")])
    taught = teach(teacher, tokenizer, collection, tmp_path, untold)
    assert (replace(taught.gold[0], taught_tags=None), taught.gold[1]) == (gold, full)
    assert replace(taught.polarity[0], taught=None, taught_tags=None) == polar
    wanted = answers(teacher, tokenizer, TEXTS, untold)
    assert taught.unlabelled[0].taught == pytest.approx(wanted.logits[2].tolist(), abs=0.05)
    tags = encode(taught.unlabelled, tokenizer)[0].taught_tags
    assert np.abs(tags - wanted.tags[-len(tags) :]).max() < 0.05
    assert taught.fragments[0].taught is not None
    again = teach(teacher, tokenizer, collection, tmp_path, pytest.fail)
    assert again == taught


def test_a_student_keeps_the_lowest_layers(teacher):
    student = student_of(teacher, 2, 32)
    assert student.encoder.config.num_hidden_layers == 2
    learnt = teacher.state_dict()
    assert all(torch.equal(value, learnt[name]) for name, value in student.state_dict().items())
    assert teacher.encoder.config.num_hidden_layers == 3


@pytest.mark.parametrize("paired", [False, True])
def test_a_narrow_student_keeps_what_tells_words_apart(teacher, paired):
    student = student_of(teacher, 2, 16, paired=paired)
    name = "encoder.embeddings.word_embeddings.weight"
    wide, narrow = (network.state_dict()[name] for network in (teacher, student))
    assert narrow.shape == (len(wide), 16)
    kept = float((narrow**2).sum() / (wide**2).sum())
    assert 0.5 < kept < 1
    assert student(torch.tensor([[5, 6, 7, 8]])).targets.shape == (1, 4, TARGET_TAGS)


@pytest.mark.parametrize("pieces", [4, 5])
def test_what_is_read_in_pairs_does_not_feel_the_padding(teacher, pieces):
    student = student_of(teacher, 2, 16, paired=True).eval()
    text = [*range(7, 7 + pieces)]
    short, long = (student(torch.tensor([text + [PAD_ID] * (width - pieces)])) for width in (6, 16))
    assert torch.allclose(short.intents, long.intents, atol=1e-5)
    assert torch.allclose(short.targets[0, :pieces], long.targets[0, :pieces], atol=1e-5)


@pytest.mark.parametrize(("layers", "width"), [(4, 32), (2, 64)])
def test_a_student_is_no_larger_than_its_teacher(teacher, layers, width):
    with pytest.raises(TrainingError, match="larger than its teacher"):
        student_of(teacher, layers, width)


@pytest.mark.parametrize(("shift", "pulled"), [(0.0, False), (2.0, True), (-2.0, True)])
def test_a_student_is_pulled_until_it_answers_as_its_teacher(teacher, tokenizer, shift, pulled):
    gold = Example(
        TEXTS[0], "gold", sentiment="negative", intents=(), complaint=("other",), severity=0
    )
    rare = rare_weights(encode([gold], tokenizer), torch.device("cpu"))
    rows = answers(teacher, tokenizer, TEXTS, untold).logits
    examples = [
        Example(text, "weibo", taught=tuple((row + shift * np.arange(TAUGHT)).tolist()))
        for text, row in zip(TEXTS, rows, strict=True)
    ]
    for batch in batches(encode(examples, tokenizer), Recipe(batch_pieces=64), 0):
        teacher.zero_grad()
        loss(teacher(batch.ids), batch, rare, 0.0).backward()
        pull = max(float(head.linear.weight.grad.abs().max()) for head in teacher.heads.values())
        assert (pull > 0.05) is pulled


@pytest.mark.parametrize(("shift", "pulled"), [(0.0, False), (2.0, True)])
def test_tags_are_pulled_until_they_are_the_teachers(teacher, tokenizer, shift, pulled):
    gold = Example(
        TEXTS[0], "gold", sentiment="negative", intents=(), complaint=("other",), severity=0
    )
    rare = rare_weights(encode([gold], tokenizer), torch.device("cpu"))
    moved = answers(teacher, tokenizer, TEXTS[:1], untold)
    halves = (moved.tags + shift * np.arange(TARGET_TAGS)).astype(np.float16).tobytes()
    example = Example(TEXTS[0], "weibo", taught_tags=halves)
    for batch in batches(encode([example], tokenizer), Recipe(batch_pieces=64), 0):
        teacher.zero_grad()
        loss(teacher(batch.ids), batch, rare, 0.0).backward()
        pull = float(teacher.targets.weight.grad.abs().max())
        assert (pull > 0.02) is pulled
