"""Which ways may be used, by the rules of data/rules/walk_filter.toml and drive_filter.toml."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from civicreach.inputs.package_data import data_path
from civicreach.layers.roads import Barrier, WayFlag
from civicreach.study import Mode

Get = Callable[[str], "str | None"]

MODES_ZH: dict[Mode, str] = {"walk": "步行", "drive": "驾车"}
MPH_KMH = 1.609344
SPEED_RANGE_KMH = (3.0, 150.0)
"""Posted speeds outside are mapping errors."""

_SPEED = re.compile(r"^(?:[A-Za-z-]+:)?(?:zone:?)?(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph)?$")


class Verdict(NamedTuple):
    """What the rules say about a way: whether it stays, why not, its flags, speed, if it outlines an area."""

    keep: bool
    reason: str = ""
    flags: int = 0
    speed_kmh: float = float("nan")
    outline: bool = False


@dataclass(frozen=True)
class TagFilter:
    """The rules for one mode. `keys` are the tags that they look at; `fingerprint` is the hash of the rules.

    Verdicts are remembered by the values of these tags: a city has tens of thousands of ways, and a few
    hundred combinations.
    """

    mode: Mode
    rules: Mapping[str, Any]
    fingerprint: str
    keys: tuple[str, ...]
    _known: dict[tuple[str | None, ...], Verdict] = field(default_factory=dict, repr=False, compare=False)
    _known_nodes: dict[tuple[str | None, ...], int] = field(default_factory=dict, repr=False, compare=False)
    _classes: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        for kind in ("open", "on_permission", "closed"):
            self._classes.update(dict.fromkeys(self.rules["classes"][kind], kind))

    def way(self, get: Get) -> Verdict:
        """The verdict on a way whose tags `get` looks up."""
        values = tuple([get(key) for key in self.keys])
        verdict = self._known.get(values)
        if verdict is None:
            tags = {key: value for key, value in zip(self.keys, values, strict=True) if value is not None}
            verdict = self._known[values] = self._judge(tags)
        return verdict

    def knows_class(self, highway: str) -> bool:
        """Whether the rules list a value of `highway`."""
        return highway in self._classes

    def _judge(self, tags: dict[str, str]) -> Verdict:
        highway = tags.get("highway", "")
        kind = self._classes.get(highway)
        if kind is None:
            return Verdict(False, f"unknown highway={highway}")
        own_key, own = self._access(tags, self.rules["access"]["keys"][:-1])
        reason, private = self._closed_by(tags, highway, kind, own_key, own)
        if reason:
            return Verdict(False, reason)
        flags = self._shape_flags(tags) | self._direction(tags)
        if private:
            flags |= WayFlag.PRIVATE
        outline = bool(_first(tags, self.rules["tags"]["outline"]))
        return Verdict(True, "", int(flags), self._speed(tags, highway), outline)

    def _closed_by(self, tags: dict[str, str], highway: str, kind: str, own_key: str, own: str) -> tuple[str, bool]:
        """Why a way is dropped (empty: it stays), and whether it is private."""
        marks = self.rules["tags"]
        if kind == "closed":
            return f"highway={highway}", False
        if never := _first(tags, marks["never"]):
            return never, False
        if own == "closed":
            return f"{own_key}={tags[own_key]}", False
        if own:
            return "", own == "private"
        if kind == "on_permission":
            return f"highway={highway}", False
        if tag := _first(tags, marks["closed"]):
            return tag, False
        key, general = self._access(tags, self.rules["access"]["keys"][-1:])
        if general == "closed":
            return f"{key}={tags[key]}", False
        return "", general == "private" or bool(_first(tags, marks["private"]))

    def _access(self, tags: Mapping[str, str], keys: Iterable[str]) -> tuple[str, str]:
        """The first key that decides and what it makes of a way; two empty texts where none does."""
        for key in keys:
            for value in tags.get(key, "").split(";"):
                for kind in ("open", "private", "closed"):
                    if value.strip() in self.rules["access"][kind]:
                        return key, kind
        return "", ""

    def _shape_flags(self, tags: Mapping[str, str]) -> WayFlag:
        rules, flags = self.rules["flags"], WayFlag(0)
        if _first(tags, rules["steps"]):
            flags |= WayFlag.STEPS
        if tags.get("bridge", "no") not in rules["no_bridge"]:
            flags |= WayFlag.BRIDGE
        if tags.get("tunnel", "no") not in rules["no_tunnel"]:
            flags |= WayFlag.TUNNEL
        return flags

    def _direction(self, tags: Mapping[str, str]) -> WayFlag:
        rules = self.rules["oneway"]
        if _first(tags, rules["backward"]):
            return WayFlag.NO_FORWARD
        if _first(tags, rules["forward"]):
            return WayFlag.NO_BACKWARD
        if not _first(tags, rules["both"]) and _first(tags, rules["implied_forward"]):
            return WayFlag.NO_BACKWARD
        return WayFlag(0)

    def _speed(self, tags: Mapping[str, str], highway: str) -> float:
        if "speeds" not in self.rules:
            return float("nan")
        posted = parse_speed_kmh(tags.get("maxspeed", ""), self.rules["speed_words"])
        return posted if posted is not None else self.default_speed_kmh(highway)

    def default_speed_kmh(self, highway: str) -> float:
        """The speed in km/h on a class where nothing is posted; NaN for walking."""
        speeds = self.rules.get("speeds")
        return float("nan") if speeds is None else float(speeds.get(highway, speeds["default"]))

    def node(self, get: Get) -> int:
        """The Barrier that a node's tags make of it; 0 where everyone passes."""
        if get("barrier") is None:
            return 0
        values = tuple([get(key) for key in self.node_keys])
        barrier = self._known_nodes.get(values)
        if barrier is None:
            tags = {key: value for key, value in zip(self.node_keys, values, strict=True) if value is not None}
            barrier = self._known_nodes[values] = self._stops(tags)
        return barrier

    def _stops(self, tags: dict[str, str]) -> int:
        barrier, rules = tags["barrier"], self.rules["barriers"]
        wheelchair = tags.get("wheelchair")
        narrow = barrier in rules["narrow"] and wheelchair not in ("yes", "designated")
        flags = Barrier.NARROW if self.mode == "walk" and (narrow or wheelchair == "no") else Barrier(0)
        keys = self.rules["access"]["keys"]
        own = self._access(tags, keys[:-1])[1]
        access = own or self._access(tags, keys[-1:])[1]
        if access == "closed" or (not access and barrier in rules["shut"]):
            return int(flags | Barrier.SHUT)
        customers_or_locked = barrier in rules["gates"] and _first(tags, rules["locks_gates"])
        if access == "private" or (customers_or_locked and not self._opened_by_own(tags, own)):
            return int(flags | Barrier.LOCKED)
        return int(flags)

    def _opened_by_own(self, tags: Mapping[str, str], own: str) -> bool:
        """Whether a key of the mode itself opens a node, other than to customers."""
        keys = self.rules["access"]["keys"][:-1]
        return own == "open" and not any(tags.get(key) == "customers" for key in keys)

    @cached_property
    def node_keys(self) -> tuple[str, ...]:
        """The tags of nodes that the rules look at."""
        named = _keys_of(self.rules["barriers"]["locks_gates"])
        return tuple(dict.fromkeys(["barrier", "wheelchair", *self.rules["access"]["keys"], *named]))


