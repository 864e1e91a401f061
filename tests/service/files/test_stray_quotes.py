"""Quotes that span lines: those that hold a text together, and those that swallow rows."""

from pathlib import Path

import pytest

from service.files import Record, open_table


def records(path: Path, lines: list[str]) -> list[tuple[int, list[object]]]:
    path.write_text("\n".join([*lines, ""]))
    found = list(open_table(path).records())
    assert all(isinstance(item, Record) for item in found)
    return [(item.line, list(item.values.values())) for item in found if isinstance(item, Record)]


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        pytest.param(
            ['1\t"质量真差\t2026-01-05', "2\t很好\t2026-01-05", '3\t太差了"\t2026-01-06'],
            [(2, '"质量真差'), (3, "很好"), (4, '太差了"')],
            id="three rows",
        ),
        pytest.param(
            ['1\t"质量真差\t2026-01-05', "", '2\t太差了"\t2026-01-06', "3\t好\t2026-01-06"],
            [(2, '"质量真差'), (4, '太差了"'), (5, "好")],
            id="a blank line between",
        ),
        pytest.param(
            ['1\t"差\t2026-01-05', '2\t差"\t"2026-01-06"'],
            [(2, '"差'), (3, '差"')],
            id="a good quote on the last line",
        ),
        pytest.param(
            ['"差\t1\t2026-01-05', '2\t"\t2026-01-06'],
            [(2, "1"), (3, '"')],
            id="the last line opens one anew",
        ),
    ],
)
@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_a_stray_quote_swallows_no_row(
    tmp_path: Path, lines: list[str], rows: list[tuple[int, str]], delimiter: str
) -> None:
    header = "id\ttext\tcreated_at"
    found = records(
        tmp_path / "in.csv", [line.replace("\t", delimiter) for line in [header, *lines]]
    )
    assert [(line, row[1]) for line, row in found] == rows
    assert all(str(row[2]).startswith("2026-01-0") for _, row in found)


@pytest.mark.parametrize(
    ("lines", "texts"),
    [
        pytest.param(["id,text", '1,"差', '好"', "2,好"], ["差\n好", "好"], id="no comma"),
        pytest.param(["id,text", '1,"质量差', '不好,真的"'], ["质量差\n不好,真的"], id="a comma"),
        pytest.param(["id,text", '1,"bad', 'so bad, really"'], ["bad\nso bad, really"], id="words"),
        pytest.param(["text,id", '"差,真', '不好",1'], ["差,真\n不好"], id="the text first"),
        pytest.param(["text", '"差', '好"', "很好"], ["差\n好", "很好"], id="one column"),
        pytest.param(
            ["id,text,at", '1,"差,', "贵,慢,", '脏,吵",2026-01-05'],
            ["差,\n贵,慢,\n脏,吵"],
            id="three columns",
        ),
    ],
)
def test_a_text_of_several_lines_stays_one(
    tmp_path: Path, lines: list[str], texts: list[str]
) -> None:
    found = records(tmp_path / "in.csv", lines)
    place = lines[0].split(",").index("text")
    assert [row[place] for _, row in found] == texts
