"""Critical links: single streets whose loss leaves most people without a way to any shelter, and named bridges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Field, Listing, MapLayer
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.critical_links import critical_links
from civicreach.measures.road_words import ROAD_CLASSES
from civicreach.measures.scenarios import closed_network
from civicreach.measures.shelters.outages import Access, access_without
from civicreach.measures.shelters.question import Population, Question
from civicreach.measures.words import LEVEL_ZH
from civicreach.network.closures import closure_of_edges
from civicreach.network.edit import close_streets, shut_edges
from civicreach.reach.links import find_links

Longs = npt.NDArray[np.int64]

KINDS: dict[str, Pair] = {
    "critical": ("single link", "单一通道"),
    "named": ("bridge of a scenario", "情景所列桥梁"),
}
COLUMNS = ["kind", "name", "class", "length_m", "bridge", "links_in_row", "stranded", "on_link", "losing"]
MORE = 5
"""So many times the links that are wanted are looked at, because links in a row strand the same people."""


def link_losses(population: Population, now: Access, links: Mapping[Any, Longs]) -> pd.DataFrame:
    """What the loss of each of some links does, on their names; `links` are edge numbers by name.

    `stranded` people have a way to some shelter now and none at any distance without it; `losing` are within reach of
    one now and of none without it. All edges of a name are out at once, with the shelters on them and who lives there.
    """
    rows = {name: _loss(population, now, edges) for name, edges in links.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["stranded", "losing"]).astype(float)


def _loss(population: Population, now: Access, edges: Longs) -> tuple[float, float]:
    question = population.question
    closed = close_streets(question.network, closure_of_edges(question.network, edges.tolist()))
    shut = shut_edges(closed)
    demand, facility = question.reach.demand_snap, question.reach.facility_snap
    # whole edges are out, so that all edges keep their numbers and places where they are snapped
    no_way, out = (s.found & shut[np.maximum(s.edge, 0)] for s in (demand, facility))
    then = access_without(question, closed, out, no_way)
    amount = population.amount.to_numpy()
    stranded = amount[now.connected & ~then.connected].sum()
    losing = amount[now.covered & ~then.covered].sum()
    return round(float(stranded), PEOPLE_DECIMALS), round(float(losing), PEOPLE_DECIMALS)


def bridge_edges(question: Question) -> dict[str, Longs]:
    """The edges of each bridge that scenarios name and that people can walk on, by its name on the network."""
    network = question.network
    found: dict[str, Longs] = {}
    for scenario in question.study.scenarios:
        for name in scenario.bridges:
            one = scenario.model_copy(update={"bridges": (name,), "closed": None, "flood": None, "id": ""})
            edges = closed_network(question.ground, one, network).closure.edges
            if len(edges):
                found.setdefault(network.names[network.edge_name[edges[0]]], edges.astype(np.int64))
    return found


def shelter_links(population: Population, now: Access) -> gpd.GeoDataFrame:
    """The critical links and the named bridges: the columns of COLUMNS and geometry, most stranded first.

    Of links in a row that strand the same people the one nearest to the shelters stands for all `links_in_row` of them.
    `on_link` are those of the stranded who live on it.
    """
    question, network = population.question, population.question.network
    parts = []
    if question.spec.critical_links > 0:
        found = _critical(population, question.spec.critical_links)
        link = find_links(network)
        edges = {link_id: np.flatnonzero(link == link[link_id]) for link_id in found.index}
        losing = link_losses(population, now, edges)["losing"]
        parts.append(
            found.assign(kind="critical", losing=losing.reindex(found.index).to_numpy())[[*COLUMNS, "geometry"]]
        )
    if bridges := bridge_edges(question):
        parts.append(_named_bridges(population, now, bridges))
    if not parts:
        return gpd.GeoDataFrame(pd.DataFrame(columns=COLUMNS), geometry=gpd.GeoSeries([], crs=network.crs))
    rows = pd.concat(parts).sort_values(["stranded", "losing"], ascending=False, kind="stable")
    return gpd.GeoDataFrame(rows.reset_index(drop=True), geometry="geometry", crs=network.crs)


def _critical(population: Population, top: int) -> gpd.GeoDataFrame:
    """The first critical links, without those that strand nobody but who has to pass the next one anyway."""
    question, group = population.question, population.group
    found = critical_links(
        population.ground.demand, question.shelters.facilities, question.network,
        group=group, top=MORE * top, max_snap_m=population.ground.max_snap_m,
    ).rename(columns={f"{group}_stranded": "stranded", f"{group}_on_link": "on_link"})  # fmt: skip
    counts = nearest_of_rows(found).value_counts()
    kept = found[found.index.isin(counts.index)].head(top)
    return kept.assign(links_in_row=counts.reindex(kept.index).to_numpy())


def nearest_of_rows(found: pd.DataFrame) -> pd.Series:
    """For each critical link the one nearest to the shelters of those in a row that strand the same people."""
    stranded, behind = found["stranded"].to_dict(), found["behind_id"].to_dict()
    nearest = {}
    for link_id in found.index:
        at = link_id
        while not pd.isna(behind[at]) and stranded[behind[at]] == stranded[link_id]:
            at = behind[at]
        nearest[link_id] = at
    return pd.Series(nearest, dtype=found.index.dtype)


def _named_bridges(population: Population, now: Access, bridges: Mapping[str, Longs]) -> gpd.GeoDataFrame:
    network, snapped = population.question.network, population.question.reach.demand_snap
    amount = population.amount.to_numpy()
    rows = pd.DataFrame(index=pd.Index(list(bridges), dtype=object))
    rows["kind"], rows["name"], rows["bridge"], rows["links_in_row"] = "named", list(bridges), True, 1
    rows["class"] = [network.classes[network.edge_class[edges[0]]] for edges in bridges.values()]
    rows["length_m"] = [float(network.edge_length_mm[edges].sum()) / 1_000 for edges in bridges.values()]
    on = [
        round(float(amount[np.isin(snapped.edge, e) & now.connected].sum()), PEOPLE_DECIMALS) for e in bridges.values()
    ]
    rows["on_link"] = on
    rows = rows.join(link_losses(population, now, bridges))
    lines = [shapely.line_merge(shapely.MultiLineString(network.lines[edges].tolist())) for edges in bridges.values()]
    return gpd.GeoDataFrame(rows[COLUMNS], geometry=gpd.GeoSeries(lines, index=rows.index, crs=network.crs))


def _class_words(classes: pd.Series) -> dict[str, Pair]:
    """Words of the classes that there are; others stay as they are."""
    return {name: ROAD_CLASSES[name] for name in ROAD_CLASSES if name in set(classes)}


def links_parts(population: Population, found: gpd.GeoDataFrame) -> tuple[Listing, MapLayer]:
    """The links as a list and as lines."""
    areas = population.areas
    where: tuple[Field, ...] = ()
    if areas is not None:
        located = areas.locate(found.geometry.interpolate(0.5, normalized=True))[areas.lowest]
        found = found.assign(where=located)
        where = (Field("where", (areas.lowest.capitalize(), LEVEL_ZH[areas.lowest]), "text"),)
    fields = (
        Field("kind", ("Kind", "类型"), "text", words=KINDS),
        Field("name", ("Street", "道路"), "text"),
        *where,
        Field("class", ("Class", "道路等级"), "text", words=_class_words(found["class"])),
        Field("bridge", ("Bridge", "含桥梁"), "flag"),
        Field("length_m", ("Length (m)", "长度（米）"), "metres"),
        Field("links_in_row", ("Links in a row with the same loss", "同等影响的串联路段数"), "count"),
        population.field("stranded", "Without any way to a shelter: {who}", "完全无路可达场所的{who}", total=False),
        population.field("on_link", "Of these living on it", "其中居住在该路段", total=False),
        population.field("losing", "Lose reach within the distance", "疏散距离内失去可达的{who}", total=False),
    )
    name = "critical_links"
    title = population.title("Critical links to shelters", "通往避难场所的关键路段")
    rule = (
        (
            f"The links from junction to junction whose loss, one at a time, leaves most {population.who[0]} "
            f"without any way "
            "to a shelter, at any distance: exact, the link with its shelters and those who live on it out; of "
            "links in a row "
            "with the same loss the one nearest to the shelters is listed. Left out: links both ends of which still "
            "reach a shelter without them (only those who live on them lose their way), and private ways in "
            "compounds that hold a shelter. Bridges that scenarios name stand "
            "beside them. "
            "Numbers of several links don't add up."
        ),
        (
            f"逐一中断两路口之间的路段，按完全无路可达任何避难场所的{population.who[1]}数由多到少排列（精确计算，"
            "该路段上的场所和居民一并中断）；影响相同的串联路段只列最近场所的一条；两端在中断后仍可达场所的路段（仅影响沿线居民）"
            "和设有场所的封闭小区内部道路不列。情景所列桥梁一并列出。各行人数不可相加。"
        ),
    )
    frame = found[[*(field.name for field in fields), "geometry"]]
    listing = Listing(name, title, pd.DataFrame(frame.drop(columns="geometry")), fields, rule)
    return listing, MapLayer(name, title, frame, fields, "lines", "stranded")
