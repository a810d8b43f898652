"""Runs the bundled sample city from a fresh clone: python3 scripts/demo.py

The first start makes an environment in .venv and installs the pinned packages there; later starts take
seconds. Nothing but Python 3.11 or newer is needed.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"civicreach needs Python 3.11 or newer, and this is {sys.executable}, Python {sys.version_info[0]}."
        f"{sys.version_info[1]}. Start the script with a newer one, for example: python3.12 scripts/demo.py"
    )

import argparse
import subprocess
import time

import _setup

STUDY = _setup.REPOSITORY / "data" / "sample" / "study.toml"
OUTPUT = _setup.REPOSITORY / "demo_output"


def main() -> None:
    argparse.ArgumentParser(
        description="Set up civicreach (the first time only), run the bundled sample city, and say where its "
        f"page is. The results are written to {OUTPUT}."
    ).parse_args()
    try:
        python = _setup.prepare("runtime")
    except _setup.SetupError as error:
        sys.exit(f"\n{error}")
    started = time.monotonic()
    code = subprocess.call(
        [str(python), "-m", "civicreach", "run", str(STUDY), "--out", str(OUTPUT)],
        cwd=_setup.REPOSITORY,
        env=_setup.environment(),
    )
    seconds = time.monotonic() - started
    page = OUTPUT / "map.html"
    if code != 0:
        sys.exit(f"\nThe sample run stopped with exit code {code}; what went wrong is said above.")
    if not page.exists():
        sys.exit(f"\nThe sample run ended without its page, {page}. That is a fault of civicreach.")
    print(f"\nThe page (open it in any browser, it needs no internet):\n  {page}")
    print(f"All results are in {OUTPUT}; the run took {seconds:.1f} s.")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped. Start again whenever you like; nothing needs cleaning up.")
