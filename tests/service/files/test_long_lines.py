"""Lines beyond the limit, cut wherever the limit falls: inside a character, too."""

from pathlib import Path

import pytest

from service.files import Reject, read_rows


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("in.csv", "id,text\n1,LONG\n2,差\n", id="csv, cut inside a character"),
        pytest.param("in.csv", "id,text\n1,aaLONG\n2,差\n", id="csv, cut between characters"),
        pytest.param("in.jsonl", '{"id": "0"}\n{"id": "LONG"}\n{"id": "2"}\n', id="json"),
    ],
)
def test_a_line_that_is_too_long_says_so(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text.replace("LONG", "好" * 6_000_000), encoding="utf-8")
    rejects: list[Reject] = []
    rows = list(read_rows(path, rejects.append))
    assert rows[-1]["id"] == "2"
    assert [(reject.line, reject.reason.en) for reject in rejects] == [
        (2, "the line is longer than 16 MiB")
    ]
