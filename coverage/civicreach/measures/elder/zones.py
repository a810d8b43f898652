"""Where the elderly whom no station covers live together, and why."""

from __future__ import annotations

from civicreach.measures.analysis import Listing, MapLayer
from civicreach.measures.elder.question import Part, Question
from civicreach.measures.gap_causes import CAUSE_RULE
from civicreach.measures.gap_zones import gap_zones, zone_fields


def zones_part(question: Question) -> Part:
    """Gap zones of the stations, as a list and as a layer; nothing where everyone is covered."""
    spec, group, link = question.spec, question.group, question.spec.zone_link_m
    zones = gap_zones(question.ground, spec.stations, group=group, link_m=link)
    if zones.empty:
        return Part()
    fields = tuple(f for f in zone_fields(question.study, spec.stations, group) if f.name in zones.columns)
    who, who_zh = question.who
    title = (f"Gap zones: {who} without a station", f"养老服务设施缺口片区：未覆盖{who_zh}")
    rule = (
        f"Homes that no station covers, at most {link:g} m apart and in one subdistrict, make a zone; most {who} "
        f"first. The cause is that of most of them. {CAUSE_RULE[0]}"
    )
    rule_zh = (
        f"同一街道内相距不超过{link:g}米的未覆盖居住点归为一个片区，按未覆盖{who_zh}由多到少排列；原因取占多数者。"
        f"{CAUSE_RULE[1]}"
    )
    return Part(
        listings=(Listing("elder_gap_zones", title, zones.drop(columns="geometry"), fields, (rule, rule_zh)),),
        layers=(MapLayer("elder_gap_zones", title, zones, fields, "polygons", colour_by="cause"),),
    )