@lru_cache(maxsize=4)
def read_filter(mode: Mode) -> TagFilter:
    """The packaged rules for walking or driving."""
    content = data_path(f"rules/{mode}_filter.toml").read_bytes()
    rules = tomllib.loads(content.decode("utf-8"))
    named = [rules["tags"][kind] for kind in ("closed", "never", "private", "outline")]
    named += [rules["oneway"][kind] for kind in ("forward", "backward", "both", "implied_forward")]
    keys = ["highway", *rules["access"]["keys"], "bridge", "tunnel"]
    keys += [key for tags in named for key in _keys_of(tags)]
    if "speeds" in rules:
        keys.append("maxspeed")
    return TagFilter(mode, rules, hashlib.sha256(content).hexdigest(), tuple(dict.fromkeys(keys)))


def parse_speed_kmh(text: str, words: Mapping[str, float]) -> float | None:
    """A posted speed in km/h from `maxspeed`; None where it says none.

    The lowest of several counts. Words ("walk", "CN:urban") are looked up in `words`.

    >>> parse_speed_kmh("50", {}), parse_speed_kmh("30 mph", {}), parse_speed_kmh("CN:urban", {"urban": 50})
    (50.0, 48.28032, 50.0)
    """
    found = []
    for part in map(str.strip, text.split(";")):
        if match := _SPEED.match(part):
            found.append(float(match[1]) * (MPH_KMH if match[2] == "mph" else 1.0))
        elif (word := part.rpartition(":")[2]) in words:
            found.append(float(words[word]))
    posted = [speed for speed in found if SPEED_RANGE_KMH[0] <= speed <= SPEED_RANGE_KMH[1]]
    return min(posted) if posted else None


def _first(tags: Mapping[str, str], named: Iterable[str]) -> str:
    """The first "key=value" of a list that the tags hold; empty where none."""
    for text in named:
        key, _, value = text.rpartition("=")
        if tags.get(key) == value:
            return text
    return ""


def _keys_of(named: Iterable[str]) -> list[str]:
    return [text.rpartition("=")[0] for text in named]
