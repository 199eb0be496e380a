"""Links, paths, examples and words of the documents."""

from __future__ import annotations

import configparser
import json
import re
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from main import main
from monitor.config.delegates_file import parse_watch_list
from tests.crash.__main__ import options_of
from tests.crash.series import scenarios
from tests.docs.documents import DOCUMENTS, ROOT, blocks, text

NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
READ_BY_USERS = (*NAMES, "Makefile", "crontab.example", ".env.example", "delegates.example.json", "requirements.txt")
FORBIDDEN = (
    *(rf"(?<![\w.])/{folder}/" for folder in ("work", "root", "tmp", "mnt")),
    *(r"\b" + re.escape(f"{host}.{end}") for host, end in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "com"))),
    r"--(extra-)?index-url",
    r"\bTODO\b",
    r"\bFIXME\b",
)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text(name)):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), target


@pytest.mark.parametrize("name", NAMES)
def test_paths_of_the_project_exist(name: str) -> None:
    folders = "alerting|bench|collectors|docs|monitor|simulator|tests"
    for path in re.findall(rf"`((?:{folders})/[\w./]*)`", text(name)):
        assert (ROOT / path).exists(), path
    for module in re.findall(rf"python -m ((?:{folders})[\w.]*)", text(name)):
        path = ROOT.joinpath(*module.split("."))
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


@pytest.mark.parametrize("name", READ_BY_USERS)
def test_nothing_of_the_machine_it_was_written_on_is_told(name: str) -> None:
    for pattern in FORBIDDEN:
        assert re.search(pattern, text(name)) is None, pattern


@pytest.mark.parametrize("name", NAMES)
def test_make_targets_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text("Makefile"), re.MULTILINE))
    told = {word for block in blocks(text(name), "sh") for word in re.findall(r"^make (\w+)", block, re.MULTILINE)}
    told |= set(re.findall(r"`make (\w+)`", text(name)))
    assert told <= targets


def test_the_readme_opens_with_an_alert_and_two_commands() -> None:
    readme = text("README.md")
    assert blocks(readme, "text")[0].startswith("🔴")
    commands = [line.split("#")[0].strip() for line in blocks(readme, "sh")[0].splitlines()]
    assert commands == ["make demo", "make test"]
    assert readme.index("make demo") < 1500


PROMISE = (
    "Every alert reaches each working channel at least once; a duplicate happens at most once per kill or ambiguous"
    " answer (timeout, reset, 5xx) and carries the same `#incident/event`."
)


@pytest.mark.parametrize("name", ["README.md", "docs/delivery.md"])
def test_the_promise_stands_with_the_command_that_proves_it(name: str) -> None:
    words = " ".join(text(name).replace("\n> ", "\n").split())
    assert PROMISE in words
    assert "`make crash` proves it" in words
    assert words.index("`make crash` proves it") - words.index(PROMISE) < 200
    recipe = text("Makefile").partition("\ncrash:")[2].splitlines()[1]
    assert "-m tests.crash" in recipe
    assert crash_kills([]) >= 500


def crash_kills(arguments: list[str]) -> int:
    """Of `make crash`."""
    return sum(scenario.kills for scenario in scenarios(options_of(arguments).kills, seed=1))


def test_examples_of_delegates_json_are_valid(tmp_path: Path) -> None:
    schema = json.loads(text("delegates.schema.json"))
    examples = [example for path in DOCUMENTS for example in blocks(path.read_text(encoding="utf-8"), "json")]
    examples = [
        example for example in examples if '"tezos":' in example or '"bittensor":' in example or example[0] == "["
    ]
    assert len(examples) == 5
    for example in (*examples, text("delegates.example.json")):
        jsonschema.validate(json.loads(example), schema)
        watch_list = parse_watch_list(example, "example")
        assert watch_list.tezos or watch_list.bittensor


def test_the_timer_runs_what_cron_runs() -> None:
    units = [unit for unit in blocks(text("docs/running.md"), "ini") if "[Unit]" in unit]
    service, timer = (configparser.ConfigParser() for _ in units)
    service.optionxform = timer.optionxform = str  # type: ignore[assignment, method-assign]
    service.read_string(units[0])
    timer.read_string(units[1])
    folder, line = re.findall(r"^SENTINEL=(\S+)$.*^\* \* \* \* \* (.*?) >>", text("crontab.example"), re.DOTALL | re.M)[
        0
    ]
    assert service["Service"]["ExecStart"] == line.replace("$SENTINEL", folder)
    assert service["Service"]["Type"] == "oneshot"
    assert int(service["Service"]["TimeoutStartSec"]) > 55
    assert timer["Timer"]["OnCalendar"] == "*:*:00"


def test_the_crontab_line_is_one_that_cron_takes() -> None:
    (line,) = (line for line in text("crontab.example").splitlines() if line.startswith("*"))
    assert line.startswith("* * * * * ")
    assert "%" not in line


def test_the_changelog_has_the_version_of_the_program() -> None:
    version = CliRunner().invoke(main, ["--version"]).output.split()[-1]
    headings = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    assert headings[1] == (version, "2026-11-21")
