"""The weight file's format, checked on bytes written by the test and on the real package."""

import json
import struct

import numpy as np
import pytest
from tokenizers import Tokenizer

from nlp.errors import TrainingError
from nlp.training import starting_weights, vocabulary


def test_a_block_unpacks_low_nibbles_first():
    nibbles = list(range(16)) + list(range(15, -1, -1))
    packed = bytes(low | high << 4 for low, high in zip(nibbles[:16], nibbles[16:], strict=True))
    block = struct.pack("<e", 0.5) + packed
    expected = (np.array(nibbles) - 8) * 0.5
    assert np.array_equal(starting_weights.unpack_q4(block * 2), np.tile(expected, 2))


def test_another_file_is_refused_by_name(tmp_path):
    path = tmp_path / "weights.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(TrainingError, match="no weight file: it starts with b'GGUF'"):
        starting_weights.read_weights(path)


def test_a_missing_package_names_the_remedy():
    with pytest.raises(TrainingError, match=r"tingyin\[train\]"):
        starting_weights.package_file("no_such_package", "weights.bin")


def test_every_tensor_of_the_real_file_has_its_place_and_a_sane_size():
    shape, weights = starting_weights.read_weights(starting_weights.weights_path())
    assert (shape.hidden, shape.layers, shape.vocabulary) == (384, 12, 250_037)
    assert len(weights) == 5 + 12 * 16
    assert weights["encoder.layer.3.intermediate.dense.weight"].shape == (1536, 384)
    assert weights["encoder.layer.3.output.dense.weight"].shape == (384, 1536)
    assert all(np.isfinite(tensor).all() for tensor in weights.values())
    assert 0.5 < weights["encoder.layer.0.attention.output.LayerNorm.weight"].mean() < 1.5


@pytest.mark.parametrize(
    ("rank", "piece", "kept"),
    [
        (0, "<s>", True),
        (250_001, "<mask>", False),
        (200_000, "▁手机", True),
        (200_000, "手機", False),
        (200_000, "！", True),
        (200_000, "😀", True),
        (100, "▁the", True),
        (200_000, "▁zebra", False),
        (100, "привет", False),
        (100, "감사", False),
    ],
)
def test_which_pieces_stay(rank, piece, kept):
    assert vocabulary.is_kept(rank, piece) is kept


def test_the_pruned_tokenizer_reads_chinese_as_the_whole_one_does():
    whole = starting_weights.read_tokenizer()
    kept = vocabulary.kept_ids(whole["model"]["vocab"])
    pieces = whole["model"]["vocab"]
    pruned = vocabulary.prune(whole, kept)
    assert [piece for piece, _ in pruned["model"]["vocab"]] == [pieces[i][0] for i in kept]
    assert [token["id"] for token in pruned["added_tokens"]] == [0, 1, 2, 3]
    small = Tokenizer.from_str(json.dumps(pruned, ensure_ascii=False))
    large = Tokenizer.from_str(json.dumps(whole, ensure_ascii=False))
    text = "这个手机用了两天就不充电了,客服态度太差!😀"
    assert small.encode(text).tokens == large.encode(text).tokens
    assert "<unk>" not in small.encode(text).tokens
