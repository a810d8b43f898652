"""A page in headless Firefox, for tests: driven over Marionette, which every Firefox has; no driver is needed.

Tests that use it are skipped with a clear message where Firefox isn't installed.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FIREFOX = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
PREFS = {
    "marionette.port": 0,  # a free one, which Firefox then notes in its profile
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.proxy.type": 1,  # whatever it asks for besides files goes to a port where nobody answers
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}

# What the page's scripts have done wrong, and what they have written to the console; each lies in a process of its own.
ERRORS = """return Services.console.getMessageArray().filter(m => m instanceof Ci.nsIScriptError)
    .filter(m => (m.sourceName || '').startsWith(arguments[0]) && !(m.flags & 1)).map(m => m.errorMessage)"""
SAID = """return Cc['@mozilla.org/consoleAPI-storage;1'].getService(Ci.nsIConsoleAPIStorage).getEvents()
    .filter(e => ['error', 'warn'].includes(e.level) && String(e.filename).startsWith(arguments[0]))
    .map(e => e.arguments.join(' '))"""


class Firefox:
    """One headless Firefox with a profile of its own."""

    def __init__(self, profile: Path, width: int = 1440, height: int = 900) -> None:
        assert FIREFOX is not None
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFS.items()]
        (profile / "user.js").write_text("\n".join(lines) + "\n", "utf-8")
        self.process = subprocess.Popen(
            [FIREFOX, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile",
             str(profile)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.count = 0
        try:
            self.socket = self._connected(profile / "MarionetteActivePort")
            self._receive()
            self.ask("WebDriver:NewSession", {})
            self.ask("WebDriver:SetWindowRect", {"x": 0, "y": 0, "width": width, "height": height})
        except BaseException:
            self.process.kill()
            raise

    def ask(self, name: str, parameters: dict[str, Any]) -> Any:
        """The answer to a command; raises AssertionError with what Firefox says against it."""
        self.count += 1
        text = json.dumps([0, self.count, name, parameters]).encode()
        self.socket.sendall(f"{len(text)}:".encode() + text)
        _, _, error, found = self._receive()
        assert error is None, error
        return found

    def open(self, page: Path) -> None:
        """Open a file and wait until it says that it is ready."""
        self.ask("WebDriver:Navigate", {"url": page.as_uri()})
        self.wait("return document.documentElement.dataset.ready")
        assert self.run("return document.documentElement.dataset.ready") == "yes", self.faults(page)

    def run(self, script: str, *arguments: Any, sandbox: str | None = None) -> Any:
        """What a script in the page returns."""
        found = self.ask("WebDriver:ExecuteScript", {"script": script, "args": list(arguments), "sandbox": sandbox})
        return found["value"]

    def wait(self, script: str, seconds: float = 20.0) -> Any:
        """What a script returns, once it returns something."""
        until = time.monotonic() + seconds
        while not (found := self.run(script)):
            assert time.monotonic() < until, f"nothing came of {script}"
            time.sleep(0.05)
        return found

    def click(self, x: float, y: float) -> None:
        """A click of the mouse at a place of the window."""
        move = {"type": "pointerMove", "duration": 0, "x": round(x), "y": round(y)}
        press = [{"type": f"pointer{name}", "button": 0} for name in ("Down", "Up")]
        actions = [
            {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": [move, *press]}
        ]
        self.ask("WebDriver:PerformActions", {"actions": actions})

    def screenshot(self) -> bytes:
        """The window as a PNG."""
        return base64.b64decode(self.ask("WebDriver:TakeScreenshot", {"full": False, "hash": False})["value"])

    def faults(self, page: Path) -> list[str]:
        """What a page's scripts have done wrong so far."""
        said = self.run(SAID, page.as_uri(), sandbox="system")
        self.ask("Marionette:SetContext", {"value": "chrome"})
        errors = self.run(ERRORS, page.as_uri())
        self.ask("Marionette:SetContext", {"value": "content"})
        return [*errors, *said]

    def close(self) -> None:
        """End the process."""
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(10)

    def _connected(self, noted: Path) -> socket.socket:
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            text = noted.read_text("utf-8").strip() if noted.exists() else ""
            if text.isdigit():
                return socket.create_connection(("127.0.0.1", int(text)), timeout=60)
            time.sleep(0.05)
        raise AssertionError("Firefox doesn't start")

    def _receive(self) -> Any:
        size = b""
        while not size.endswith(b":"):
            size += self._some(1)
        left, text = int(size[:-1]), b""
        while len(text) < left:
            text += self._some(left - len(text))
        return json.loads(text)

    def _some(self, most: int) -> bytes:
        found = self.socket.recv(most)
        assert found, "Firefox has gone"
        return found


def firefoxes(profile: Path) -> Iterator[Firefox]:
    """Firefox while a module's tests run; skips them where it is missing."""
    if FIREFOX is None:
        pytest.skip("no Firefox on this machine (Debian: apt-get install firefox-esr)")
    found = Firefox(profile)
    yield found
    found.close()
