"""What classes of streets (OpenStreetMap's `highway`) are called, in English and Chinese."""

from __future__ import annotations

from civicreach.layers.groups import Pair

ROAD_CLASSES: dict[str, Pair] = {
    "motorway": ("motorway", "高速公路"),
    "motorway_link": ("motorway ramp", "高速公路匝道"),
    "trunk": ("trunk road", "快速路（国道）"),
    "trunk_link": ("trunk road ramp", "快速路匝道"),
    "primary": ("primary road", "主干路"),
    "primary_link": ("primary road ramp", "主干路匝道"),
    "secondary": ("secondary road", "次干路"),
    "secondary_link": ("secondary road ramp", "次干路匝道"),
    "tertiary": ("tertiary road", "支路"),
    "tertiary_link": ("tertiary road ramp", "支路匝道"),
    "unclassified": ("minor road", "一般道路"),
    "residential": ("residential street", "居住区道路"),
    "living_street": ("living street", "生活性街道"),
    "service": ("service road", "内部道路"),
    "road": ("road of no known class", "等级不明道路"),
    "pedestrian": ("pedestrian street", "步行街"),
    "footway": ("footway", "人行道"),
    "path": ("path", "小路"),
    "steps": ("steps", "台阶"),
    "cycleway": ("cycleway", "自行车道"),
    "bridleway": ("bridleway", "马道"),
    "track": ("track", "机耕道"),
    "corridor": ("corridor", "室内通道"),
    "platform": ("platform", "站台"),
    "crossing": ("crossing", "过街通道"),
    "gate": ("gate", "出入口"),
}
