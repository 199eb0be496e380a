from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from monitor.config.catalogue import env_example, readme_table, rows
from monitor.config.configuration import load
from monitor.config.names import is_for_libraries
from monitor.config.settings import Settings, setting_names

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
WRITTEN = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))


def test_the_shipped_example_is_the_one_the_settings_make() -> None:
    assert env_example() == EXAMPLE, "run: python -m monitor.config.catalogue"


def test_the_example_holds_every_setting_with_a_meaning_and_a_unit() -> None:
    assert {"RPC_URL" if name == "rpc_urls" else name.upper() for name in Settings.model_fields} == set(WRITTEN)
    assert all(name in EXAMPLE for name in setting_names())
    assert all(row.meaning and row.unit for row in rows())
    assert EXAMPLE.count(" [") >= len(WRITTEN) - EXAMPLE.count("\n# [")


def test_the_example_loads_and_what_it_shows_are_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "delegates.json").write_text((ROOT / "delegates.example.json").read_text())
    (tmp_path / ".env").write_text(EXAMPLE)
    as_shipped = load(None, {}, tmp_path)
    (tmp_path / ".env").write_text(re.sub(r"^#([A-Z_]+=)", r"\1", EXAMPLE, flags=re.MULTILINE))
    uncommented = load(None, {}, tmp_path)
    (tmp_path / ".env").write_text(f"RPC_URL={WRITTEN['RPC_URL']}")
    bare = load(None, {}, tmp_path)
    assert as_shipped.settings == uncommented.settings == bare.settings
    assert as_shipped.warnings == ()
    assert as_shipped.watch_list is not None


def test_the_readme_table_has_a_line_for_each_setting() -> None:
    lines = readme_table().splitlines()
    assert len(lines) == 2 + len(Settings.model_fields)
    assert all(line.count("|") == 5 for line in lines)


def test_a_checkout_watches_nobody_before_somebody_says_whom() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    assert "delegates.example.json" in tracked
    assert not {"delegates.json", ".env"} & set(tracked)


def test_no_setting_is_taken_for_a_librarys() -> None:
    assert not [name for name in setting_names() if is_for_libraries(name)]
