"""Customers as whole numbers, so that arrays can count them."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def codes_of(column: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return a code from 0 on for each cell, and the text behind each code, sorted."""
    whole = column.cast(pa.string()).combine_chunks().dictionary_encode()
    names: list[str] = whole.dictionary.to_pylist()
    order = sorted(range(len(names)), key=names.__getitem__)
    place = np.empty(len(names), dtype=np.int64)
    place[order] = np.arange(len(names))
    return place[whole.indices.to_numpy()], [names[number] for number in order]
