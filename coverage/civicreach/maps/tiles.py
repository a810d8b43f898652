"""Tiles of an online map below the study's own: addresses, hosts and attribution of those that a study may name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from civicreach.study import PageSpec


@dataclass(frozen=True)
class TileSource:
    """An online map: addresses with {s} {x} {y} {z} {key}, from below to above, and what must be printed with it.

    `gcj` is whether its tiles lie in GCJ-02, up to 700 m from where WGS-84 has the same place.
    """

    addresses: tuple[str, ...]
    servers: tuple[str, ...]
    attribution: tuple[str, str]
    deepest: int
    gcj: bool = False

    @property
    def hosts(self) -> list[str]:
        """The hosts that are asked, as a content security policy names them."""
        found = []
        for address in self.addresses:
            host = "/".join(address.split("/")[:3])
            found += [host.replace("{s}", server) for server in self.servers]
        return list(dict.fromkeys(found))


def _tianditu(layer: str) -> str:
    asked = f"SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    return (
        f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?{asked}&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
    )


SOURCES: dict[str, TileSource] = {
    "osm": TileSource(
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png",),
        ("",),
        ("© OpenStreetMap 贡献者（在线底图）", "© OpenStreetMap contributors (online map)"),
        19,
    ),
    "tianditu": TileSource(
        (_tianditu("vec"), _tianditu("cva")),
        tuple("01234567"),
        ("底图 © 天地图", "Online map © Tianditu"),
        18,
    ),
    "amap": TileSource(
        ("https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",),
        tuple("1234"),
        ("底图 © 高德地图（已由 GCJ-02 纠正）", "Online map © AMap (shifted from GCJ-02)"),
        18,
        gcj=True,
    ),
}


def tile_entry(page: PageSpec) -> dict[str, Any] | None:
    """What the page knows of its online map; None where the study names none."""
    if page.tiles is None:
        return None
    source = SOURCES[page.tiles]
    return {
        "addresses": [address.replace("{key}", page.tianditu_key) for address in source.addresses],
        "servers": list(source.servers),
        "attribution": list(source.attribution),
        "deepest": source.deepest,
        "gcj": source.gcj,
    }


def tile_hosts(page: PageSpec) -> list[str]:
    """The hosts that the page may ask for pictures."""
    return SOURCES[page.tiles].hosts if page.tiles is not None else []
