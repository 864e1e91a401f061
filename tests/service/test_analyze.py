"""A feedback file to signals: nothing lost, nothing doubled, whatever interrupts it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from nlp.message import Message
from nlp.schema import Signals
from service.analysis import (
    Job,
    Listener,
    Model,
    Progress,
    Totals,
    rejects_path,
    run_job,
)
from service.cli import exit_code_of
from service.errors import InputError, OutputError, TooManyRowsError
from service.exit_codes import ExitCode
from service.files import read_rows, read_signals, write_rows
from service.files.contract.seen import SeenIds
from service.files.fingerprint import fingerprint
from service.files.format import Format
from service.files.work_folder import work_path
from service.files.writers import MOST_ROWS

ROWS = 95
BATCH = 10


def length_of(text: str) -> Signals:
    """Say something that depends on the text alone, without a model."""
    share = len(text) % 10 / 10
    return Signals(
        sentiment="neutral",
        p_negative=share,
        p_neutral=(10 - len(text) % 10) / 10,
        p_positive=0.0,
        confidence=0.5,
        abstained=False,
        intents=("inquiry",) if share else (),
        complaint=(),
        severity=0,
        targets=(),
        evidence=(),
        keyphrases=(text[:2],),
        spam=False,
        masked_text=text,
        model_version="length",
    )


def analyse(texts: Iterable[str]) -> Iterator[Signals]:
    return map(length_of, texts)


MODEL = Model("length", analyse)


def stopping_after(count: int, error: BaseException) -> Model:
    """Give a model that fails on the text after `count` texts."""
    done = iter(range(count))

    def analyse_some(texts: Iterable[str]) -> Iterator[Signals]:
        for text in texts:
            if next(done, None) is None:
                raise error
            yield length_of(text)

    return Model("length", analyse_some)


class Heard:
    """Remembers what a run said."""

    def __init__(self) -> None:
        self.remarks: list[Message] = []
        self.progress: list[Progress] = []
        self.listener = Listener(self.remarks.append, self.progress.append)

    @property
    def said(self) -> str:
        return " / ".join(remark.en for remark in self.remarks)


def feedback_file(folder: Path, rows: int = ROWS) -> Path:
    """Write rows of which every tenth repeats an id and every fifteenth has no text."""
    path = folder / "in.csv"
    ids = [n // 10 * 10 if n % 10 == 9 else n for n in range(rows)]
    texts = ["" if n % 15 == 7 else "差" * (n % 23 + 1) for n in range(rows)]
    lines = [f"{n},{text},2026-01-05" for n, text in zip(ids, texts, strict=True)]
    path.write_text("\n".join(["id,text,created_at", *lines, ""]))
    return path


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(feedback_file(tmp_path), tmp_path / "out.jsonl", batch=BATCH)


def run(job: Job, model: Model = MODEL, **options: bool) -> tuple[Totals, Heard]:
    heard = Heard()
    return run_job(job, lambda: model, heard.listener, **options), heard


def outcome(job: Job) -> tuple[bytes, bytes]:
    return job.output.read_bytes(), rejects_path(job.output).read_bytes()


def test_every_row_is_a_signal_or_a_reject(job: Job) -> None:
    totals, heard = run(job)
    rejects = list(read_rows(rejects_path(job.output)))
    signals = list(read_signals(job.output))
    assert totals == Totals(ROWS, len(signals), len(rejects), {"id": 9, "text": 6})
    assert totals.rows == totals.signals + totals.rejects
    lines = {int(row["id"]) + 2 for row in signals} | {row["line"] for row in rejects}
    assert lines == set(range(2, ROWS + 2))
    assert {row["reason"] for row in rejects} >= {
        "the text is empty",
        "the id stands on line 2 already",
    }
    assert heard.progress[-1].position == heard.progress[-1].size == job.source.stat().st_size
    assert [row["id"] for row in signals] == [
        str(n) for n in range(ROWS) if n % 10 != 9 and n % 15 != 7
    ]


def test_nothing_but_the_results_is_left(job: Job) -> None:
    run(job)
    left = {entry.name for entry in job.output.parent.iterdir()}
    assert left == {"in.csv", "out.jsonl", "out.jsonl.rejects.jsonl"}


def test_without_rejects_there_is_no_reject_file(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text,created_at\n1,好,2026-01-05\n")
    rejects_path(tmp_path / "out.csv").write_text("of an earlier run")
    assert run(Job(source, tmp_path / "out.csv"))[0] == Totals(1, 1, 0)
    assert not rejects_path(tmp_path / "out.csv").exists()


def test_a_header_alone_gives_an_empty_table(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text,created_at\n")
    assert run(Job(source, tmp_path / "out.parquet"))[0] == Totals(0, 0, 0)
    assert list(read_signals(tmp_path / "out.parquet")) == []


@pytest.mark.parametrize("extension", ["jsonl", "csv", "parquet", "xlsx"])
def test_every_format_holds_the_same_signals(job: Job, extension: str) -> None:
    other = replace(job, output=job.output.with_name(f"other.{extension}"))
    run(job)
    run(other)
    assert list(read_signals(other.output)) == list(read_signals(job.output))


@pytest.mark.parametrize("stop", [0, 1, 9, 17, 40, 74])
def test_an_interrupted_run_goes_on_where_it_was(job: Job, stop: int) -> None:
    whole = replace(job, output=job.output.with_name("whole.jsonl"))
    run(whole)
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(stop, KeyboardInterrupt()))
    assert not job.output.exists()
    totals, heard = run(replace(job, batch=BATCH + stop))
    assert outcome(job) == outcome(whole)
    assert totals.rows == ROWS
    done = heard.progress[-1].rows - heard.progress[-1].new_rows
    assert (done > 0) == ("going on after" in heard.said)


def test_an_id_seen_before_the_interruption_is_still_known(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("id,text,created_at\n" + "1,好,2026-01-05\n" * 25)
    job = Job(source, tmp_path / "out.jsonl", batch=BATCH)

    def interrupt(progress: Progress) -> None:
        raise KeyboardInterrupt(progress)

    with pytest.raises(KeyboardInterrupt):
        run_job(job, lambda: MODEL, Listener(Heard().remarks.append, interrupt))
    assert run(job)[0] == Totals(25, 1, 24, {"id": 24})


def test_ids_of_an_unfinished_part_are_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    seen = SeenIds(path, 0)
    assert seen.first_line("a", 2) is None
    seen.keep(10)
    assert seen.first_line("b", 3) is None
    seen.keep(20)
    seen.close()
    again = SeenIds(path, 10)
    assert (again.first_line("a", 9), again.first_line("b", 9)) == (2, None)
    again.close()


def test_a_kill_after_the_assembly_is_tidied_up(job: Job) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(5, KeyboardInterrupt()))
    work = work_path(job.output)
    kept = {path: path.read_bytes() for path in work.rglob("*") if path.is_file()}
    run(job)
    expected = outcome(job)
    for path, raw in kept.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    (work / "complete").touch()
    run(job)
    assert outcome(job) == expected
    assert not work.exists()


def test_what_a_desktop_or_a_kill_leaves_in_the_folder_is_no_part(job: Job) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(30, KeyboardInterrupt()))
    work = work_path(job.output)
    (work / "parts" / ".DS_Store").touch()
    (work / ".manifest.json.partial").touch()
    (work / "parts" / "000000000099.partial").mkdir()
    assert run(job)[0].rows == ROWS
    assert not work.exists()


CHANGES: dict[str, tuple[Callable[[Job], Job], str]] = {
    "zone": (lambda job: replace(job, zone=type(job.zone)("UTC")), "options.zone"),
    "date form": (lambda job: replace(job, date_form="%Y-%m-%d"), "options.date_format"),
    "mapping": (lambda job: replace(job, mapping={"text": "text"}), "options.map"),
    "explain": (lambda job: replace(job, explain=True), "options.explain"),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_parts_of_other_options_are_not_gone_on_with(
    job: Job, change: Callable[[Job], Job], said: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(30, KeyboardInterrupt()))
    with pytest.raises(InputError, match=rf"{said}.*--fresh"):
        run(change(job))
    assert run(change(job), fresh=True)[0].rows == ROWS


def test_parts_of_another_model_are_not_gone_on_with(job: Job) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(30, KeyboardInterrupt()))
    with pytest.raises(InputError, match=r"model.version: 'length' -> 'newer'"):
        run(job, replace(MODEL, version="newer"))


def test_parts_of_another_input_are_not_gone_on_with(job: Job) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(30, KeyboardInterrupt()))
    feedback_file(job.source.parent, ROWS + 1)
    with pytest.raises(InputError, match=r"input.size.*--fresh"):
        run(job)
    assert run(job, fresh=True)[0].rows == ROWS + 1


def test_an_input_that_changes_while_it_is_read_is_noticed(job: Job) -> None:
    def analyse_and_change(texts: Iterable[str]) -> Iterator[Signals]:
        os.utime(job.source, (1, 1))
        return map(length_of, texts)

    with pytest.raises(InputError, match="was changed while it was read"):
        run(job, Model("length", analyse_and_change))
    assert not job.output.exists()


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("early", [True, False], ids=["before the rows", "between the rows"])
def test_an_input_that_goes_away_while_it_is_read_is_noticed(
    tmp_path: Path, kind: str, early: bool
) -> None:
    source, away = tmp_path / f"in.{kind}", tmp_path / "renamed"
    write_rows(source, ({"id": str(n), "text": "差", "created_at": "2026-01-05"} for n in range(9)))
    job = Job(source, tmp_path / "out.jsonl", batch=4)

    def loading() -> Model:
        if early:
            source.rename(away)
        return Model("length", analysing)

    def analysing(texts: Iterable[str]) -> Iterator[Signals]:
        if source.exists():
            source.rename(away)
        return map(length_of, texts)

    with pytest.raises(
        InputError, match=r"was changed while it was read: .* put it back"
    ) as caught:
        run_job(job, loading, Heard().listener)
    assert exit_code_of(caught.value) is ExitCode.BAD_INPUT
    assert not job.output.exists()
    away.rename(source)
    totals, heard = run(job)
    assert totals == Totals(9, 9, 0)
    assert ("going on after 9 rows" in heard.said) is not early


def test_a_missing_file_of_the_model_is_not_blamed_on_the_input(job: Job) -> None:
    with pytest.raises(FileNotFoundError, match="model"):
        run(job, stopping_after(3, FileNotFoundError("model.onnx")))


def test_an_excel_output_that_cannot_hold_the_signals_ends_at_once_and_the_parts_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ROWS[Format.XLSX] == 1_048_575
    monkeypatch.setitem(MOST_ROWS, Format.XLSX, 40)
    (tmp_path / "two words").mkdir()
    job = Job(feedback_file(tmp_path), tmp_path / "two words" / "out.xlsx", batch=BATCH)
    whole = replace(job, output=tmp_path / "whole.csv")
    run(whole)
    with pytest.raises(TooManyRowsError, match="more than 40 signals") as caught:
        run(job)
    assert exit_code_of(caught.value) is ExitCode.CANNOT_WRITE
    done = max(int(part.name) for part in (work_path(job.output) / "parts").iterdir())
    assert 40 < done < 60

    with pytest.raises(TooManyRowsError) as again:
        run(job, stopping_after(0, AssertionError("analysed in vain")))
    (move,) = re.findall(
        "go on with what is finished: (mv .*), then the same command with -o", str(again.value)
    )
    subprocess.run(move, shell=True, check=True)
    other = replace(job, output=job.output.with_suffix(".csv"))
    _, heard = run(other)
    assert f"going on after {done} rows" in heard.said
    assert outcome(other) == outcome(whole)
    assert not work_path(job.output).exists()


def test_an_excel_output_that_is_just_full_is_written(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    signals = run(job)[0].signals
    monkeypatch.setitem(MOST_ROWS, Format.XLSX, signals)
    full = replace(job, output=job.output.with_name("full.xlsx"))
    assert run(full)[0].signals == signals
    assert list(read_signals(full.output)) == list(read_signals(job.output))


def test_a_parquet_file_with_one_broken_text_costs_that_row(tmp_path: Path) -> None:
    texts = pa.array(["好".encode(), "退款".encode() + b"\xe7", "差".encode()] * 4)
    broken = pa.Array.from_buffers(pa.string(), len(texts), texts.buffers())
    table = pa.table(
        {
            "id": [str(n) for n in range(12)],
            "text": broken,
            "created_at": ["2026-01-05"] * 12,
            "unused": broken,
        }
    )
    source = tmp_path / "in.parquet"
    pq.write_table(table, source)
    job = Job(source, tmp_path / "out.jsonl", batch=5)
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(3, KeyboardInterrupt()))
    assert run(job)[0] == Totals(12, 8, 4, {"text": 4})
    rejects = list(read_rows(rejects_path(job.output)))
    assert [row["line"] for row in rejects] == [2, 5, 8, 11]
    assert {row["file"] for row in rejects} == {"in.parquet"}
    assert "bytes that are no UTF-8" in rejects[0]["reason"]
    assert rejects[0]["value"].startswith("退款")


def test_a_model_that_loses_a_text_is_not_believed(job: Job) -> None:
    with pytest.raises(ValueError, match="shorter"):
        run(job, Model("lossy", lambda texts: map(length_of, list(texts)[1:])))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        pytest.param(lambda job: job.output.write_text("old"), "--overwrite", id="output exists"),
        pytest.param(
            lambda job: work_path(job.output).mkdir() or (work_path(job.output) / "mine").touch(),
            "holds other things",
            id="work folder of somebody else",
        ),
        pytest.param(
            lambda job: work_path(job.output).touch(), "cannot write", id="file in the way"
        ),
    ],
)
def test_what_is_there_is_not_trampled_on(
    job: Job, spoil: Callable[[Job], object], said: str
) -> None:
    spoil(job)
    before = {path: path.stat().st_size for path in job.output.parent.rglob("*")}
    with pytest.raises(OutputError, match=said):
        run(job)
    after = {path: path.stat().st_size for path in job.output.parent.rglob("*")}
    assert {path: after.get(path) for path in before} == before


def test_overwrite_replaces_the_output_at_the_end(job: Job) -> None:
    job.output.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        run(job, stopping_after(30, KeyboardInterrupt()), overwrite=True)
    assert job.output.read_text() == "old"
    assert run(job, overwrite=True)[0].rows == ROWS
    assert len(list(read_signals(job.output))) < ROWS


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        pytest.param({"output": Path("in.csv")}, OutputError, "of the inputs", id="onto itself"),
        pytest.param({"output": Path("no/out.csv")}, OutputError, "make it first", id="no folder"),
        pytest.param({"output": Path("out.doc")}, OutputError, "use one of", id="extension"),
        pytest.param({"source": Path("no.csv")}, InputError, "does not exist", id="no input"),
        pytest.param({"source": Path()}, InputError, "is a folder", id="folder"),
        pytest.param(
            {"make_ids": True, "mapping": {"id": "id"}}, InputError, "contradict", id="two ids"
        ),
        pytest.param({"sheet": "一"}, InputError, "no Excel", id="sheet"),
        pytest.param({"mapping": {"text": "x"}}, InputError, "has no column 'x'", id="mapping"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_model_is_loaded(
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, object],
    error: type[Exception],
    said: str,
) -> None:
    monkeypatch.chdir(job.source.parent)

    def load() -> Model:
        raise AssertionError("the model was loaded")

    with pytest.raises(error, match=said):
        run_job(replace(job, **change), load, Heard().listener)  # type: ignore[arg-type]  # rows of the table


def test_two_processes_do_not_work_in_one_folder(job: Job) -> None:
    def analyse_and_start_again(texts: Iterable[str]) -> Iterator[Signals]:
        with pytest.raises(OutputError, match="another process"):
            run(job)
        return map(length_of, texts)

    assert run(job, Model("length", analyse_and_start_again))[0].rows == ROWS


def test_a_folder_that_may_not_be_written(job: Job) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    job.output.parent.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="cannot write"):
            run(job)
    finally:
        job.output.parent.chmod(0o700)


def test_a_full_disk_keeps_the_parts_and_the_same_command_goes_on(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    texts = "".join(f"{n},{'差' * (900 if n > 50 else 3)},2026-01-05\n" for n in range(ROWS))
    source.write_text(f"id,text,created_at\n{texts}")
    job = Job(source, tmp_path / "out.jsonl", batch=BATCH)
    script = f"""
import importlib.util, pathlib, resource
spec = importlib.util.spec_from_file_location("facts", {__file__!r})
facts = importlib.util.module_from_spec(spec)
spec.loader.exec_module(facts)
resource.setrlimit(resource.RLIMIT_FSIZE, (16_384, resource.RLIM_INFINITY))
job = facts.Job(pathlib.Path({str(source)!r}), pathlib.Path({str(job.output)!r}), batch={BATCH})
try:
    facts.run(job)
except facts.OutputError as error:
    print(error)
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert "cannot write" in ended.stdout, ended.stderr
    assert not job.output.exists()
    totals, heard = run(job)
    assert totals == Totals(ROWS, ROWS, 0)
    assert "going on after" in heard.said


def test_a_fingerprint_sees_every_ordinary_change(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(b"a" * (3 << 20))
    seen = [fingerprint(path)]
    for place in (0, (3 << 20) - 1):
        with path.open("r+b") as stream:
            stream.seek(place)
            stream.write(b"b")
        os.utime(path, ns=(0, int(seen[0]["changed"])))
        seen.append(fingerprint(path))
    assert len({json.dumps(one) for one in seen}) == len(seen)
