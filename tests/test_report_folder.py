"""The output folder is whole or as it was, whatever kills, rivals, wrong places and full disks do to it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from civicreach.errors import OutputError
from civicreach.report import exchange, folder, lock, ours
from civicreach.report.folder import check_writable, whole_folder

FILES = ("map.html", "summary.json", "figures/a.png")

REPLACER = """
import sys, time
from pathlib import Path
from civicreach.report import folder
if sys.argv[2] == "two renames":
    folder.exchange = lambda a, b: False
    folder.patiently = lambda step: (step(), time.sleep(0.002))  # makes the instant between them long
number = int(sys.argv[3])
while True:
    with folder.whole_folder(Path(sys.argv[1])) as new:
        (new / "figures").mkdir()
        for name in ("map.html", "summary.json", "figures/a.png"):
            (new / name).write_text(str(number) * 20_000)
    print(number, flush=True)
    number += 1
"""


def fill(new: Path, text: str = "1") -> None:
    (new / "figures").mkdir()
    for name in FILES:
        (new / name).write_text(text)


def fail_midway(out: Path, error: BaseException) -> None:
    with whole_folder(out) as new:
        (new / "map.html").write_text("2")
        raise error


def contents(out: Path) -> list[str]:
    return [(out / name).read_text() for name in FILES]


def beside(out: Path) -> list[str]:
    """What lies beside the output, hidden things included."""
    return sorted(path.name for path in out.parent.iterdir() if path != out)


def test_a_folder_is_made_with_those_above_it_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "a" / "b" / "结果 1"
    for text in ("1", "2"):
        check_writable(out)
        with whole_folder(out) as new:
            fill(new, text)
        assert contents(out) == [text] * 3
        assert beside(out) == []
    assert sorted(path.name for path in out.iterdir()) == [ours.MARKER, "figures", "map.html", "summary.json"]


def test_an_error_leaves_the_old_output_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with whole_folder(out) as new:
        fill(new)
    for error in (RuntimeError("x"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            fail_midway(out, error)
        assert contents(out) == ["1"] * 3
        assert beside(out) == []


def test_an_error_leaves_no_folders_that_were_made_for_it(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), whole_folder(tmp_path / "a" / "b" / "out"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No space left"), whole_folder(tmp_path / "out"):
        raise OSError(28, "No space left on device")
    with pytest.raises(FileNotFoundError), whole_folder(tmp_path / "out"):
        raise FileNotFoundError(2, "a fault of ours isn't one of the disk")


def test_permissions_of_the_old_folder_stay(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for _ in range(2):
        with whole_folder(out) as new:
            fill(new)
        out.chmod(0o750)
    with whole_folder(out) as new:
        fill(new)
    assert out.stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("check", [check_writable, lambda out, inputs=(): whole_folder(out, inputs).__enter__()])
def test_folders_that_must_not_be_replaced_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: object
) -> None:
    assert callable(check)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.docx").write_text("years of work")
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "here" / "deeper").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here" / "deeper")
    refused = {
        mine: "isn't an output of civicreach",
        tmp_path / "file": "is a file",
        tmp_path / "file" / "out": "is a file",
        tmp_path / "file" / "a" / "out": "is a file",
        tmp_path: "home folder",
        Path(tmp_path.anchor): "root of a disk",
        tmp_path / "here": "folder that you are in",
        Path(): "folder that you are in",
    }
    before = sorted(tmp_path.rglob("*"))
    for out, why in refused.items():
        with pytest.raises(OutputError, match=why):
            check(out)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_that_holds_an_input_is_refused_and_one_beside_inputs_is_not(tmp_path: Path) -> None:
    study = tmp_path / "study" / "study.toml"
    study.parent.mkdir()
    study.write_text("x")
    for out in (tmp_path / "study", tmp_path):
        with pytest.raises(OutputError, match=r"holds files that this run reads \(1: .*study\.toml"):
            check_writable(out, [study])
    check_writable(study.parent / "out", [study])
    assert beside(study) == []


def test_files_that_others_put_into_an_output_are_never_lost(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with whole_folder(out) as new:
        fill(new)
    (out / "~$tables.xlsx").write_text("left by a viewer")
    check_writable(out)
    (out / "notes.docx").write_text("mine")
    with pytest.raises(OutputError, match=r"no run has written \(1: notes.docx\)"):
        check_writable(out)
    assert (out / "notes.docx").read_text() == "mine"


def test_files_put_there_while_a_run_computes_are_kept_and_so_are_the_results(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with whole_folder(out) as new:
        fill(new)
    run = whole_folder(out)
    fill(run.__enter__(), "2")
    (out / "notes.docx").write_text("mine")
    with pytest.raises(OutputError, match=r"whole in .*out-new"):
        run.__exit__(None, None, None)
    assert (out / "notes.docx").read_text() == "mine"
    assert contents(out) == ["1"] * 3
    assert contents(tmp_path / "out-new") == ["2"] * 3


def test_an_output_without_its_marker_is_known_by_its_summary(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "summary.json").write_text('{"study": {}, "figures": [], "warnings": []}')
    (out / "map.html").write_text("old")
    check_writable(out)
    (out / "summary.json").write_text('{"anything": 1}')
    with pytest.raises(OutputError, match="isn't an output"):
        check_writable(out)


def test_an_empty_folder_and_a_link_to_an_output_may_be_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "out")
    for text in "12":
        with whole_folder(tmp_path / "link") as new:
            fill(new, text)
        assert (tmp_path / "link").is_symlink()
        assert contents(tmp_path / "out") == [text] * 3


def test_what_the_system_refuses_is_an_output_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(lock.os, "open", refuse)
        with pytest.raises(OutputError, match="Permission denied"):
            check_writable(out)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        with pytest.raises(OutputError, match="Permission denied"):
            check_writable(tmp_path / "a" / "out")
    assert list(tmp_path.iterdir()) == []
    with whole_folder(out) as new:
        fill(new)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "exchange", refuse)
        with (
            pytest.raises(OutputError, match="Close the programs that have its files open"),
            whole_folder(out) as new,
        ):
            fill(new, "2")
    assert contents(out) == ["1"] * 3
    assert contents(tmp_path / "out-new") == ["2"] * 3


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OutputError, match="Permission denied"):
            check_writable(tmp_path / "out")
    finally:
        tmp_path.chmod(0o700)


def test_two_runs_on_one_folder_do_not_meet(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with whole_folder(out) as new:
        fill(new)
        with pytest.raises(OutputError, match=f"another run .*process {os.getpid()}"):
            check_writable(out)
        with pytest.raises(OutputError, match="another run"), whole_folder(out):
            pass
        with whole_folder(tmp_path / "other") as other:
            fill(other)
    assert contents(out) == contents(tmp_path / "other")
    assert beside(out) == ["other"]


def test_left_overs_of_killed_runs_are_cleaned_and_an_aside_output_comes_back(tmp_path: Path) -> None:
    out = tmp_path / "out[1]"
    with whole_folder(out) as new:
        fill(new)
    out.rename(tmp_path / ".out[1].civicreach-old-1")
    stale = tmp_path / ".out[1].civicreach-new-2"
    stale.mkdir()
    ours._write_marker(stale, {"writing": f"{2**22 + 1} {lock.socket.gethostname()}"})
    (stale / "half").write_text("x")
    (tmp_path / ".out[1].civicreach.lock").write_text("1 elsewhere")
    foreign = tmp_path / ".out[1].civicreach-new-mine"
    foreign.mkdir()
    (foreign / "mine.txt").write_text("not a run's")
    living = tmp_path / ".out[1].civicreach-new-3"
    living.mkdir()
    ours._write_marker(living, {"writing": f"{os.getppid()} {lock.socket.gethostname()}"})
    check_writable(out)
    assert contents(out) == ["1"] * 3
    assert beside(out) == [living.name, foreign.name]


def test_processes_are_known_to_live(tmp_path: Path) -> None:
    assert lock.process_is_alive(os.getpid())
    assert lock.owner_is_alive(lock.owner_text())
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert not lock.process_is_alive(gone.pid)
    for text in ("", "x", f"{os.getpid()} another-machine"):
        assert not lock.owner_is_alive(text)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems rename twice")
def test_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    if not exchange.exchange(tmp_path / "a", tmp_path / "b"):
        pytest.skip("this file system can't")
    assert (tmp_path / "a" / "file").read_text() == "b"
    with pytest.raises(FileNotFoundError):
        exchange.exchange(tmp_path / "a", tmp_path / "missing")


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_output_whole(tmp_path: Path, way: str) -> None:
    out, rng = tmp_path / "out", random.Random(2)
    number = 1
    for _ in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", REPLACER, str(out), way, str(number)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        assert child.stdout is not None
        child.stdout.readline()  # the first replacement is done; from here on any moment will do
        time.sleep(rng.uniform(0.0, 0.02))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        if way == "two renames":
            check_writable(out)  # puts the old output back after a kill between the renames
        texts = contents(out)
        number = int(texts[0][: len(texts[0]) // 20_000])
        assert texts == [str(number) * 20_000] * 3
        number += 1
    check_writable(out)
    assert beside(out) == []
