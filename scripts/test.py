"""Runs every check of the project from a fresh clone: python3 scripts/test.py [what pytest takes]

The first start makes an environment in .venv and installs the pinned packages there; later starts take
seconds. Then come ruff check, ruff format --check, mypy, and pytest, whose summary is last. The whole suite runs in
as many processes as there are cores, at most four; -n 1, or naming files, runs it in one.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        f"civicreach needs Python 3.11 or newer, and this is {sys.executable}, Python {sys.version_info[0]}."
        f"{sys.version_info[1]}. Start the script with a newer one, for example: python3.12 scripts/test.py"
    )

import argparse
import os
import shlex
import shutil
import subprocess
from pathlib import Path

import _setup

LINTERS = [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]]

MOST_PROCESSES = 4

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]
BROWSER_PLACES = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    os.path.expandvars(r"%ProgramFiles%\Google\Chrome\Application\chrome.exe"),
    os.path.expandvars(r"%ProgramFiles(x86)%\Microsoft\Edge\Application\msedge.exe"),
]
NO_BROWSER = """\
!!! No Chromium or Chrome was found: the tests that open a page in a browser are LEFT OUT.
!!! They count as deselected in the last line. Install one (Debian and Ubuntu: sudo apt install chromium)
!!! or name its program in CIVICREACH_CHROMIUM."""


def main() -> int:
    options, for_pytest = parse()
    try:
        python = _setup.prepare("test")
    except _setup.SetupError as error:
        sys.exit(f"\n{error}")
    if not options.quick:
        lint(python)
    if options.only_lint:
        return 0
    variables = _setup.environment()
    browser = find_browser()
    if browser:
        variables["CIVICREACH_CHROMIUM"] = browser
    else:
        for_pytest = without_browser(for_pytest)
    call([str(python), "tests/real_data.py"], variables)
    return call([str(python), "-m", "pytest", *side_by_side(for_pytest), *for_pytest], variables)


def parse() -> tuple[argparse.Namespace, list[str]]:
    """Return our own options and what is left for pytest."""
    parser = argparse.ArgumentParser(
        description="Set up civicreach for development (the first time only) and run ruff, mypy and pytest.",
        epilog="All else goes to pytest, for example: -k isochrone, -x, -m 'not real', tests/test_units.py",
        allow_abbrev=False,
    )
    parser.add_argument("--quick", action="store_true", help="only pytest, without ruff and mypy")
    parser.add_argument("--only-lint", action="store_true", help="only ruff and mypy, without pytest")
    options, others = parser.parse_known_args()
    if options.quick and options.only_lint:
        parser.error("--quick and --only-lint leave nothing to do")
    return options, [argument for argument in others if argument != "--"]


def lint(python: Path) -> None:
    """Run all linters, so that one start shows all there is to mend; stop when one of them complains."""
    failed = [linter for linter in LINTERS if call([str(python), "-m", *linter], _setup.environment()) != 0]
    if failed:
        names = ", ".join(f"`{' '.join(linter)}`" for linter in failed)
        sys.exit(f"\nFailed: {names}. The tests were not run; --quick runs them without these checks.")


def find_browser() -> str | None:
    named = os.environ.get("CIVICREACH_CHROMIUM")
    if named:
        if not Path(named).exists():
            sys.exit(f"CIVICREACH_CHROMIUM names {named}, which does not exist.")
        return named
    found = [shutil.which(name) for name in BROWSERS]
    found += [place for place in BROWSER_PLACES if Path(place).exists()]
    return next((browser for browser in found if browser), None)


def without_browser(for_pytest: list[str]) -> list[str]:
    """Say loudly that the browser tests are left out, and leave them out; in CI that is a failure."""
    if os.environ.get("CI"):
        sys.exit("No Chromium was found, and in CI the tests that open a page may not be left out.")
    print(f"\n{NO_BROWSER}\n", flush=True)
    chosen = any(argument.startswith("-m") for argument in for_pytest)
    return for_pytest if chosen else ["-m", "not browser", *for_pytest]


def side_by_side(for_pytest: list[str]) -> list[str]:
    """Options that share all tests out to several processes, file by file; none where pytest was told otherwise.

    A process takes about 1.5 GB, so there are at most four. Debuggers and prints need one alone, and some files or a
    few tests aren't worth a second one.
    """
    alone = ("-n", "--numprocesses", "--dist", "-s", "--capture", "--pdb", "--trace", "-k", "--lf", "--ff", "--sw")
    if any(argument.startswith(alone) or ".py" in argument for argument in for_pytest):
        return []
    count = min(os.cpu_count() or 1, MOST_PROCESSES)
    return ["-n", str(count), "--dist", "loadfile", "--no-loadscope-reorder"] if count > 1 else []


def call(command: list[str], variables: dict[str, str]) -> int:
    shown = command[2:] if command[1] == "-m" else command[1:]
    print(f"$ {shlex.join(shown)}", flush=True)
    return subprocess.call(command, cwd=_setup.REPOSITORY, env=variables)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
