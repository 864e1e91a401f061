"""The shipped model: a few files in a folder, and a manifest that says what they are.

`tokenizer.json` turns text into piece ids, `model.onnx` turns those into scores, and `probes.json`
tells whether the scores are right on this processor. `fast.onnx` and `fast-probes.json` are a
small network that reads first where speed counts most; a model may lack them. `manifest.json`
holds labels, calibrations and the digests of the others.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nlp.errors import ArtifactError
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES

FORMAT = 2
MODEL, TOKENIZER, PROBES = "model.onnx", "tokenizer.json", "probes.json"
FAST_MODEL, FAST_PROBES = "fast.onnx", "fast-probes.json"
MANIFEST = "manifest.json"
SHIPPED = Path(__file__).parent.parent / "models" / "tingyin-small"
LABELS = {
    "sentiment": list(SENTIMENTS),
    "intents": list(INTENTS),
    "complaint": list(COMPLAINTS),
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns scores into probabilities and labels; chosen on texts never trained on.

    A scale divides the logits, and a shift is added: for the sentiment over all classes, for the
    other heads label by label. Thresholds are on the calibrated probabilities, in the order of the
    labels. Below `abstain_below` the sentiment is left open, below `..._open_below` the answer of
    another head.
    """

    sentiment_scale: float
    sentiment_shift: tuple[float, ...]
    intent_thresholds: tuple[float, ...]
    complaint_thresholds: tuple[float, ...]
    severity_thresholds: tuple[float, ...]
    target_threshold: float
    abstain_below: float
    intent_scale: tuple[float, ...] = (1.0,) * len(INTENTS)
    intent_shift: tuple[float, ...] = (0.0,) * len(INTENTS)
    complaint_scale: tuple[float, ...] = (1.0,) * len(COMPLAINTS)
    complaint_shift: tuple[float, ...] = (0.0,) * len(COMPLAINTS)
    severity_scale: tuple[float, ...] = (1.0,) * (len(SEVERITIES) - 1)
    severity_shift: tuple[float, ...] = (0.0,) * (len(SEVERITIES) - 1)
    intents_open_below: float = 0.0
    complaint_open_below: float = 0.0
    severity_open_below: float = 0.0


@dataclass(frozen=True, slots=True)
class FastPath:
    """How the small network is read: a text surer than `sure_from` is not read again."""

    calibration: Calibration
    sure_from: float


@dataclass(frozen=True, slots=True)
class Artifact:
    """A model folder that was read and found whole."""

    folder: Path
    version: str
    calibration: Calibration
    fast: FastPath | None = None

    @property
    def model(self) -> Path:
        """Path of the network."""
        return self.folder / MODEL

    @property
    def tokenizer(self) -> Path:
        """Path of the tokenizer."""
        return self.folder / TOKENIZER

    @property
    def probes(self) -> Path:
        """Path of the probes."""
        return self.folder / PROBES

    @property
    def fast_model(self) -> Path:
        """Path of the small network."""
        return self.folder / FAST_MODEL

    @property
    def fast_probes(self) -> Path:
        """Path of the small network's probes."""
        return self.folder / FAST_PROBES

    def fast_path(self) -> FastPath:
        """Return how the small network is read.

        Raises
        ------
        ArtifactError
            When the model has none.
        """
        if self.fast is None:
            raise ArtifactError(
                f"the model in {self.folder} has no {FAST_MODEL}; read without `fast`, or train "
                "again with `tingyin train`",
                f"{self.folder} 中的模型没有 {FAST_MODEL}；请不用 fast，或重新训练",
            )
        return self.fast


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
    fast = manifest["fast"]
    return Artifact(
        folder,
        manifest["version"],
        _calibration(manifest["calibration"]),
        fast and FastPath(_calibration(fast["calibration"]), fast["sure_from"]),
    )


def _calibration(fields: dict[str, Any]) -> Calibration:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    return Calibration(**values)


def write_manifest(folder: Path, calibration: Calibration, fast: FastPath | None = None) -> str:
    """Write the manifest of the files in `folder`; return the version, a digest of all of it."""
    names = (MODEL, TOKENIZER, PROBES, *((FAST_MODEL, FAST_PROBES) if fast else ()))
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "labels": LABELS,
        "files": {name: digest(folder / name) for name in names},
        "calibration": asdict(calibration),
        "fast": fast and asdict(fast),
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
