"""The notebook runs from top to bottom, and is stored without outputs."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "main_job.ipynb"
SECONDS = 300


@pytest.fixture(scope="module")
def stored() -> NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def executed() -> NotebookNode:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(ROOT)}},
    )
    client.execute()
    return notebook


def _printed(notebook: NotebookNode) -> str:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [
        output.get("text") or output.get("data", {}).get("text/html", "") for output in outputs
    ]
    return "\n".join(texts)


def test_it_is_a_valid_notebook_without_outputs(stored: NotebookNode) -> None:
    nbformat.validate(stored)
    assert all(not cell.outputs for cell in stored.cells if cell.cell_type == "code")


def test_every_explanation_is_in_both_languages(stored: NotebookNode) -> None:
    for cell in stored.cells:
        if cell.cell_type == "markdown":
            assert any("\u4e00" <= character <= "\u9fff" for character in cell.source), cell.source
            assert any(character.isascii() and character.isalpha() for character in cell.source)


def test_no_cell_warns_or_fails(executed: NotebookNode) -> None:
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", output.get("text")


@pytest.mark.parametrize(
    "shown",
    ["负面 negative", "电热水壶K2", "recall", "coordinated: True", "战略级 strategic", "商业价值"],
)
def test_it_shows_the_main_job(executed: NotebookNode, shown: str) -> None:
    assert shown in _printed(executed)


def test_it_draws_the_alarm(executed: NotebookNode) -> None:
    drawn = [
        output.data["image/svg+xml"]
        for cell in executed.cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert len(drawn) == 1
    assert "#d1495b" in drawn[0]
