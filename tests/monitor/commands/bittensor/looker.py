"""Somebody who types `main.py bittensor …` against a node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from main import main


class Looker:
    def __init__(self, home: Path, url: str, archive: str | None = None) -> None:
        self.env = home / ".env"
        lines = [f"BITTENSOR_RPC_URL={url}", "RPC_TIMEOUT=5"]
        if archive is not None:
            lines.append(f"BITTENSOR_ARCHIVE_NETWORK={archive}")
        self.env.write_text("\n".join(lines), encoding="utf-8")

    def run(self, *words: object) -> Result:
        command, *options = (str(word) for word in words)
        return CliRunner().invoke(main, ["bittensor", command, "--env-file", str(self.env), *options])

    def text(self, *words: object) -> str:
        done = self.run(*words)
        assert done.exit_code == 0, done.output
        return done.stdout

    def rows(self, *words: object) -> list[dict[str, Any]]:
        rows = json.loads(self.text(*words, "--json"))
        assert isinstance(rows, list)
        return rows

    def refused(self, *words: object) -> tuple[int, str]:
        """(exit code, the one line on stderr)"""
        done = self.run(*words)
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        return done.exit_code, line
