"""Files of judgements: YAML or JSON, one matrix a name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from nlp.message import Message
from tiering.ahp.consistency import RANDOM_INDEXES
from tiering.ahp.hierarchy import Hierarchy
from tiering.ahp.judgements import Judgements
from tiering.errors import JudgementError
from tiering.policy_reader import read_yaml

KEYS = ("random_index", "goal", "judgements")
MATRIX_KEYS = ("elements", "matrix")
GOAL = "dimensions"


def load_hierarchy(path: Path | str) -> Hierarchy:
    """Return the hierarchy that a YAML or JSON file describes.

    Keys: `judgements`, matrices by name, each with `elements` and `matrix` (square, or the upper
    triangle with the diagonal; null for what nobody judged); `goal`, the top matrix, `dimensions`
    when left out; `random_index`, `donegan-dodd` when left out.

    Raises
    ------
    JudgementError
        The file cannot be read, a key is unknown or missing, or a matrix cannot be used.
    """
    path = Path(path)
    data = read_yaml(path, Message("judgements", "判断矩阵"), JudgementError)
    return hierarchy_of(data, str(path))


def hierarchy_of(data: object, source: str) -> Hierarchy:
    """Return the hierarchy of plain data; errors name `source`.

    Raises
    ------
    JudgementError
        As for `load_hierarchy`.
    """
    cells = _section(data, KEYS, source)
    index = cells.get("random_index", "donegan-dodd")
    if index not in RANDOM_INDEXES:
        _refuse(source, f"random_index {index!r}", f"one of {', '.join(RANDOM_INDEXES)}")
    matrices = cells.get("judgements")
    if not isinstance(matrices, Mapping) or not matrices:
        _refuse(source, f"judgements {matrices!r}", "a section of matrices by name")
    named = {
        str(name): _judgements(f"{source}, {name}", matrix) for name, matrix in matrices.items()
    }
    return Hierarchy(str(cells.get("goal", GOAL)), named, str(index))


def _judgements(place: str, data: object) -> Judgements:
    cells = _section(data, MATRIX_KEYS, place)
    elements = _list(place, "elements", cells.get("elements"))
    rows = _list(place, "matrix", cells.get("matrix"))
    cells_of = [_list(place, f"row {number}", row) for number, row in enumerate(rows, start=1)]
    return Judgements.of(place, [str(name) for name in elements], cells_of)


def _list(place: str, name: str, data: object) -> list[Any]:
    if isinstance(data, list):
        return data
    return _refuse(place, f"{name} {data!r}", "a list [...]")


def _section(data: object, keys: Sequence[str], place: str) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        _refuse(place, repr(data), f"a section with the keys {', '.join(keys)}")
    for name in data:
        if name not in keys:
            _refuse(place, f"key {name!r}", f"one of {', '.join(keys)}")
    return data


def _refuse(place: str, found: str, allowed: str) -> NoReturn:
    raise JudgementError(
        f"{place}: {found} must be {allowed}", f"{place}：{found} 无效；应为 {allowed}"
    )
