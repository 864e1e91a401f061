"""Cut texts into the pieces that the encoder reads, with offsets into the text."""

from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

MAX_PIECES = 192
HEAD_PIECES = 128
PAD_ID = 1


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text as the encoder reads it.

    `ids` has shape (pieces,), `offsets` (pieces, 2): half-open character offsets into the
    normalised text; special pieces have empty spans.
    """

    ids: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)


def cut(tokenizer: Tokenizer, texts: list[str]) -> list[Pieces]:
    """Return the pieces of normalised texts; a long text keeps its head and its tail.

    Opinions are concluded at the end and set out at the start, so of a text of more than
    `MAX_PIECES` pieces the first `HEAD_PIECES` and the last of the rest are read.
    """
    return [_window(encoding) for encoding in tokenizer.encode_batch(texts)]


def _window(encoding: Encoding) -> Pieces:
    size = len(encoding)
    ids = np.fromiter(encoding.ids, np.int64, size)
    ends = np.fromiter(chain.from_iterable(encoding.offsets), np.int32, 2 * size)
    offsets = ends.reshape(size, 2)
    if size > MAX_PIECES:
        tail = MAX_PIECES - HEAD_PIECES
        ids = np.concatenate([ids[:HEAD_PIECES], ids[-tail:]])
        offsets = np.concatenate([offsets[:HEAD_PIECES], offsets[-tail:]])
    return Pieces(ids, offsets)


def pad(pieces: list[Pieces], multiple: int = 16) -> npt.NDArray[np.int64]:
    """Return ids of shape (texts, longest rounded up to `multiple`), padded with `PAD_ID`."""
    longest = max(map(len, pieces))
    width = -(-longest // multiple) * multiple
    batch = np.full((len(pieces), width), PAD_ID, dtype=np.int64)
    for row, piece in zip(batch, pieces, strict=True):
        row[: len(piece)] = piece.ids
    return batch
