"""The shipped model: three files in a folder, and a manifest that says what they are.

`model.onnx` turns piece ids into scores, `tokenizer.json` turns text into piece ids, and
`manifest.json` holds labels, calibration and the digests of the other two.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nlp.errors import ArtifactError
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS

FORMAT = 1
MODEL, TOKENIZER, MANIFEST = "model.onnx", "tokenizer.json", "manifest.json"
SHIPPED = Path(__file__).parent.parent / "models" / "tingyin-small"
LABELS = {
    "sentiment": list(SENTIMENTS),
    "intents": list(INTENTS),
    "complaint": list(COMPLAINTS),
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns scores into probabilities and labels; chosen on texts never trained on.

    `sentiment_scale` divides the sentiment logits and `sentiment_shift` (one per class) is added;
    thresholds are probabilities, in the order of the labels; below `abstain_below` the sentiment
    is left open.
    """

    sentiment_scale: float
    sentiment_shift: tuple[float, ...]
    intent_thresholds: tuple[float, ...]
    complaint_thresholds: tuple[float, ...]
    severity_thresholds: tuple[float, ...]
    target_threshold: float
    abstain_below: float


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model folder that was read and found whole."""

    folder: Path
    version: str
    calibration: Calibration

    @property
    def model(self) -> Path:
        """Path of the network."""
        return self.folder / MODEL

    @property
    def tokenizer(self) -> Path:
        """Path of the tokenizer."""
        return self.folder / TOKENIZER


def read_artifact(folder: Path | None = None) -> Artifact:
    """Return the artifact in a folder, the shipped one when none is named.

    Raises
    ------
    ArtifactError
        When a file is missing or altered, or belongs to other labels or another format.
    """
    folder = folder or SHIPPED
    manifest = _manifest(folder)
    _check_contents(folder, manifest)
    calibration: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in manifest["calibration"].items()
    }
    return Artifact(folder, manifest["version"], Calibration(**calibration))


def write_manifest(folder: Path, calibration: Calibration) -> str:
    """Write the manifest of the files in `folder`; return the version, a digest of all of it."""
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "labels": LABELS,
        "files": {name: digest(folder / name) for name in (MODEL, TOKENIZER)},
        "calibration": asdict(calibration),
    }
    whole = json.dumps(manifest, sort_keys=True).encode()
    manifest["version"] = f"tingyin-small-{hashlib.sha256(whole).hexdigest()[:12]}"
    text = json.dumps(manifest, ensure_ascii=False, indent=2)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return str(manifest["version"])


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ArtifactError(
            f"no model in {folder}: {MANIFEST} is missing; reinstall or run `tingyin train`",
            f"{folder} 中没有模型：缺少 {MANIFEST}；请重新安装 tingyin 或运行 `tingyin train`",
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ArtifactError(
            f"{path} is broken ({error}); reinstall tingyin or run `tingyin train`",
            f"{path} 已损坏（{error}）；请重新安装 tingyin 或运行 `tingyin train`",
        ) from error
    _check_kind(path, manifest)
    return dict(manifest)


def _check_kind(path: Path, manifest: object) -> None:
    known: dict[str, Any] = manifest if isinstance(manifest, dict) else {}
    found = known.get("format")
    if found != FORMAT:
        raise ArtifactError(
            f"{path} has format {found!r}; this version of tingyin reads format {FORMAT}",
            f"{path} 的格式为 {found!r}；本版 tingyin 只读取格式 {FORMAT}",
        )
    if known["labels"] != LABELS:
        raise ArtifactError(
            f"{path} was trained for other labels; train again with `tingyin train`",
            f"{path} 是为其他标签训练的；请用 `tingyin train` 重新训练",
        )


def _check_contents(folder: Path, manifest: dict[str, Any]) -> None:
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file() or digest(path) != expected:
            state_en = "altered" if path.is_file() else "missing"
            state_zh = "被改动" if path.is_file() else "缺失"
            raise ArtifactError(
                f"{path} is {state_en}; reinstall tingyin or run `tingyin train`",
                f"{path} {state_zh}；请重新安装 tingyin 或运行 `tingyin train`",
            )
