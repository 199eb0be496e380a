"""python -m bench.paced ENV_FILE RESULT: `main.py check`, and when it judged what. Writes RESULT, a JSON object."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from monitor.loading import loading_code

with loading_code():  # as main.py does
    from alerting.channels.console import Console
    from monitor.channels import channels_of
    from monitor.check import Surroundings, check
    from monitor.clock import SystemClock
    from monitor.commands.cli import configured


def main(env_file: Path, result: Path) -> int:
    """The exit code. `seconds` until the first levels were judged, `rate`: levels per second from there to the last."""
    began = time.monotonic()
    judged: list[tuple[float, int]] = []

    def note(network: str, level: int, final: int) -> None:
        judged.append((time.monotonic() - began, level))

    configuration = configured(env_file)
    channels = channels_of(configuration.settings, Console(sys.stdout))
    report = check(configuration, Surroundings(SystemClock(), channels, note))
    rate = None
    if len(judged) > 1:
        (first_at, first), (last_at, last) = judged[0], judged[-1]
        rate = (last - first) / (last_at - first_at)
    seconds = judged[0][0] if judged else None
    result.write_text(json.dumps({"seconds": seconds, "rate": rate, "told": report.told}))
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
