"""`tingyin analyze` as people type it: the real model, real signals, documented exit codes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.analysis import rejects_path
from service.cli import main
from service.exit_codes import ExitCode
from service.files import read_rows, read_signals
from service.files.work_folder import work_path

TEXTS = (
    "用了两天就充不进电了，客服也不理人",
    "快递很快，包装完好，会回购",
    "请问这款有黑色吗",
    "再也不来了，退款拖了半个月，已经打了12315",
    "味道可以，就是量少",
    "我的电话13800138000，麻烦回电",
    "👍👍👍",
    "ok",
)
ROWS = 160
BATCH = 8
TINGYIN = (sys.executable, "-c", "from service.cli import main; main()")


def feedback_file(folder: Path, rows: int = ROWS) -> Path:
    """Write rows as a Chinese shop exports them; every 40th has no text."""
    path = folder / "评论.csv"
    lines = [
        f"{n},{'' if n % 40 == 7 else TEXTS[n % len(TEXTS)]},2026/1/{n % 28 + 1} 8:03,净水器"
        for n in range(rows)
    ]
    path.write_bytes("\r\n".join(["编号,评论内容,时间,商品", *lines, ""]).encode("gb18030"))
    return path


def typed(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Run the command in this process and return its exit status."""
    monkeypatch.setenv("TINGYIN_LANG", "en")
    monkeypatch.setattr(sys, "argv", ["tingyin", "analyze", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_a_chinese_export_becomes_signals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, output = feedback_file(tmp_path, 80), tmp_path / "out.parquet"
    assert typed(monkeypatch, source, "-o", output, "--explain") == ExitCode.DONE
    said = capsys.readouterr()
    assert "rows = signals + rejects: 80 = 78 + 2" in said.out
    assert "rejects.jsonl  (评论内容 2)" in said.out
    assert "text is read from '评论内容'" in said.err
    signals = {row["id"]: row for row in read_signals(output)}
    assert (signals["0"]["sentiment"], signals["1"]["sentiment"]) == ("negative", "positive")
    assert "complaint" in signals["0"]["intents"]
    assert signals["0"]["evidence"]
    assert signals["0"]["product"] == "净水器"
    assert signals["0"]["created_at"].isoformat() == "2026-01-01T08:03:00+08:00"
    assert "13800138000" not in json.dumps(signals["5"], default=str)


def test_strict_ends_with_4_and_keeps_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, output = feedback_file(tmp_path, 9), tmp_path / "out.csv"
    assert typed(monkeypatch, source, "-o", output, "--strict") == ExitCode.REJECTS
    assert len(list(read_signals(output))) == 8
    (reject,) = read_rows(rejects_path(output))
    assert (reject["file"], reject["line"], reject["column"]) == ("评论.csv", 9, "评论内容")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        pytest.param(
            ["no.csv", "-o", "out.csv"], ExitCode.BAD_INPUT, "does not exist", id="no input"
        ),
        pytest.param(["评论.csv"], ExitCode.USAGE, "--output", id="no output"),
        pytest.param(
            ["评论.csv", "-o", "out.csv", "--batch", "0"], ExitCode.USAGE, "--batch", id="batch"
        ),
        pytest.param(
            ["评论.csv", "-o", "out.doc"], ExitCode.CANNOT_WRITE, "use one of", id="extension"
        ),
        pytest.param(
            ["评论.csv", "-o", "no/out.csv"], ExitCode.CANNOT_WRITE, "make it first", id="folder"
        ),
        pytest.param(
            ["评论.csv", "-o", "评论.csv"], ExitCode.CANNOT_WRITE, "of the inputs", id="onto itself"
        ),
        pytest.param(
            ["评论.csv", "-o", "out.csv", "--map", "text=内客"],
            ExitCode.BAD_INPUT,
            "has no column",
            id="map",
        ),
        pytest.param(
            ["评论.csv", "-o", "out.csv", "--zone", "Mars"],
            ExitCode.BAD_INPUT,
            "known time zone",
            id="zone",
        ),
        pytest.param(
            ["评论.csv", "-o", "out.csv", "--at", "soon"],
            ExitCode.BAD_INPUT,
            "--at 'soon'",
            id="at",
        ),
        pytest.param(
            ["bare.txt", "-o", "out.csv"], ExitCode.BAD_INPUT, "--make-ids", id="bare text"
        ),
    ],
)
def test_every_refusal_has_its_exit_code_and_its_remedy(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: ExitCode,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    feedback_file(tmp_path, 9)
    (tmp_path / "bare.txt").write_text("text\n很好\n")
    before = sorted(tmp_path.iterdir())
    assert typed(monkeypatch, *arguments) == status
    assert said in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


def started(source: Path, output: Path) -> "subprocess.Popen[str]":
    """Start the command in a process of its own and wait until it has finished some parts."""
    process = subprocess.Popen(
        [*TINGYIN, "analyze", str(source), "-o", str(output), "--batch", str(BATCH)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TINGYIN_LANG": "en"},
    )
    while process.poll() is None and len(list(work_path(output).glob("parts/*[0-9]"))) < 3:
        time.sleep(0.02)
    assert process.poll() is None, process.communicate()[1]
    return process


def test_a_kill_loses_and_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, output, whole = (
        feedback_file(tmp_path),
        tmp_path / "out.jsonl",
        tmp_path / "whole.jsonl",
    )
    process = started(source, output)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not output.exists()
    for place in (output, whole):
        assert typed(monkeypatch, source, "-o", place, "--batch", BATCH) == ExitCode.DONE
    assert output.read_bytes() == whole.read_bytes()
    assert rejects_path(output).read_bytes() == rejects_path(whole).read_bytes()
    assert not work_path(output).exists()


def test_ctrl_c_says_how_to_go_on(tmp_path: Path) -> None:
    source, output = feedback_file(tmp_path), tmp_path / "out.jsonl"
    process = started(source, output)
    process.send_signal(signal.SIGINT)
    said = process.communicate()[1]
    assert process.returncode == ExitCode.INTERRUPTED, said
    assert f"kept in {work_path(output)}: the same command goes on" in said
    assert not output.exists()


@pytest.mark.parametrize(("device", "said"), [("tpu", "choose cpu or cuda"), ("cuda", "torch 2")])
def test_a_device_that_is_not_here_costs_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    device: str,
    said: str,
) -> None:
    import torch

    if device == "cuda" and torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    source, output = feedback_file(tmp_path, 8), tmp_path / "out.jsonl"
    assert typed(monkeypatch, source, "-o", output, "--device", device) == ExitCode.BAD_INPUT
    assert said in capsys.readouterr().err
    assert not output.exists()


def test_torch_writes_signals_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, output = feedback_file(tmp_path, 40), tmp_path / "out.jsonl"
    assert typed(monkeypatch, source, "-o", output, "--device", "cpu") == ExitCode.DONE
    assert sum(1 for _ in read_signals(output)) == 39


def test_the_fast_way_reads_all_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = feedback_file(tmp_path, 80)
    slow, fast = tmp_path / "slow.jsonl", tmp_path / "fast.jsonl"
    assert typed(monkeypatch, source, "-o", slow) == ExitCode.DONE
    assert typed(monkeypatch, source, "-o", fast, "--fast") == ExitCode.DONE
    pairs = list(zip(read_rows(slow), read_rows(fast), strict=True))
    assert len(pairs) == 78
    assert {b["model_version"] for _, b in pairs} == {f"{pairs[0][0]['model_version']}-fast"}
    assert sum(a["sentiment"] == b["sentiment"] for a, b in pairs) >= 70
    assert any(a["p_negative"] != b["p_negative"] for a, b in pairs)


def test_the_fast_way_takes_no_correction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source, correction = feedback_file(tmp_path, 8), tmp_path / "correction.json"
    arguments = (source, "-o", tmp_path / "out.jsonl", "--fast", "--correction", correction)
    assert typed(monkeypatch, *arguments) == ExitCode.BAD_INPUT
    assert "leave out either --fast or --correction" in capsys.readouterr().err
