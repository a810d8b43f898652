"""What groups, levels, profiles and units are called, in English and Chinese."""

from __future__ import annotations

from civicreach.errors import Note
from civicreach.layers import groups
from civicreach.layers.groups import GROUPS, Pair
from civicreach.study import BY_DISTANCE, Profile, Study

__all__ = [
    "GROUPS",
    "LEVEL_ZH",
    "PLURAL",
    "Pair",
    "group_words",
    "limit_apart",
    "limit_source",
    "profile_source",
    "profile_words",
    "unit_words",
]

PLURAL = {"community": "communities", "subdistrict": "subdistricts", "district": "districts", "city": "cities"}
LEVEL_ZH = {"community": "社区(村)", "subdistrict": "街道(乡镇)", "district": "区", "city": "市"}

UNITS: dict[str, Pair] = {
    "people": ("people", "人"),
    "elderly": ("people", "人"),
    "elderly_80": ("people", "人"),
    "households": ("households", "户"),
}
LIMIT_UNITS_ZH = {"min": "分钟", "m": "米"}
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


def limit_apart(study: Study, limit: float, unit: str, key: str | None) -> Pair | None:
    """That a limit is the study's own, and what the standard that it names says; None where they are the same."""
    standard = study.standards.get(key or "")
    if standard is None or (standard.unit, standard.value) == (unit, limit):
        return None
    unit_zh = LIMIT_UNITS_ZH.get(standard.unit, standard.unit)
    return (
        f"set by the study; the standard says {standard.value:g} {standard.unit}",
        f"本研究设定，标准为{standard.value:g}{unit_zh}",
    )


def profile_source(profile: Profile) -> Note:
    """Name, source and confidence of a profile, as figures print them; empty without a source."""
    if not profile.source:
        return Note("", "")
    english = f"{profile.name}: {profile.source} [{profile.confidence}]"
    return Note(english, f"{profile_words(profile)[1]}：{profile.sources.zh} [{profile.confidence}]")


def limit_source(study: Study, limit: float, unit: str, key: str) -> Note:
    """Where a limit comes from: its standard, or the study where it isn't what that says."""
    cited = study.standards[key].cited
    if (apart := limit_apart(study, limit, unit, key)) is None:
        return cited
    return Note(f"{apart[0]} ({cited}) [unverified]", f"{apart[1]}（{cited.zh}） [unverified]")


def profile_words(profile: Profile) -> Pair:
    """What a profile is called; a study's own profile keeps its name."""
    name = profile.name.removesuffix(BY_DISTANCE)
    return PROFILES.get(name, (name, name))
