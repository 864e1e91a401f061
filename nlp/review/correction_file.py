"""A correction as a small file: JSON, its numbers as float32 in base64, its digest beside them."""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from nlp.review.correction import Correction, Floats, Head
from nlp.review.errors import CorrectionError

FORMAT = 1
DIGITS = 8
SIZES = {
    "sentiment": len(SENTIMENTS),
    "intents": len(INTENTS),
    "complaint": len(COMPLAINTS),
    "severity": 3,
}


def correction_text(correction: Correction) -> str:
    """Return the contents of a correction file."""
    row: dict[str, Any] = {
        "format": FORMAT,
        "model_version": correction.model_version,
        "texts": correction.texts,
        "width": correction.width,
        "scale": correction.scale,
        "center": _packed(correction.center),
        "heads": {
            name: {"weights": _packed(head.weights), "temperature": head.temperature}
            for name, head in correction.heads.items()
        },
    }
    return json.dumps({**row, "digest": _digest(row)}, indent=1) + "\n"


def read_correction(path: Path, model_version: str) -> Correction:
    """Return the correction in a file, for the model of that version.

    Raises
    ------
    CorrectionError
        The file is missing, broken or altered, or was fitted on another model.
    """
    row = _row(path)
    if row["model_version"] != model_version:
        raise CorrectionError(
            f"{path} corrects {row['model_version']}, but the model is {model_version}; run"
            " tingyin review import again to fit it to this model",
            f"{path} 针对的模型是 {row['model_version']}，而当前模型是 {model_version}；"
            "请重新运行 tingyin review import",
        )
    return correction_of(row)


def correction_of(row: dict[str, Any]) -> Correction:
    """Return the correction in the parsed contents of a file that was found whole."""
    heads = {
        name: Head(_unpacked(head["weights"]).reshape(SIZES[name], -1), float(head["temperature"]))
        for name, head in row["heads"].items()
    }
    center, scale = _unpacked(row["center"]), float(row["scale"])
    return Correction(row["model_version"], int(row["texts"]), center, scale, heads)


def correction_version(correction: Correction) -> str:
    """Return the version of the corrected model: the model's, and a digest of the correction."""
    digest = json.loads(correction_text(correction))["digest"]
    return f"{correction.model_version}+{digest[:DIGITS]}"


def _row(path: Path) -> dict[str, Any]:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        whole = isinstance(row, dict) and row.pop("digest", None) == _digest(row)
        why = "its digest does not fit", "校验值不符"
    except (OSError, ValueError, RecursionError) as error:
        row, whole, why = None, False, (str(error), str(error))
    if whole and isinstance(row, dict) and row.get("format") == FORMAT:
        return row
    raise CorrectionError(
        f"{path} is no correction of format {FORMAT} ({why[0]}); make one with tingyin review"
        " import",
        f"{path} 不是格式 {FORMAT} 的修正文件（{why[1]}）；请用 tingyin review import 生成",
    )


def _digest(row: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()


def _packed(array: Floats) -> str:
    return base64.b64encode(array.astype("<f4").tobytes()).decode("ascii")


def _unpacked(text: str) -> Floats:
    return np.frombuffer(base64.b64decode(text), dtype="<f4").astype(np.float64)
