import os
import sys
from pathlib import Path

import numpy as np
import pytest

from civicreach.inputs.cache import ENTRIES_KEPT, Cache, default_folder, file_sha256, key_of
from note_case import in_chinese

ARRAYS = {"x": np.linspace(0, 1, 5), "ids": np.arange(3, dtype=np.int32), "none": np.empty(0, np.uint8)}
META = {"crs": "EPSG:4547", "notes": ["清川"], "count": 3}


def entry(cache):
    (path,) = cache.folder.glob("*")
    return path


def test_what_was_stored_comes_back(tmp_path):
    cache = Cache(tmp_path)
    assert cache.load("key") is None
    assert cache.store("key", ARRAYS, META)
    arrays, meta = Cache(tmp_path).load("key")
    assert meta == META
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert np.array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype
    assert cache.load("another key") is None
    assert cache.notes == []


@pytest.mark.parametrize("position", [0, 20, 60, 300, -1])
def test_a_damaged_entry_is_ignored_and_can_be_replaced(tmp_path, position):
    cache = Cache(tmp_path)
    cache.store("key", ARRAYS, META)
    content = bytearray(entry(cache).read_bytes())
    content[position] ^= 0xFF
    entry(cache).write_bytes(content)
    assert cache.load("key") is None
    assert "damaged" in cache.notes[0]
    assert "已损坏" in in_chinese(cache.notes)[0]
    assert cache.store("key", ARRAYS, META)
    assert cache.load("key") is not None


@pytest.mark.parametrize("size", [0, 5, 50, 400])
def test_a_cut_off_entry_is_ignored(tmp_path, size):
    cache = Cache(tmp_path)
    cache.store("key", ARRAYS, META)
    entry(cache).write_bytes(entry(cache).read_bytes()[:size])
    assert cache.load("key") is None


def test_an_entry_that_is_a_folder_is_ignored(tmp_path):
    cache = Cache(tmp_path)
    cache.store("key", ARRAYS, META)
    path = entry(cache)
    path.unlink()
    path.mkdir()
    assert cache.load("key") is None
    assert not cache.store("key", ARRAYS, META)
    assert len(in_chinese(cache.notes)) == 2


def test_a_folder_that_cannot_be_made_costs_nothing_but_a_note(tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    cache = Cache(tmp_path / "file" / "cache")
    assert not cache.store("key", ARRAYS, META)
    assert cache.load("key") is None
    assert "can't be written" in cache.notes[0]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a user who can be refused")
def test_a_read_only_folder(tmp_path):
    tmp_path.chmod(0o500)
    assert not Cache(tmp_path).store("key", ARRAYS, META)
    tmp_path.chmod(0o700)


def test_no_part_of_an_entry_is_left_by_a_failed_write(tmp_path, monkeypatch):
    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    cache = Cache(tmp_path)
    assert not cache.store("key", ARRAYS, META)
    assert list(tmp_path.iterdir()) == []
    assert "No space left" in cache.notes[0]


def test_python_objects_are_refused(tmp_path):
    with pytest.raises(TypeError, match="objects"):
        Cache(tmp_path).store("key", {"names": np.array(["a", None], dtype=object)}, {})


def test_old_entries_make_room(tmp_path):
    cache = Cache(tmp_path)
    for i in range(ENTRIES_KEPT + 3):
        cache.store(f"key {i}", {}, {})
        os.utime(cache._path(f"key {i}"), (i, i))
    cache.store("last", {}, {})
    assert len(list(tmp_path.iterdir())) == ENTRIES_KEPT
    assert cache.load("last") is not None
    assert cache.load("key 0") is None


def test_the_environment_names_the_folder_or_turns_it_off(tmp_path, monkeypatch):
    monkeypatch.setenv("CIVICREACH_CACHE", str(tmp_path / "here"))
    assert Cache().folder == tmp_path / "here"
    monkeypatch.setenv("CIVICREACH_CACHE", "off")
    assert default_folder() is None
    assert not Cache().store("key", ARRAYS, META)
    assert Cache().load("key") is None


@pytest.mark.parametrize(
    ("platform", "variable", "tail"),
    [
        ("linux", "XDG_CACHE_HOME", ("civicreach",)),
        ("win32", "LOCALAPPDATA", ("civicreach", "cache")),
    ],
)
def test_default_folder_of_each_system(tmp_path, monkeypatch, platform, variable, tail):
    monkeypatch.delenv("CIVICREACH_CACHE", raising=False)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv(variable, str(tmp_path))
    assert default_folder() == tmp_path.joinpath(*tail)


def test_default_folder_of_a_mac(monkeypatch):
    monkeypatch.delenv("CIVICREACH_CACHE", raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert default_folder() == Path.home() / "Library" / "Caches" / "civicreach"


def test_hashes(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert file_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert key_of("ab", 1) != key_of("a", "b1")
    assert key_of("ab", 1) == key_of("ab", "1")
