"""The documents are true: every command, endpoint, exit status and figure in both languages."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from nlp.schema import FEEDBACK_CONTEXT, FEEDBACK_REQUIRED
from service.app import create_app
from service.cli import COMMANDS, GROUPS, PANELS
from service.exit_codes import ExitCode
from service.files import read_rows
from service.sample import write_sample
from service.settings import PREFIX, READ_ELSEWHERE, Settings
from tiering.schema import CONTRACTS

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
GUIDES = ("nlp", "tiering", "service")
PAIRS = [READMES, *(tuple(f"{room}/{name}" for name in READMES) for room in GUIDES)]
DOCUMENTS = [name for pair in PAIRS for name in pair]
LONGEST = 300
CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
INLINE = re.compile(r"`([!-_a-~]+)`")
LINK = re.compile(r"\]\(([^)]+)\)")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
ENDPOINT = re.compile(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`", re.MULTILINE)
SETTING = re.compile(r"^\| `(TINGYIN_\w+)` \| ([^|]*?) *\|", re.MULTILINE)
COMMAND = re.compile(r"^\| (?:\*\*(.+)\*\*|`tingyin ([a-z]+(?: [a-z]+)?))", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def prose(document: str) -> str:
    """What stands outside the blocks of code."""
    return CODE.sub("", text(document))


def headings(document: str) -> list[str]:
    return re.findall(r"^##+ (.+)$", prose(document), re.MULTILINE)


def anchor(heading: str) -> str:
    """The name that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.fixture(params=READMES)
def readme(request) -> str:
    return text(request.param)


@pytest.fixture(params=READMES)
def service_guide(request) -> str:
    return text(f"service/{request.param}")


@pytest.fixture(params=DOCUMENTS)
def document(request) -> str:
    return request.param


def test_every_command_stands_in_the_table_in_the_order_and_groups_of_the_help(readme):
    (table,) = [part for part in readme.split("\n\n") if "\n| `tingyin demo` |" in part]
    rows = [panel or name for panel, name in COMMAND.findall(table)]
    assert rows == [
        row
        for panel, names in PANELS.items()
        for row in [panel, *(each for name in names for each in single(name))]
    ]


def test_every_command_stands_in_one_panel():
    assert sorted(name for names in PANELS.values() for name in names) == sorted(COMMANDS | GROUPS)


def single(name: str) -> list[str]:
    """The command itself, or those of a group, as `review export`."""
    if name in COMMANDS:
        return [name]
    return [f"{name} {command.name}" for command in GROUPS[name]().registered_commands]


def test_every_exit_status_stands_in_the_table(readme):
    rows = re.findall(r"^\| (\d+) \|", readme, re.MULTILINE)
    assert [int(row) for row in rows] == [code.value for code in ExitCode]


def test_every_endpoint_stands_in_the_guide(service_guide):
    described = set(ENDPOINT.findall(service_guide))
    schema = create_app().openapi()["paths"]
    served = {f"{verb.upper()} {path}" for path, verbs in schema.items() for verb in verbs}
    assert served <= described
    assert described - served <= {"GET /docs", "GET /openapi.json", "GET /metrics"}


def test_every_setting_stands_in_the_guide_with_its_default(service_guide):
    rows = dict(SETTING.findall(service_guide))
    fields = Settings.model_fields
    assert set(rows) == {PREFIX + name.upper() for name in fields} | READ_ELSEWHERE
    for name, field in fields.items():
        given = "" if field.default is None else str(field.default)
        assert rows[PREFIX + name.upper()].strip("`").lower() == given.lower(), name


def test_endpoints_and_settings_are_listed_in_the_guide_of_the_service_alone(document):
    listed = ENDPOINT.search(text(document)) or SETTING.search(text(document))
    assert bool(listed) == document.startswith("service/")


def test_the_columns_of_score_stand_in_the_table(readme):
    rows = re.findall(r"^\| `--(\w+)` \| ([^|]+) \| ([^|]+) \|", readme, re.MULTILINE)
    told = {table: (named(needed), named(usable)) for table, needed, usable in rows}
    contracts = {name: each for name, each in CONTRACTS.items() if name != "signals"}
    assert told == {
        name: (
            {column.name for column in each.columns if column.required},
            {column.name for column in each.columns if not column.required},
        )
        for name, each in contracts.items()
    }


