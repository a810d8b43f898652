"""What groups, levels, profiles and units are called, in English and Chinese."""

from __future__ import annotations

from civicreach.study import Profile, Study

Pair = tuple[str, str]
"""English and Chinese."""

PLURAL = {"community": "communities", "subdistrict": "subdistricts", "district": "districts", "city": "cities"}
LEVEL_ZH = {"community": "社区(村)", "subdistrict": "街道(乡镇)", "district": "区", "city": "市"}

GROUPS: dict[str, Pair] = {
    "people": ("residents", "居民"),
    "elderly": ("residents aged 60 and over", "60岁及以上老年人"),
    "elderly_80": ("residents aged 80 and over", "80岁及以上老年人"),
    "households": ("households", "住户"),
}
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
    """Who or what a group is: the study's own label, the weight's note where amounts aren't people, or the usual word.

    A weight is never called residents, whatever the group's name.
    """
    spec = study.demand
    english, chinese = GROUPS.get(group, (group, group))
    if spec.weight_note:
        english = chinese = spec.weight_note
    chinese = spec.labels.get(group, chinese)
    return spec.labels_en.get(group, english), chinese


def unit_words(study: Study, group: str) -> Pair:
    """The unit of a group's amounts; none where they count something else than people or households."""
    return ("", "") if study.demand.weight_note else UNITS.get(group, ("", ""))


def profile_words(profile: Profile) -> Pair:
    """What a profile is called; a study's own profile keeps its name."""
    return PROFILES.get(profile.name, (profile.name, profile.name))
