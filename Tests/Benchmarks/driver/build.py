"""Building what is measured."""

import subprocess
from pathlib import Path


def swift_build(package: Path, *extra) -> Path:
    """Builds for release, out of the way of others; where the products are."""
    command = [
        "nice", "-n", "19", "swift", "build", "-c", "release", "--package-path", str(package), *extra,
    ]
    subprocess.run(command, check=True)
    found = subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())
