"""How long every export of a large study takes, and in how much memory: 400 × 200 × 3 (make bench-exports).

Each runs as a command in a process of its own, so that the peak is its own. REPORTS="wide stability" for some of them, BY_GROUP=1 for
all with a row for each of three groups, too.
"""

import os
import sys
import tempfile
from pathlib import Path

from bench_bundle import large_study, measured

from exports.catalogue import CATALOGUE

SECONDS, MEGABYTES, RATINGS_IN_EXCEL = 5, 1024, 30  # a picture of 200 statements at 300 dpi is two metres high


def main() -> int:
    """Write every report in every format for its fullest profile, and print what each took; say how many were late."""
    by_group = ["--by-group"] if os.environ.get("BY_GROUP") else []
    wanted = os.environ.get("REPORTS", "").split() or [*CATALOGUE, "data"]
    with tempfile.TemporaryDirectory() as folder:
        url = large_study(folder)
        late = 0
        for report, entry in CATALOGUE.items():
            profile = "analyst" if "analyst" in entry.profiles else entry.profiles[0]
            arguments = ["export", "big", "--report", report, "--profile", profile, *by_group]
            for format_ in entry.formats if report in wanted else ():
                path = Path(folder, f"{report}.{format_}")
                late += slow(f"{report} {format_}", url, [*arguments, "--format", format_], path)
        for suffix in ("xlsx", "csv", "zip", "sav", "dta", "parquet") if "data" in wanted else ():
            late += slow(f"ratings {suffix}", url, ["data", "big"], Path(folder, f"ratings.{suffix}"))
    print(f"{late} over time or memory")
    return late


def slow(name: str, url: str, arguments: list[str], path: Path) -> bool:
    """Say whether one export failed, or took more than it may."""
    seconds = RATINGS_IN_EXCEL if name == "ratings xlsx" else SECONDS
    used = measured(name, url, [*arguments, "--output", str(path)])
    return not used.whole or not path.stat().st_size or used.busy >= seconds or used.peak >= MEGABYTES


if __name__ == "__main__":
    sys.exit(main() > 0)
