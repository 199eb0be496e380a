"""Every command, option, exit code and field is in the README, and what the documents tell to type can be typed."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from main import main
from monitor import report
from simulator.demo.home import Home
from simulator.demo.tezos_scene import TezosScene
from simulator.node import Node
from tests.docs.documents import DOCUMENTS, commands, section

README_COMMANDS = section("README.md", "Commands")
TYPED = [words for path in DOCUMENTS for words in commands(path.read_text(encoding="utf-8"))]


def leaves(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that name it."""
    found = []
    for name, command in group.commands.items():
        words = (*before, name)
        found += leaves(command, words) if isinstance(command, click.Group) else [(words, command)]
    return found


@pytest.mark.parametrize("words", [words for words, _ in leaves(main)], ids=" ".join)
def test_every_command_has_help_and_an_example(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, [*words, "--help"])
    assert done.exit_code == 0
    assert f"python main.py {' '.join(words)}" in README_COMMANDS


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (" ".join(words), option)
        for words, command in leaves(main)
        for option in command.params
        if isinstance(option, click.Option)  # an argument is whatever stands there in an example
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_every_option_is_in_the_readme(words: str, option: click.Parameter) -> None:
    for name in option.opts:
        assert re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", README_COMMANDS), f"{words} {name}"


@pytest.mark.parametrize("words", TYPED, ids=" ".join)
def test_what_the_documents_tell_to_type_is_understood(words: list[str]) -> None:
    command: click.Command = main
    while isinstance(command, click.Group) and words and words[0] in command.commands:
        command, words = command.commands[words[0]], words[1:]
    if command is main:
        assert words in ([], ["--version"], ["--help"])
    else:
        command.make_context("main.py", list(words))


def test_the_documents_tell_something_to_type() -> None:
    assert len(TYPED) > 10


def test_every_exit_code_is_in_the_readme() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d+) \|", README_COMMANDS, re.MULTILINE)}
    assert told == {report.RAN, report.PARTLY, report.CONFIGURATION, report.BUSY, 128 + signal.SIGALRM}


def test_every_field_that_scripts_read_is_in_the_readme(tmp_path: Path) -> None:
    """Of a baker whose attestations stopped a while ago, as real processes print it."""
    scene = TezosScene.starting(int(time.time()) - 15)
    with Node(scene.chain) as node:
        baker = {"address": scene.stopping.address, "name": scene.stopping.name}
        home = Home(tmp_path, {"RPC_URL": node.url}, [baker])
        assert home.run("check").exit_code == 0
    shapes: dict[str, Any] = {
        "incidents": ["--all"],
        "history": ["--target", "erin"],
        "status": [],
    }
    for command, options in shapes.items():
        printed = json.loads(home.run(command, *options, "--json").output)
        assert printed
        (line,) = re.findall(rf"^- `{command} --json`:(.*?)(?=^- |\n\n)", README_COMMANDS, re.DOTALL | re.MULTILINE)
        told = set(re.findall(r"`(\w+)`", line))
        assert set(printed[0]) <= told, command
