"""Critical links: single streets whose loss leaves people without any way to a service, and what named ones cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.layers import Demand, Facilities, WayFlag
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.network import RoadNetwork
from civicreach.network.closures import closure_of_edges
from civicreach.network.edit import close_streets, shut_edges
from civicreach.network.snap import MAX_SNAP_M
from civicreach.reach import nearest_facility
from civicreach.reach.access import snap_layer
from civicreach.reach.links import Stranded, stranded_without
from civicreach.study import Direction
from civicreach.units import MS_PER_MIN, min_to_ms

NAMES_TOLD = 3
"""Of a link of many streets so many are named."""


def critical_links(
    demand: Demand,
    facilities: Facilities,
    network: RoadNetwork,
    *,
    group: str = "people",
    top: int = 20,
    within_min: float | None = None,
    direction: Direction = "to_facility",
    max_snap_m: float = MAX_SNAP_M,
) -> gpd.GeoDataFrame:
    """The links whose loss strands most of a group: who reaches a facility now, and none at any distance without it.

    A link is a street from junction to junction; it is lost as a whole, with its facilities, and who lives on it is
    stranded too. Links both ends of which still reach a facility without them aren't listed: they strand nobody but,
    perhaps, those who live on them. One row a link, most stranded first, on `link_id` (its first edge): `name` (its
    bridges first, then its longest parts), `class` (of the longest), `length_m`, `bridge` (one is part of it),
    `<group>_stranded`, `<group>_on_link` (of these, who lives on it), `<group>_kept` (who still reaches one),
    `behind_id` (the listed link nearer to the facilities that strands them too), with `within_min` also what
    `link_loss` says, geometry.

    Every number is exact; who lives outside the areas isn't counted. Private ways in compounds that hold a facility
    aren't listed. Raises what `reach` raises for the layers.

    >>> import networkx as nx
    >>> from civicreach.network import from_networkx
    >>> from civicreach.study import Profile
    >>> lane = nx.Graph(crs="EPSG:32650")
    >>> lane.add_nodes_from((n, {"x": 100.0 * n, "y": 0.0}) for n in range(3))
    >>> lane.add_edges_from([(0, 1, {"name": "Main Street"}), (1, 2, {"name": "Mill Bridge", "flags": 4})])
    >>> network = from_networkx(lane, Profile(name="walker", speed_mps=1.0))
    >>> homes = gpd.GeoDataFrame({"people": [3, 5]}, geometry=gpd.points_from_xy([120, 90], [0, 0]), crs=32650)
    >>> centre = gpd.GeoDataFrame(geometry=gpd.points_from_xy([0], [0]), crs=32650)
    >>> found = critical_links(Demand(homes), Facilities(centre), network)  # a chain of two streets is one link
    >>> found[["name", "people_stranded", "bridge"]].to_numpy().tolist()
    [['Mill Bridge / Main Street', 8.0, True]]
    """
    demand_snap = snap_layer(demand.frame.geometry, network, max_snap_m, "demand")
    facility_snap = snap_layer(facilities.frame.geometry, network, max_snap_m, facilities.service)
    amount = demand.amount(group).where(~demand.outside, 0.0).to_numpy()
    found = stranded_without(network, demand_snap, facility_snap, amount, direction=direction)
    stranded = np.where(found.critical, found.stranded.round(PEOPLE_DECIMALS), 0.0)
    chosen = np.argsort(-stranded, kind="stable")[:top]
    chosen = chosen[stranded[chosen] > 0]
    table = _described(network, found, chosen)
    table[f"{group}_stranded"] = stranded[chosen]
    table[f"{group}_on_link"] = found.on_link[chosen].round(PEOPLE_DECIMALS)
    table[f"{group}_kept"] = (found.reached - stranded[chosen]).round(PEOPLE_DECIMALS)
    table["behind_id"] = _behind(found, chosen, table.index)
    if within_min is not None:
        edges = {link_id: np.flatnonzero(found.link == k) for link_id, k in zip(table.index, chosen, strict=True)}
        loss = link_loss(
            demand, facilities, network, edges,
            within_min=within_min, group=group, direction=direction, max_snap_m=max_snap_m,
        )  # fmt: skip
        table = table.join(loss.drop(columns=f"{group}_stranded"))
    lines = [_merged(network.lines[found.link == k]) for k in chosen.tolist()]
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(lines, index=table.index, crs=network.crs))


def link_loss(
    demand: Demand,
    facilities: Facilities,
    network: RoadNetwork,
    links: Mapping[object, Iterable[int]],
    *,
    within_min: float,
    group: str = "people",
    direction: Direction = "to_facility",
    max_snap_m: float = MAX_SNAP_M,
) -> pd.DataFrame:
    """What the loss of each of some links does, measured again without it; `links` are edge numbers by name.

    On the links' names: `<group>_losing` (within the standard now, not without the link), `<group>_stranded` (reach a
    facility now, none at any distance without it), `<group>_longer` (still reach one, but take longer) and `extra_min`
    (their mean extra minutes; NaN where nobody takes longer). All edges of a name are out at once, with the facilities
    on them; places stay where they are snapped. Who lives outside the areas isn't counted.

    Raises RoadsError for numbers that are no edges.
    """
    limit_ms = min_to_ms(within_min)
    amount = demand.amount(group).where(~demand.outside, 0.0).to_numpy()

    def cost_ms(on: RoadNetwork) -> npt.NDArray[np.int64]:
        found = nearest_facility(demand, facilities, on, direction=direction, max_snap_m=max_snap_m)
        shut = found.demand_snap.found & shut_edges(on)[np.maximum(found.demand_snap.edge, 0)]
        return np.where(shut, -1, found.cost_ms)

    before = cost_ms(network)
    rows = {}
    for name, edges in links.items():
        after = cost_ms(close_streets(network, closure_of_edges(network, edges)))
        rows[name] = _loss(before, after, amount, limit_ms)
    columns = [f"{group}_losing", f"{group}_stranded", f"{group}_longer", "extra_min"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index.name = "link"
    return table.astype(float)


def _loss(
    before: npt.NDArray[np.int64], after: npt.NDArray[np.int64], amount: npt.NDArray[np.float64], limit_ms: int
) -> tuple[float, float, float, float]:
    """Amounts that lose the standard, are stranded, and take longer, with the mean extra minutes of the last ones."""
    reached, still = before >= 0, after >= 0
    losing = reached & (before <= limit_ms) & ~(still & (after <= limit_ms))
    longer = reached & still & (after > before)
    sums = [round(float(amount[mask].sum()), PEOPLE_DECIMALS) for mask in (losing, reached & ~still, longer)]
    extra = float((amount[longer] * (after - before)[longer]).sum()) / MS_PER_MIN
    return sums[0], sums[1], sums[2], extra / sums[2] if sums[2] > 0 else float("nan")


def _described(network: RoadNetwork, found: Stranded, chosen: npt.NDArray[np.int64]) -> pd.DataFrame:
    rows = []
    for k in chosen.tolist():
        edges = np.flatnonzero(found.link == k)
        longest = edges[np.argsort(-network.edge_length_mm[edges], kind="stable")]
        deck = (network.edge_flags[longest] & int(WayFlag.BRIDGE)) != 0
        names = [network.names[n] for n in network.edge_name[np.append(longest[deck], longest[~deck])].tolist()]
        rows.append(
            {
                "link_id": int(edges[0]),
                "name": " / ".join(list(dict.fromkeys(name for name in names if name))[:NAMES_TOLD]),
                "class": network.classes[network.edge_class[longest[0]]] if network.classes else "",
                "length_m": float(network.edge_length_mm[edges].sum()) / 1000.0,
                "bridge": bool(deck.any()),
            }
        )
    table = pd.DataFrame(rows, columns=["link_id", "name", "class", "length_m", "bridge"])
    return table.astype({"link_id": np.int64, "length_m": float, "bridge": bool}).set_index("link_id")


def _behind(found: Stranded, chosen: npt.NDArray[np.int64], ids: pd.Index) -> pd.Series:
    """Of each chosen link, the chosen one that its people have to pass next."""
    named = dict(zip(chosen.tolist(), ids.tolist(), strict=True))
    behind: list[int | None] = []
    for k in chosen.tolist():
        above = int(found.above[k])
        while above >= 0 and above not in named:
            above = int(found.above[above])
        behind.append(named.get(above))
    return pd.Series(behind, index=ids, dtype="Int64")


def _merged(lines: npt.NDArray[np.object_]) -> shapely.Geometry:
    """One line where the parts of a link follow each other, else all of them together."""
    return shapely.line_merge(shapely.MultiLineString(lines.tolist())) if len(lines) > 1 else lines[0]
