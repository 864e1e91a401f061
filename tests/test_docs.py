"""The documents are true: every command, endpoint, exit status and figure in both languages."""

import re
import subprocess
from pathlib import Path

import pytest

from service.app import create_app
from service.cli import COMMANDS, GROUPS, PANELS
from service.exit_codes import ExitCode
from service.files import read_rows
from service.sample import write_sample
from service.settings import PREFIX, READ_ELSEWHERE, Settings
from tiering.schema import CONTRACTS

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
CODE = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.fixture(params=READMES)
def readme(request) -> str:
    return text(request.param)


def test_every_command_stands_in_the_table_in_the_order_of_the_help(readme):
    rows = re.findall(r"^\| `tingyin ([a-z]+(?: [a-z]+)?)", readme, re.MULTILINE)
    assert rows == [each for names in PANELS.values() for name in names for each in single(name)]


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


def test_every_endpoint_stands_in_the_table(readme):
    described = set(
        re.findall(r"^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`", readme, re.MULTILINE)
    )
    schema = create_app().openapi()["paths"]
    served = {f"{verb.upper()} {path}" for path, verbs in schema.items() for verb in verbs}
    assert served <= described
    assert described - served <= {"GET /docs", "GET /openapi.json", "GET /metrics"}


def test_every_setting_stands_in_the_table_with_its_default(readme):
    rows = dict(re.findall(r"^\| `(TINGYIN_\w+)` \| ([^|]*?) *\|", readme, re.MULTILINE))
    fields = Settings.model_fields
    assert set(rows) == {PREFIX + name.upper() for name in fields} | READ_ELSEWHERE
    for name, field in fields.items():
        given = "" if field.default is None else str(field.default)
        assert rows[PREFIX + name.upper()].strip("`").lower() == given.lower(), name


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


def named(cell: str) -> set[str]:
    return set(re.findall(r"`(\w+)`", cell))


def test_the_sample_is_as_large_as_told(readme, tmp_path):
    paths = write_sample(tmp_path)
    for table in (paths.feedback, paths.transcripts):
        assert str(sum(1 for _ in read_rows(table))) in readme
    customers = {row["customer_id"] for row in read_rows(paths.orders)}
    assert str(len(customers)) in readme


def test_both_readmes_hold_the_same_commands_code_and_figures():
    english, chinese = map(text, READMES)
    assert CODE.findall(english) == CODE.findall(chinese)
    assert english.count("\n## ") == chinese.count("\n## ")
    assert english.count("\n|") == chinese.count("\n|")
    assert figures(english) == figures(chinese)


def figures(readme: str) -> list[str]:
    """The numbers of all table rows, in order."""
    rows = "\n".join(line for line in readme.splitlines() if line.startswith("|"))
    return NUMBER.findall(rows)


def test_links_lead_somewhere(readme):
    targets = [link for link in re.findall(r"\]\(([^)#]+)\)", readme) if "://" not in link]
    assert targets
    assert not [target for target in targets if not (ROOT / target).exists()]


def test_the_python_of_the_readme_runs(readme, capsys):
    for language, code in CODE.findall(readme):
        if language == "python":
            exec(compile(code, "README", "exec"), {})
    printed = capsys.readouterr().out
    assert "\nnegative (" in printed
    assert "commercial recency 10.0 +19.25\n" in printed


def test_the_make_targets_of_the_readme_exist(readme):
    for target in set(re.findall(r"(?:^|`)make (\w+)(?:$|`)", readme, re.MULTILINE)):
        subprocess.run(["make", "--dry-run", target], cwd=ROOT, check=True, capture_output=True)


def test_continuous_integration_calls_the_readme_s_own_commands(readme):
    called = re.findall(r"^make (\w+)$", text(".ci/run"), re.MULTILINE)
    assert "test" in called
    assert "```bash\nmake test\n```" in readme


def test_the_model_card_is_of_the_shipped_model():
    from nlp.encoder import read_artifact

    card = text("nlp/models/tingyin-small/MODEL_CARD.md")
    assert card.startswith(f"# Model card: {read_artifact().version}\n")