def test_the_columns_of_analyze_stand_in_the_table(readme):
    rows = re.findall(r"^\| `analyze IN` \| ([^|]+) \| ([^|]+) \|", readme, re.MULTILINE)
    needed = set(FEEDBACK_REQUIRED)
    assert [tuple(map(named, row)) for row in rows] == [(needed, set(FEEDBACK_CONTEXT) - needed)]


def named(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_the_sample_is_as_large_as_told(readme, tmp_path):
    paths = write_sample(tmp_path)
    for table in (paths.feedback, paths.transcripts):
        assert str(sum(1 for _ in read_rows(table))) in readme
    customers = {row["customer_id"] for row in read_rows(paths.orders)}
    assert str(len(customers)) in readme


@pytest.mark.parametrize(("english", "chinese"), PAIRS, ids=["overview", *GUIDES])
def test_both_languages_hold_the_same_sections_commands_code_and_figures(english, chinese):
    assert CODE.findall(text(english)) == CODE.findall(text(chinese))
    assert Counter(INLINE.findall(prose(english))) == Counter(INLINE.findall(prose(chinese)))
    assert levels(english) == levels(chinese)
    assert figures(english) == figures(chinese)


def levels(document: str) -> list[str]:
    return re.findall(r"^#+(?= )", prose(document), re.MULTILINE)


def figures(document: str) -> list[list[str]]:
    """The numbers of every table row outside its links."""
    rows = [line for line in text(document).splitlines() if line.startswith("|")]
    return [NUMBER.findall(LINK.sub("", row)) for row in rows]


def test_links_lead_somewhere(document):
    targets = [link for link in LINK.findall(prose(document)) if "://" not in link]
    assert targets
    assert not [target for target in targets if not leads(document, target)]


def leads(document: str, target: str) -> bool:
    """Whether the file of a relative link is there, and has the section."""
    path, _, section = target.partition("#")
    place = ((ROOT / document).parent / path).resolve() if path else ROOT / document
    if not section:
        return place.exists()
    return section in map(anchor, headings(str(place.relative_to(ROOT))))


@pytest.mark.parametrize("language", range(len(READMES)), ids=READMES)
@pytest.mark.parametrize("room", GUIDES)
def test_every_section_of_a_guide_is_linked_from_its_top_and_from_the_readme(room, language):
    name = READMES[language]
    sections = [anchor(heading) for heading in headings(f"{room}/{name}")]
    assert re.findall(r"^- \[.+\]\(#(.+)\)$", prose(f"{room}/{name}"), re.MULTILINE) == sections
    linked = LINK.findall(text(name))
    assert f"{room}/{name}" in linked
    assert not [each for each in sections if f"{room}/{name}#{each}" not in linked]


def test_no_readme_drowns_its_reader(document):
    assert len(text(document).splitlines()) <= LONGEST


def test_the_python_of_a_document_prints_what_it_says(document, capsys):
    for code, below in PYTHON.findall(text(document)):
        told = re.findall(r"^# (.+)$", code, re.MULTILINE) + below.splitlines()
        exec(compile(code, document, "exec"), {})
        printed = capsys.readouterr().out.splitlines()
        printed = printed[len(printed) - len(told) :]  # jieba speaks before
        assert [NUMBER.split(line) for line in printed] == [NUMBER.split(line) for line in told]
        assert values(printed) == pytest.approx(values(told), abs=0.05)


def values(lines: list[str]) -> list[float]:
    return [float(each) for each in re.findall(r"\d+(?:\.\d+)?", "\n".join(lines))]


@pytest.mark.parametrize("room", GUIDES[:2])
def test_the_guides_of_libraries_hold_python(room):
    assert PYTHON.search(text(f"{room}/README.md"))


def test_the_make_targets_of_the_documents_exist(document):
    for target in set(re.findall(r"(?:^|`)make (\w+)(?:$|`)", text(document), re.MULTILINE)):
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_continuous_integration_calls_the_readme_s_own_commands(readme):
    called = re.findall(r"^make (\w+)$", text(".ci/run"), re.MULTILINE)
    assert "test" in called
    assert "```bash\nmake test\n```" in readme


def test_the_model_card_is_of_the_shipped_model():
    from nlp.encoder import read_artifact

    card = text("nlp/models/tingyin-small/MODEL_CARD.md")
    assert card.startswith(f"# Model card: {read_artifact().version}\n")
