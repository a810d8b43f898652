"""What analyses stand on, from little towns: a study with a walker of 1 m/s, its networks and its circles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

import towns
from civicreach.layers import Areas, Demand, Facilities, Roads
from civicreach.measures import service_circle
from civicreach.measures.ground import Ground
from civicreach.measures.service_circle import Place
from civicreach.network import RoadNetwork, build_network
from civicreach.study import PrivateAccess, Profile, ServiceStandard, Study

FAST = Profile(name="fast", speed_mps=2.0, slope="none", source="timed", confidence="verified")
WIDTH = ServiceStandard(key="width", name_zh="距离", name_en="distance", value=300, unit="m", clause="c. 1", source="s")


def a_study(services: Mapping[str, dict[str, Any]], groups: tuple[str, ...] = ("people",), **sections: Any) -> Study:
    """A study of services by id; each is reached within 5 minutes by the walker unless it says otherwise."""
    said = {"minutes": 5, "profile": "walker", "group": groups[0], "file": "f.csv"}
    demand = {"method": "points", "file": "h.csv", "groups": groups, **sections.pop("demand", {})}
    return Study.model_validate(
        {
            "study": {"name": "小镇", "name_en": "Littleton", "year": 2026, **sections.pop("head", {})},
            "roads": {"file": "roads.osm", **sections.pop("roads", {})},
            "demand": demand,
            "services": [
                {"id": name, "name": f"{name}站", "name_en": name.capitalize(), **said, **more}
                for name, more in services.items()
            ],
            "profiles": {p.name: p.model_dump() for p in (towns.WALKER, FAST)},
            "standards": {WIDTH.key: WIDTH.model_dump()},
            "folder": Path.cwd(),
            **sections,
        }
    )


def a_ground(
    study: Study,
    roads: Roads,
    demand: Demand,
    facilities: Mapping[str, Facilities],
    areas: Areas | None = None,
    *,
    cut_at: tuple[float, float] | None = None,
) -> Ground:
    """The ground of a study with the circles of its services; streets leave the data at `cut_at` alone."""
    network_of = partial(_network, roads, cut_at)
    if areas is not None:
        demand = demand.in_areas(areas)
        facilities = {name: layer.in_areas(areas) for name, layer in facilities.items()}
    ground = Ground(study, demand, areas, facilities, network_of)
    circles = {
        service.id: service_circle(
            study, service, Place(demand, areas), facilities[service.id], ground.network_for(service)
        )
        for service in study.circled
    }
    return replace(ground, circles=circles)


@cache
def _network(roads: Roads, cut_at: tuple[float, float] | None, profile: Profile, access: PrivateAccess) -> RoadNetwork:
    """A network, built once for each little town; its streets go on beyond the data at the node nearest to `cut_at`."""
    network = build_network(roads, profile, private_access=access)
    if cut_at is None:
        return network
    away = np.hypot(network.node_x - cut_at[0], network.node_y - cut_at[1])
    return replace(network, cut_nodes=np.array([away.argmin()], dtype=np.int32))
