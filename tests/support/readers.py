"""Programs that are not ours and read what we write. Where they are required, a missing one is a failure and no skip."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def run(program: str, *arguments: str | Path, folder: Path | None = None) -> str:
    """Run a reader, and give what it printed."""
    if shutil.which(program) is None:
        if os.environ.get("REQUIRE_READERS"):
            pytest.fail(f"{program} is missing; .ci/tools installs it")
        pytest.skip(f"{program} is not installed")
    command = [program, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, errors="replace")
    assert done.returncode == 0, f"{done.stdout[-3000:]}{done.stderr[-1000:]}"
    return done.stdout
