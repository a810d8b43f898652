"""The analysis "shelter_reach": who reaches a shelter, who finds a place in one, and what happens with streets out."""

from __future__ import annotations

from collections.abc import Iterator

from civicreach.errors import Note, StudyError
from civicreach.layers.groups import Pair
from civicreach.measures.analysis import Analysis, Listing, MapLayer
from civicreach.measures.figure import Figure
from civicreach.measures.ground import Ground
from civicreach.measures.shelters.capacity import (
    Sheltered,
    capacity_figures,
    capacity_sums,
    capacity_topic,
    rules_listing,
    sheltered,
)
from civicreach.measures.shelters.evacuation import plan_parts, unserved_parts
from civicreach.measures.shelters.evenness import spread_listing
from civicreach.measures.shelters.links import links_parts, shelter_links
from civicreach.measures.shelters.loads import growth_listing, loads_layer, loads_listing, shelter_loads
from civicreach.measures.shelters.outages import Access, Outage, access_now, change_of, closed_streets, outage_of
from civicreach.measures.shelters.places import read_shelters
from civicreach.measures.shelters.question import Population, Question
from civicreach.measures.shelters.reach_by_class import reach_figures, reach_sums, reach_topic
from civicreach.measures.shelters.room import room_figures, room_sums, room_topic
from civicreach.measures.shelters.scenarios import (
    change_figures,
    change_topic,
    losses_listing,
    outage_notes,
    scenario_listing,
)
from civicreach.measures.shelters.within import covered_by_class
from civicreach.study.references import FIXED_SHARE

HEADLINES = ("people_share", "capacity_served_share", "capacity_unserved", "fixed_capacity_share")
"""What of each population is told first."""

TITLE: Pair = ("Shelters: reach and places", "避难可达与容量")


def shelter_reach(ground: Ground) -> Analysis:
    """Who is within reach of which shelters, who finds a place, which shelters have to grow, and what happens where
    streets are out; needs the section [shelters].

    People walk on the network of the service's profile, measured in metres. Raises StudyError without that section or
    without the standards of shelters, and LayerError, with all faults at once, for classes and effective areas that
    can't be read.
    """
    spec = ground.study.shelters
    if spec is None:
        raise StudyError("shelter_reach needs a section [shelters] in the study")
    shelters = read_shelters(ground, spec)
    profile = ground.study.profiles[ground.study.service(spec.service).profile]
    question = Question(ground, spec, shelters, ground.network(profile.in_metres()))
    now = access_now(question)
    outages = [outage_of(question, scenario, now) for scenario in ground.study.scenarios]
    found = {p.group: sheltered(now.pairs, ground.demand, shelters, group=p.group) for p in question.populations}
    parts = [_of_population(p, now, found[p.group]) for p in question.populations]
    if outages:
        parts.append(_of_scenarios(question, now, outages, found))
    parts.append(_of_links(question, now))
    standards = [key for each in shelters.classes.values() for key in (each.radius.key, each.area.key)]
    return Analysis(
        "shelter_reach",
        TITLE,
        tuple(figure for part in parts for figure in part.figures),
        tuple(topic for part in parts for topic in part.topics),
        (*(listing for part in parts for listing in part.listings), spread_listing(question, now)),
        tuple(layer for part in parts for layer in part.layers),
        (*shelters.notes, *_off_network(question), *(note for part in parts for note in part.warnings)),
        tuple(dict.fromkeys([*standards, FIXED_SHARE])),
    )


def _of_population(population: Population, now: Access, found: Sheltered) -> Analysis:
    """Reach, places, room, loads, growth and the evacuation plan of one population."""
    shelters = population.question.shelters
    covered = covered_by_class(now.pairs, shelters)
    growth = found.growth(shelters)
    reached, placed = reach_sums(population, covered), capacity_sums(population, found)
    room = room_sums(population, growth)
    loads = shelter_loads(population, now.pairs, found, growth)
    plan, lines = plan_parts(population, found)
    unserved, middles = unserved_parts(population, found)
    return Analysis(
        population.group,
        TITLE,
        _headlines_first(
            population,
            [
                *reach_figures(population, reached),
                *capacity_figures(population, found, placed),
                *room_figures(population, room, growth),
            ],
        ),
        (
            reach_topic(population, reached),
            capacity_topic(population, placed),
            room_topic(population, room),
        ),
        (
            rules_listing(population, found),
            unserved,
            growth_listing(population, loads),
            loads_listing(population, loads),
            plan,
        ),
        (loads_layer(population, loads), middles, lines),
    )


def _headlines_first(population: Population, figures: list[Figure]) -> tuple[Figure, ...]:
    first = [f"{population.prefix}.{name}" for name in HEADLINES]
    return tuple(sorted(figures, key=lambda figure: first.index(figure.id) if figure.id in first else len(first)))


def _of_scenarios(question: Question, now: Access, outages: list[Outage], found: dict[str, Sheltered]) -> Analysis:
    """What each scenario changes; on every level for the first population."""
    changes = [change_of(p, o, now, found[p.group].best) for o in outages for p in question.populations]
    return Analysis(
        "scenarios",
        TITLE,
        tuple(figure for change in changes for figure in change_figures(change)),
        tuple(change_topic(change) for change in changes if change.population.first),
        (scenario_listing(question, changes), losses_listing(changes)),
        (closed_streets(outages),),
        tuple(outage_notes(question, outages)),
    )


def _of_links(question: Question, now: Access) -> Analysis:
    """The critical links and the bridges that scenarios name, for the first population."""
    population = question.populations[0]
    found = shelter_links(population, now)
    listings: tuple[Listing, ...] = ()
    layers: tuple[MapLayer, ...] = ()
    if not found.empty:
        listing, layer = links_parts(population, found)
        listings, layers = (listing,), (layer,)
    return Analysis("links", TITLE, (), (), listings, layers)


def _off_network(question: Question) -> Iterator[Note]:
    """Shelters that aren't on the network take nobody in."""
    off = ~question.reach.facility_snap.found
    if off.any():
        name, name_zh = question.name
        ids = [str(i) for i in question.shelters.facilities.ids[off]]
        limit = f"{question.ground.max_snap_m:g}"
        yield Note(
            f"{name}: {len(ids):,} farther than {limit} m from any street take nobody in: {', '.join(ids[:5])}",
            f"{name_zh}：{len(ids):,} 处距道路超过 {limit} 米，不能安置居民：{'、'.join(ids[:5])}",
        )
