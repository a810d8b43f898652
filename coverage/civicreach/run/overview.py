"""What a check has read, in a sentence for each layer."""

from __future__ import annotations

from collections.abc import Iterator

from civicreach.errors import Note, counted
from civicreach.layers import Areas, Demand, Facilities
from civicreach.measures.words import LEVEL_ZH, PLURAL, group_words, profile_words
from civicreach.network import RoadNetwork
from civicreach.report.words import STATUSES
from civicreach.run.load import Loaded
from civicreach.study import Study

Row = tuple[Note, Note]
"""What a layer is, and what was read of it."""


def layers_read(loaded: Loaded) -> Iterator[Row]:
    """A row for each network, the areas, the demand and each service."""
    study = loaded.study
    for profile, service in {service.profile: service for service in study.services}.items():
        english, chinese = profile_words(study.profiles[profile])
        yield Note(f"network ({english})", f"路网（{chinese}）"), _network(loaded.network(service.id))
    if loaded.areas is not None:
        yield Note("areas", "行政区划"), _areas(loaded.areas)
    yield Note("demand", "居住点"), _demand(study, loaded.demand)
    for service in study.services:
        name = Note(service.label("en"), service.label("zh"))
        yield name, _facilities(loaded.facilities[service.id])


def _network(network: RoadNetwork) -> Note:
    nodes, edges, km = network.node_count, network.edge_count, network.length_km
    english = f"{counted(nodes, 'node', 'nodes')}, {counted(edges, 'edge', 'edges')}, {km:,.1f} km"
    return Note(english, f"{nodes:,} 个节点、{edges:,} 条边、{km:,.1f} 公里")


def _areas(areas: Areas) -> Note:
    count, lowest, above = len(areas.frame), areas.lowest, areas.levels[:-1]
    english, chinese = counted(count, lowest, PLURAL[lowest]), f"{count:,} 个{LEVEL_ZH[lowest]}"
    if above:
        english += f" in {', '.join(counted(*_units(areas, level)) for level in reversed(above))}"
        units = [(_units(areas, level)[0], LEVEL_ZH[level]) for level in reversed(above)]
        chinese += f"，分属 {'、'.join(f'{number:,} 个{word}' for number, word in units)}"
    return Note(english, chinese)


def _units(areas: Areas, level: str) -> tuple[int, str, str]:
    return int(areas.frame[f"{level}_id"].nunique()), level, PLURAL[level]


def _demand(study: Study, demand: Demand) -> Note:
    """The points with the sum of each group; a weight is called what the study says that it counts."""
    sums = [(f"{demand.frame[group].sum():,.0f}", *group_words(study, group)) for group in demand.groups]
    points = len(demand.frame)
    english, chinese = counted(points, "point", "points"), f"{points:,} 个点"
    of = "{1} {0}" if study.demand.weight_note else "{0} {1}"
    return Note(
        f"{english}: {', '.join(of.format(total, word) for total, word, _ in sums)}",
        f"{chinese}：{'、'.join(f'{word} {total}' for total, _, word in sums)}",
    )


def _facilities(layer: Facilities) -> Note:
    count, found = len(layer.frame), layer.frame["status"].value_counts()
    english, chinese = counted(count, "facility", "facilities"), f"{count:,} 处设施"
    if set(found.index) != {"existing"}:
        listed = [(STATUSES[str(status)], int(number)) for status, number in sorted(found.items())]
        english += f" ({', '.join(f'{words[1]} {number:,}' for words, number in listed)})"
        chinese += f"（{'、'.join(f'{words[0]} {number:,}' for words, number in listed)}）"
    return Note(english, chinese)
