"""Makes the checkout's own Python environment, `.venv`, with nothing but the standard library.

`prepare("runtime")` is enough to run the tool; `prepare("test")` adds what the checks need. Both install the
pinned versions in `requirements/` by hash, then the checkout itself in place. A stamp in the environment says
what it was made from: when nothing changed a start costs milliseconds, and what was cut short is made anew.
"""

import errno
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO

REPOSITORY = Path(__file__).resolve().parent.parent
ENVIRONMENT = REPOSITORY / ".venv"
DISCARDED = REPOSITORY / ".venv.discarded"
LOCK = REPOSITORY / ".venv.lock"
LOG = REPOSITORY / ".venv.log"
STAMP = ENVIRONMENT / "civicreach.json"

PINNED = {"runtime": "requirements/runtime.txt", "test": "requirements/test.txt"}
DOWNLOAD = {"runtime": "about 300 MB", "test": "about 390 MB"}


class SetupError(Exception):
    """The environment could not be made; the message says why and what to do, in one paragraph."""


def prepare(kind: str) -> Path:
    """Return the Python of an environment with all that `kind` ("runtime" or "test") needs; or SetupError."""
    try:
        if not _is_ready(kind):
            with _one_at_a_time():
                if not _is_ready(kind):
                    _set_up(kind)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
            place = error.filename or REPOSITORY
            raise SetupError(f"{_not_writable(place)} {_AGAIN}") from error
        said = _DISK_FULL if error.errno == errno.ENOSPC else f"{ENVIRONMENT} could not be made: {error}."
        raise SetupError(f"{said} {_AGAIN}") from error
    return _python()


