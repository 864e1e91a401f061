"""`tingyin eval` on files that it cannot read: said in a line, with the documented exit status."""

import json
import sys
from pathlib import Path

import pytest

from service.cli import main
from service.exit_codes import ExitCode

LINE = '{"text": "客服不理人，屏幕也碎了", "label": 0}\n'


@pytest.mark.parametrize("options", [(), ("--binary",)], ids=["labels", "binary"])
@pytest.mark.parametrize(
    ("raw", "said"),
    [
        pytest.param(LINE.encode("gb18030"), "labels.jsonl:1: the encoding is GB18030", id="gb"),
        pytest.param(
            LINE.encode()[:-20] + b"\xff\n", "labels.jsonl:1: the file is UTF-8", id="byte"
        ),
    ],
)
def test_labels_that_are_no_utf8(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    raw: bytes,
    said: str,
    options: tuple[str, ...],
) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_bytes(raw)
    monkeypatch.setenv("TINGYIN_LANG", "en")
    monkeypatch.setattr(sys, "argv", ["tingyin", "eval", str(path), *options])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == ExitCode.BAD_INPUT
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "options",
    [(), ("--binary",), ("--challenge", "--binary"), ("--challenge", "labels.jsonl")],
    ids=" ".join,
)
def test_a_file_or_the_challenge_set_and_not_both(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TINGYIN_LANG", "en")
    monkeypatch.setattr(sys, "argv", ["tingyin", "eval", *options])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == ExitCode.BAD_INPUT
    assert "--challenge" in capsys.readouterr().err


def test_the_challenge_set_needs_no_data(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["tingyin", "eval", "--challenge", "--json"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == ExitCode.DONE
    figures = json.loads(capsys.readouterr().out)
    assert figures["n"] == sum(row["n"] for row in figures["slices"].values())
