"""Streets of a PBF file by numpy alone, several times faster than entity by entity.

It reads what nearly all files are (sorted, dense nodes, zlib) and leaves every other one to pyosmium, with the same
result: tests hold one against the other.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from civicreach.inputs.osm_tags import TagFilter
from civicreach.inputs.osm_ways import NOWHERE, OsmWays, Relation, Street, WayNodes, square_outlines
from civicreach.inputs.pbf_blocks import DENSE, WAYS, Block, TagTable, read_blocks
from civicreach.inputs.pbf_fields import (
    Bytes,
    Ints,
    Ragged,
    Spans,
    UnusualPbfError,
    find_fields,
    gathered,
    lists,
    numbers,
    signed,
    unpacked,
)

# Numbers of fields, as the format gives them to nodes, ways and relations.
_ID, _KEYS, _VALUES, _REFS = 1, 2, 3, 8
_LAT, _LON, _TAGS = 8, 9, 10
_MEMBERS, _MEMBER_KINDS = 9, 10
_WAY_MEMBER = 1
_INT32 = 2**31


def scan_pbf(path: Path, rules: TagFilter) -> tuple[OsmWays, WayNodes]:
    """The ways that the rules keep, and their nodes; the same as `osm_ways.scan_ways`.

    Raises UnusualPbfError where pyosmium must read the file, or say what is wrong with it.
    """
    scan = _Scan(rules)
    try:
        for block in read_blocks(path):
            for kind, messages in block.groups:
                scan.take(block, kind, messages)
        scan.add_squares()
        return scan.ways, scan.nodes()
    except (IndexError, ValueError, OverflowError, struct.error, zlib.error) as error:
        raise UnusualPbfError(f"damaged: {error}") from error


class _Scan:
    """What was found so far."""

    def __init__(self, rules: TagFilter) -> None:
        self.ways = OsmWays()
        self._rules = rules
        self._refs: list[Ints] = [np.empty(0, np.int64)]
        self._node_ids: list[Ints] = [np.empty(0, np.int64)]
        self._lon: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._lat: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._all_ways: list[tuple[Bytes, Ints, Spans]] = []
        self._relations: list[Relation] = []
        self._kind = DENSE

    def take(self, block: Block, kind: int, messages: Spans) -> None:
        """Look at one group of nodes, ways or relations."""
        if kind < self._kind:
            raise UnusualPbfError("isn't sorted as it says")
        self._kind = kind
        if kind == DENSE:
            self._take_nodes(block, messages)
        elif kind == WAYS:
            self._take_ways(block, messages)
        else:
            self._take_relations(block, messages)

    def _take_nodes(self, block: Block, messages: Spans) -> None:
        found = find_fields(block.data, messages, (_ID, _LAT, _LON, _TAGS))
        ids, lat, lon, tags = (unpacked(block.data[span.begin[0] : span.end[0]]) for span in found.values())
        ids, lat, lon = (np.cumsum(signed(values)) for values in (ids, lat, lon))
        if len(messages.begin) > 1 or not len(ids) == len(lat) == len(lon):
            raise UnusualPbfError("nodes without places")
        if max(np.abs(lat).max(), np.abs(lon).max()) >= _INT32:
            raise UnusualPbfError("nodes far from the earth")
        self._node_ids.append(ids)
        self._lat.append(lat.astype(np.int32))
        self._lon.append(lon.astype(np.int32))
        if len(tags) and b"barrier" in block.strings:
            self._take_barriers(block, ids, tags)

    def _take_barriers(self, block: Block, ids: Ints, tags: Ints) -> None:
        """Nodes with barriers; `tags` are the key and value of each tag of a node, and a 0 behind its last."""
        ends = np.flatnonzero(tags == 0)
        if len(ends) != len(ids):
            raise UnusualPbfError("tags that don't fit the nodes")
        # also nodes that say "barrier" in a value: the rules let them pass
        node = np.searchsorted(ends, np.flatnonzero((block.columns(("barrier",)) == 0)[tags]))
        words = gathered(tags, Spans(np.append(0, ends + 1)[node], ends[node]))
        if (words.counts % 2).any():
            raise UnusualPbfError("tags without a value")
        named = self._rules.node_keys
        keys, values = (Ragged(words.values[first::2], words.ptr // 2) for first in (0, 1))
        table = TagTable(block, named, keys, values)
        kinds, kind = table.kinds(len(named))
        stops = np.array([self._rules.node(tags.get) for tags in kinds], dtype=np.int64)[kind]
        there = stops != 0
        self.ways.barriers.update(zip(ids[node[there]].tolist(), stops[there].tolist(), strict=True))

    def _take_ways(self, block: Block, messages: Spans) -> None:
        data = block.data
        found = find_fields(data, messages, (_ID, _KEYS, _VALUES, _REFS))
        if not found[_ID].end.all():
            raise UnusualPbfError("ways without ids")
        ids, keys, refs = numbers(data, found[_ID]), lists(data, found[_KEYS]), found[_REFS]
        self._all_ways.append((data, ids, refs))
        streets = _carrying(block, keys, "highway")
        named = tuple(dict.fromkeys((*self._rules.keys, "name", "ref")))
        table = TagTable(block, named, keys.of(streets), lists(data, found[_VALUES].of(streets)))
        kinds, kind = table.kinds(len(self._rules.keys))
        known = [Street(tags["highway"], self._rules.way(tags.get)) for tags in kinds]
        for street, count in zip(known, np.bincount(kind, minlength=len(known)).tolist(), strict=True):
            if not street.verdict.keep:
                self.ways.dropped[street.verdict.reason] += count
        keep = np.flatnonzero(np.array([street.verdict.keep for street in known], dtype=bool)[kind])
        names = [name or number for name, number in zip(*(table.column(keep, k) for k in ("name", "ref")), strict=True)]
        kept = streets[keep]
        self._add(ids[kept], names, [known[i] for i in kind[keep].tolist()], data, refs.of(kept))

    def _add(self, ids: Ints, names: list[str], streets: list[Street], data: Bytes, spans: Spans) -> None:
        """Take ways whose nodes lie in some spans."""
        refs = lists(data, spans)
        self._refs.append(refs.summed().values)
        self.ways.add(ids.tolist(), refs.counts.tolist(), names, streets)

    def _take_relations(self, block: Block, messages: Spans) -> None:
        data = block.data
        found = find_fields(data, messages, (_KEYS, _VALUES, _MEMBERS, _MEMBER_KINDS))
        keys = lists(data, found[_KEYS])
        here = _carrying(block, keys, "highway")
        values, refs, kinds = (lists(data, found[field].of(here)) for field in (_VALUES, _MEMBERS, _MEMBER_KINDS))
        every = keys.of(here).each(), values.each(), refs.summed().each(), kinds.each()
        for named, said, members, kind in zip(*every, strict=True):
            tags = {block.text(key): block.text(value) for key, value in zip(named, said, strict=True)}
            ways = [ref for ref, of_kind in zip(members, kind, strict=True) if of_kind == _WAY_MEMBER]
            self._relations.append(Relation(tags, ways))

    def add_squares(self) -> None:
        """Take the ways that outline squares which are relations."""
        squares = square_outlines(self._relations, self._rules, self.ways)
        if not squares:
            return
        for data, ids, spans in self._all_ways:
            here = np.flatnonzero(np.isin(ids, list(squares)))
            names, streets = zip(*(squares[way] for way in ids[here].tolist()), strict=True) if len(here) else ((), ())
            self._add(ids[here], list(names), list(streets), data, spans.of(here))

    def nodes(self) -> WayNodes:
        """The nodes of the ways."""
        every, lon, lat = (np.concatenate(parts) for parts in (self._node_ids, self._lon, self._lat))
        ids, at = np.unique(np.concatenate(self._refs), return_inverse=True)
        if min(ids.min(initial=0), every.min(initial=0)) < 0 or (np.diff(every) <= 0).any():
            raise UnusualPbfError("isn't sorted as it says")
        place = np.searchsorted(every, ids)
        there = np.flatnonzero(np.append(every, -1)[place] == ids)
        x, y = np.full((2, len(ids)), NOWHERE)
        x[there], y[there] = lon[place[there]], lat[place[there]]
        return WayNodes(ids, x, y, at)


def _carrying(block: Block, keys: Ragged, key: str) -> Ints:
    """Which entities have a tag; `keys` are the texts that are keys of each."""
    if key.encode() not in block.strings:
        return np.empty(0, np.int64)
    hits = np.flatnonzero((block.columns((key,)) == 0)[keys.values])
    carrying = np.zeros(len(keys.counts), dtype=bool)
    carrying[np.searchsorted(keys.ptr, hits, side="right") - 1] = True
    return np.flatnonzero(carrying)