def environment() -> dict[str, str]:
    """Return the caller's variables, less those that would lead a child's Python or pip elsewhere."""
    misleading = {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "__PYVENV_LAUNCHER__"}
    misleading |= {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_EDITABLE", "PIP_REQUIREMENT"}
    variables = {name: value for name, value in os.environ.items() if name.upper() not in misleading}
    # PYTHONIOENCODING: Chinese names must not stop a run in a Windows console or a pipe
    return variables | {"PYTHONNOUSERSITE": "1", "PIP_USER": "0", "PYTHONIOENCODING": "utf-8"}


def _python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _version() -> str:
    return f"{platform.python_implementation()} {sys.version_info.major}.{sys.version_info.minor}"


def _fingerprint(kind: str) -> str:
    """Return a hash of what the environment is made from: pins, project settings, Python, place."""
    content = hashlib.sha256(f"{_version()} {REPOSITORY}".encode())
    for name in (PINNED[kind], "pyproject.toml", "setup.py"):
        content.update((REPOSITORY / name).read_bytes())
    return content.hexdigest()


def _is_ready(kind: str) -> bool:
    return _read_stamp().get(kind) == _fingerprint(kind) and _python().exists()


def _read_stamp() -> dict[str, str]:
    """Return what the environment was made from; empty if there is none or its set-up was cut short."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(stamp: dict[str, str]) -> None:
    STAMP.write_text(json.dumps(stamp), encoding="utf-8")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Keep a demo and a test run started side by side apart; a killed set-up lets go of the lock."""
    with LOCK.open("w", encoding="utf-8") as handle:
        waiting = False
        while not _try_lock(handle):
            if not waiting:
                _say("Another set-up of this folder is under way; waiting for it.")
            waiting = True
            time.sleep(0.5)
        yield


def _try_lock(handle: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # the second is how Windows says that it is held
        return False
    return True


def _set_up(kind: str) -> None:
    _require_venv()
    started = time.monotonic()
    LOG.write_text("", encoding="utf-8")
    stamp = _read_stamp()
    maker = {"python": _version(), "folder": str(REPOSITORY)}
    if maker.items() <= stamp.items() and _python().exists():
        _say("Bringing .venv up to date.")
    else:
        _discard()
        stamp = maker
        _say(f"Setting up {_version()} in .venv: once, {DOWNLOAD[kind]} to download, one to four minutes.")
        ENVIRONMENT.mkdir()
        _write_stamp({})
        _run([sys.executable, "-m", "venv", str(ENVIRONMENT)], _explain_venv)
    _write_stamp({})  # until all is done: a set-up cut short is made anew
    _install(kind)
    for done in ("runtime", kind):  # the test pins include all runtime pins, at the same versions
        stamp[done] = _fingerprint(done)
    _write_stamp(stamp)
    _say(f"Set up in {time.monotonic() - started:.0f} s.")


def _require_venv() -> None:
    if find_spec("venv") is None or find_spec("ensurepip") is None:
        raise SetupError(
            f"This Python ({sys.executable}) comes without the module `venv` or `ensurepip`, so no "
            f"environment can be made. On Debian and Ubuntu: sudo apt install {_venv_package()}. {_AGAIN}"
        )


def _discard() -> None:
    """Remove an environment that is unfinished or of another Python; a stranger's is left alone."""
    shutil.rmtree(DISCARDED, ignore_errors=True)
    if not ENVIRONMENT.exists():
        return
    if (ENVIRONMENT / "pyvenv.cfg").exists() and not STAMP.exists():
        raise SetupError(
            f"The environment in {ENVIRONMENT} was not made by this script, and it is left as it is. Move it "
            f"away or delete it. {_AGAIN}"
        )
    ENVIRONMENT.rename(DISCARDED)  # in one step, so that no half of it is taken for the whole
    shutil.rmtree(DISCARDED, ignore_errors=True)


def _install(kind: str) -> None:
    pip = [str(_python()), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    # --no-deps: the pins are complete; --only-binary: a missing wheel is said at once, not after an hour
    pins = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(REPOSITORY / PINNED[kind])]
    _run([*pip, *pins], _explain_pip)
    _run([*pip, "--no-build-isolation", "--no-deps", "--no-index", "-e", str(REPOSITORY)], _explain_pip)


def _run(command: list[str], explain: Callable[[str], str]) -> None:
    """Run one step, its output going to the log; if it fails, raise what `explain` makes of the output."""
    lines = []
    progress = _Progress()
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as child,
    ):
        for line in child.stdout or ():
            lines.append(line)
            log.write(line)
            progress.step(line)
    progress.end()
    if child.returncode != 0:
        raise SetupError(f"{explain(''.join(lines))} {_AGAIN} The full record is in {LOG}.")


class _Progress:
    """One line that counts packages while pip works; on a terminal only."""

    def __init__(self) -> None:
        self.packages = 0

    def step(self, line: str) -> None:
        if line.startswith("Collecting "):
            self.packages += 1
            self._show(f"  package {self.packages}")
        elif line.startswith("Installing collected"):
            self._show(f"  unpacking {self.packages} packages")

    def end(self) -> None:
        if self.packages:
            self._show("")

    @staticmethod
    def _show(text: str) -> None:
        if sys.stdout.isatty():
            sys.stdout.write(f"\r{text:<40}\r")
            sys.stdout.flush()


def _say(text: str) -> None:
    print(text, flush=True)


# What goes wrong, in words. Nothing here names an index or a host: whoever has their own sees it in the log.

_AGAIN = "Then start again; nothing else needs cleaning up."

_DISK_FULL = f"The disk that holds {REPOSITORY} is full; the environment needs about 1.5 GB."

_UNREACHABLE = re.compile(
    "NewConnectionError|NameResolutionError|Failed to establish a new connection|getaddrinfo failed|"
    "Temporary failure in name resolution|ConnectTimeout|ReadTimeout|Read timed out|Connection refused|"
    "Connection reset|Connection aborted|Network is unreachable|No route to host|ProxyError|SSLError|"
    "CERTIFICATE_VERIFY_FAILED"
)


def _explain_venv(output: str) -> str:
    if "ensurepip" in output:
        return f"Python could not put pip into .venv. On Debian and Ubuntu: sudo apt install {_venv_package()}."
    return _explain_disk(output) or f"Python ({sys.executable}) could not make an environment in {ENVIRONMENT}."


def _explain_pip(output: str) -> str:
    if said := _explain_disk(output):
        return said
    if _UNREACHABLE.search(output):
        return (
            "The pinned packages could not be downloaded: the package index did not answer. Check the "
            "network; behind a proxy, or with an index of your own, pip's usual settings are followed "
            "(HTTPS_PROXY, PIP_INDEX_URL, PIP_CERT)."
        )
    if "DO NOT MATCH THE HASHES" in output:
        return (
            "A downloaded package is not the one that requirements/ pins by its hash, so it was not "
            "installed. A damaged download or an altering mirror does that: clear pip's cache (pip cache "
            "purge) or use another index."
        )
    if missing := re.search(r"No matching distribution found for (\S+)", output):
        return (
            f"There is no ready-made {missing[1]} for {_version()} on {platform.system()} "
            f"{platform.machine()}. The pins are for Python 3.11 to 3.13 on 64-bit Linux and Windows, and on "
            "macOS 14 or newer with Apple silicon; elsewhere use conda with environment.yml. If this is such "
            "a system, check the network and your package index."
        )
    return "pip could not install the pinned packages."


def _explain_disk(output: str) -> str | None:
    if "No space left on device" in output or "not enough space on the disk" in output:
        return _DISK_FULL
    if "Permission denied" in output or "Read-only file system" in output:
        return _not_writable(REPOSITORY)
    return None


def _not_writable(place: object) -> str:
    return (
        f"{place} cannot be written to, and the environment is made inside the checkout. Change its "
        f"permissions or copy the folder to a place of your own."
    )


def _venv_package() -> str:
    return f"python3.{sys.version_info.minor}-venv (or python3-venv)"
