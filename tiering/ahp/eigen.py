"""The principal eigenvalue of a positive matrix, with its eigenvectors."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Principal:
    """The largest eigenvalue and its right eigenvector, positive, with the sum 1."""

    value: float
    vector: Vector


def principal(matrix: Matrix) -> Principal:
    """Return the principal eigenvalue and eigenvector; Perron: real, simple and positive."""
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    return Principal(float(values[first].real), vector / vector.sum())
