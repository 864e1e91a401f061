"""`tingyin doctor`: each check can pass and can fail, and says what to do."""

import io
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from rich.console import Console

from service import doctor
from service.commands.doctor import table_of
from service.settings import Settings


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tingyin-test-") as name:
        yield Path(name)


@pytest.mark.parametrize("check", doctor.CHECKS, ids=lambda check: check.__name__.strip("_"))
def test_a_well_machine(check: object, folder: Path) -> None:
    finding = check(Settings(data_dir=folder, port=0))
    assert finding.well, finding.seen.en


def test_a_port_that_is_taken(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(data_dir=folder, port=taken.getsockname()[1])
        by_name = {f.name.en: f for f in (c(settings) for c in doctor.CHECKS[2:5])}
    assert not by_name["Port"].well
    assert "--port" in by_name["Port"].remedy.en


def test_a_folder_that_is_a_file(folder: Path) -> None:
    (folder / "file").write_text("here first")
    settings = Settings(data_dir=folder / "file" / "data")
    finding = next(c(settings) for c in doctor.CHECKS if c.__name__ == "_data_dir")
    assert not finding.well


def test_a_server_that_is_not_there(folder: Path) -> None:
    url = SecretStr("postgresql://u:hush@127.0.0.1:9/none?connect_timeout=2")
    settings = Settings(data_dir=folder, database_url=url)
    finding = next(c(settings) for c in doctor.CHECKS if c.__name__ == "_database")
    assert not finding.well
    assert "hush" not in finding.seen.en


def test_the_table_shows_both_languages_and_the_remedies() -> None:
    from nlp.message import Message

    bad = doctor.Finding(
        Message("Port", "端口"), False, Message("taken", "被占用"), Message("Free it.", "请释放。")
    )
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table_of([bad]))
    text = console.export_text()
    for part in ("Port", "端口", "被占用", "Free it.", "请释放。"):
        assert part in text
