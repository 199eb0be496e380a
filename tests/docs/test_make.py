"""`make` on a machine that lacks something."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.documents import ROOT

TOOLS = ("sh", "touch", "rm")
STARTS_NOT = "#!/bin/sh\necho 'not installed' >&2\nexit 127\n"
WITHOUT_VENV = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; *version_info\\[*) echo 3.13;; esac\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of what make needs, and a folder `bin` that is the whole PATH."""
    for name in ("Makefile", *(path.name for path in ROOT.glob("requirements*.txt"))):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or pytest.fail(f"no {tool}"))
    return tmp_path


def put(checkout: Path, name: str, script: str) -> None:
    path = checkout / "bin" / name
    path.write_text(script)
    path.chmod(0o755)


def make(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make") or pytest.skip("no make here")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    environment["PATH"] = str(checkout / "bin")
    return subprocess.run(
        [program, *arguments], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def test_a_machine_without_a_new_python_is_told_which_is_needed(checkout: Path) -> None:
    put(checkout, "python3", "#!/bin/sh\nexit 1\n")
    done = make(checkout, "demo")
    assert done.returncode != 0
    assert "No Python 3.11 or newer" in done.stderr


def test_the_package_that_brings_venv_is_named_for_the_python_that_starts(checkout: Path) -> None:
    put(checkout, "python3.14", STARTS_NOT)
    put(checkout, "python3.13", WITHOUT_VENV)
    done = make(checkout, "demo")
    assert done.returncode != 0
    assert "apt-get install python3.13-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_what_is_installed_is_not_installed_again(checkout: Path) -> None:
    put(checkout, "python3.13", WITHOUT_VENV)
    (checkout / ".venv").mkdir()
    for mark in ("created", "run-installed"):
        (checkout / ".venv" / mark).touch()
    assert make(checkout, "install").returncode == 0
    os.utime(checkout / "requirements.txt", (2**31, 2**31))
    assert make(checkout, "install").returncode != 0  # there is no interpreter in this .venv to install with
