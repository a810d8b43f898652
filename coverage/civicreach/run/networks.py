"""The networks of a study, read from the cache where the same file was built before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from civicreach.errors import Note
from civicreach.inputs.cache import Arrays, Cache, file_sha256, key_of
from civicreach.inputs.files import with_sidecars
from civicreach.inputs.package_data import data_path
from civicreach.inputs.roads import read_roads
from civicreach.layers import Roads, WayFlag
from civicreach.network import RoadNetwork, build_network
from civicreach.study import Mode, PrivateAccess, Profile, Study

FORMAT = 6
"""Raised whenever reading or building changes, so that older entries aren't taken."""


@dataclass
class Networks:
    """Reads roads once a mode and builds a network once a profile and policy."""

    study: Study
    cache: Cache = field(default_factory=Cache)
    notes: dict[Mode, tuple[str, ...]] = field(default_factory=dict)
    _roads: dict[Mode, Roads] = field(default_factory=dict)
    _built: dict[str, RoadNetwork] = field(default_factory=dict)
    _hashes: dict[str, str] = field(default_factory=dict)

    def roads(self, mode: Mode) -> Roads:
        """The streets of a mode, read from their file."""
        if mode not in self._roads:
            self._roads[mode] = read_roads(self.study, mode)
            self.notes[mode] = self._roads[mode].notes
        return self._roads[mode]

    def network(self, profile: Profile, private_access: PrivateAccess) -> RoadNetwork:
        """The network of a profile; from the cache where file, filter, profile and policy are the same."""
        key = key_of(FORMAT, profile.model_dump_json(), private_access, *self._source(profile.mode))
        if key in self._built:
            return self._built[key]
        if stored := self.cache.load(key):
            network = _from_stored(*stored, profile, private_access)
            self.notes.setdefault(profile.mode, tuple(Note(*pair) for pair in stored[1]["notes"]))
        else:
            network = build_network(self.roads(profile.mode), profile, private_access=private_access)
            meta = {name: getattr(network, name) for name in ("crs", "classes", "names", "attribution")}
            notes = [(str(note), Note.told(note, "zh")) for note in self.notes[profile.mode]]
            self.cache.store(key, network.arrays(), {**meta, "notes": notes})
        self._built[key] = network
        return network

    def has_private(self, profile: Profile) -> bool:
        """Whether opening private ways and locked gates changes the network of a profile."""
        mine, opened = (self.network(profile, p) for p in (self.study.roads.private_access, "open"))
        private = (opened.edge_flags & WayFlag.PRIVATE) != 0
        return bool(private.any()) or mine.node_count != opened.node_count

    def _source(self, mode: Mode) -> list[str]:
        """Hashes of everything that decides what is read."""
        spec = self.study.roads
        if mode not in self._hashes:
            rules = data_path("rules") / f"{mode}_filter.toml"
            files = [*with_sidecars(spec.file), rules, *([spec.dem] if spec.dem else [])]
            self._hashes[mode] = key_of(*(file_sha256(path) for path in files))
        return [self._hashes[mode], mode, str(spec.layer), str(spec.crs), self.study.study.crs]


def _from_stored(arrays: Arrays, meta: dict[str, Any], profile: Profile, private_access: PrivateAccess) -> RoadNetwork:
    return RoadNetwork(
        crs=meta["crs"],
        profile=profile,
        private_access=private_access,
        classes=tuple(meta["classes"]),
        names=tuple(meta["names"]),
        attribution=meta["attribution"],
        **arrays,
    )
