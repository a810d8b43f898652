"""What groups, levels, profiles and units are called, in English and Chinese."""

from __future__ import annotations

from civicreach.layers import groups
from civicreach.layers.groups import GROUPS, Pair
from civicreach.study import BY_DISTANCE, Profile, Study

__all__ = ["GROUPS", "LEVEL_ZH", "PLURAL", "Pair", "group_words", "profile_words", "unit_words"]

PLURAL = {"community": "communities", "subdistrict": "subdistricts", "district": "districts", "city": "cities"}
LEVEL_ZH = {"community": "社区(村)", "subdistrict": "街道(乡镇)", "district": "区", "city": "市"}

UNITS: dict[str, Pair] = {
    "people": ("people", "人"),
    "elderly": ("people", "人"),
    "elderly_80": ("people", "人"),
    "households": ("households", "户"),
}
PROFILES: dict[str, Pair] = {
    "adult": ("adult", "成人"),
    "elder": ("older people", "老年人"),
    "frail": ("frail older people", "体弱老年人"),
    "wheelchair": ("wheelchair", "轮椅"),
    "drive": ("driving", "驾车"),
}


def group_words(study: Study, group: str) -> Pair:
    """Who or what a group of a study is, as `civicreach.layers.groups` says."""
    return groups.group_words(study.demand, group)


def unit_words(study: Study, group: str) -> Pair:
    """The unit of a group's amounts; none for weights, whose name says what they count."""
    if study.demand.weight_note:
        return "", ""
    return UNITS.get(group, UNITS["people"] if group.startswith(("people_", "elderly_")) else ("", ""))


def profile_words(profile: Profile) -> Pair:
    """What a profile is called; a study's own profile keeps its name."""
    name = profile.name.removesuffix(BY_DISTANCE)
    return PROFILES.get(name, (name, name))
