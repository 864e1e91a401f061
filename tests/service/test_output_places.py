"""What cannot be written is told before anything is read, by every command that writes a table."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import build_app, exit_code_of
from service.errors import OutputError
from service.exit_codes import ExitCode, ended
from service.files.places import demand_place, demand_tables

# No file of these exists: whoever reads one before it looks at the output says so instead.
COMMANDS = {
    "analyze": "analyze in.csv",
    "actions": "actions tiers.csv --signals s.jsonl",
    "attribution": "attribution paths.csv",
    "campaigns": "campaigns in.csv --signals s.jsonl",
    "churn": "churn --orders o.csv",
    "duplicates": "duplicates in.csv",
    "experiment read": "experiment read e.csv --plan plan.yaml --orders o.csv",
    "experiment returns": "experiment returns in.csv",
    "experiment uplift": "experiment uplift in.csv",
    "export": "export tiers.csv",
    "features": "features --orders o.csv",
    "funnel": "funnel --engagement e.csv --orders o.csv",
    "interview": "interview tiers.csv",
    "kpi": "kpi tiers.csv",
    "lift": "lift tiers.csv --orders o.csv --days 30",
    "migration": "migration a.csv b.csv",
    "opinions": "opinions s.jsonl",
    "score": "score --orders o.csv --signals s.jsonl",
    "segments": "segments --orders o.csv",
    "tags": "tags --orders o.csv --signals s.jsonl",
    "transcripts": "transcripts in.csv",
    "watch": "watch s.jsonl",
}
SECOND = {
    # a further output of a command, and the rest of its words
    "authors": "score --orders o.csv --signals s.jsonl -o t.csv --authors",
    "changes": "tags --orders o.csv --signals s.jsonl -o t.csv --changes",
    "mentions": "opinions s.jsonl -o o.csv --mentions",
    "moves": "thresholds tiers.csv --offers offers.yaml --moves",
}
PLACES = {
    # what the output is -> what is said
    "a wrong extension": ("out.doc", "extension '.doc' is not known for output; use one of"),
    "in no folder": ("none/out.csv", "its folder does not exist; make it first"),
    "a folder": (".", "is a folder; name a file in it"),
}


def said(words: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(build_app(), words, standalone_mode=False)
    assert done.exception is not None
    assert exit_code_of(done.exception) == ExitCode.CANNOT_WRITE, done.exception
    assert list(folder.iterdir()) == []
    return str(done.exception)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_output_that_cannot_be(
    command: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, told = PLACES[place]
    assert told in said([*COMMANDS[command].split(), "-o", output], tmp_path, monkeypatch)


@pytest.mark.parametrize("words", SECOND.values(), ids=SECOND)
def test_a_second_output_that_cannot_be(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "extension '.doc'" in said([*words.split(), "out.doc"], tmp_path, monkeypatch)


def test_one_file_for_two_outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = SECOND["changes"].split()
    assert "is named for two outputs" in said([*words, "./t.csv"], tmp_path, monkeypatch)


def test_an_input_under_another_name_is_still_the_input(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("a\n1\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "in.csv")
    with pytest.raises(OutputError, match="one of the inputs"):
        demand_place(tmp_path / "link.csv", [None, tmp_path / "in.csv"])
    demand_tables([None, tmp_path / "new.csv"], [tmp_path / "in.csv", tmp_path / "none.csv"])


@pytest.mark.parametrize(
    ("rejects", "strict", "status"),
    [([], True, 0), ([1], False, 0), ([1], True, 4), (0, True, 0), (3, True, 4)],
)
def test_how_a_command_ends(rejects: list[int] | int, strict: bool, status: int) -> None:
    assert ended(rejects, strict=strict) == status
