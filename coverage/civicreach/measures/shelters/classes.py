"""Classes of shelters: what files call them, how far people go to one, and how much room a person needs there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from civicreach.errors import Faults, StudyError
from civicreach.layers.groups import Pair
from civicreach.measures.circle.wording import MARKS, cited
from civicreach.study import ServiceStandard, Study
from civicreach.study.references import SHELTER_STANDARDS

CLASSES: dict[str, Pair] = {
    "emergency": ("emergency", "紧急"),
    "short": ("short-term", "短期固定"),
    "medium": ("medium-term", "中期固定"),
    "long": ("long-term", "长期固定"),
    "central": ("central", "中心"),
}
"""The classes in the order in which they are told."""

CENTRAL, LONG = "central", "long"
"""The standards name no distance and no area for central shelters; they are held to those of long-term ones."""

STANDARD_CLASSES = tuple(key for key in CLASSES if key != CENTRAL)
FIXED = tuple(key for key in CLASSES if key != "emergency")
"""Where people stay rather than gather: short-, medium- and long-term shelters, and central ones with them."""

SHOWN_WORDS = (
    "紧急避难场所、短期（固定）避难场所、中期（固定）避难场所、长期（固定）避难场所、中心避难场所, or emergency, "
    "short, medium, long, central"
)

_STEMS = {
    "紧急": "emergency", "短期": "short", "中期": "medium", "长期": "long", "中心": "central",
    "emergency": "emergency", "short": "short", "medium": "medium", "long": "long", "central": "central",
}  # fmt: skip
_WORD = re.compile(
    r"(?P<zh>紧急|短期|中期|长期|中心)(固定)?(应急)?(避难)?(场所|场地)?"
    r"|(?P<en>emergency|short|medium|long|central)(term)?(fixed)?(shelters?)?"
)


@dataclass(frozen=True, eq=False)
class ShelterClass:
    """A class of shelters with the standards that say how far away it may be and how many m2 a person needs in it."""

    key: str
    radius: ServiceStandard
    area: ServiceStandard

    @property
    def name(self) -> Pair:
        """What the class is called."""
        return CLASSES[self.key]

    @property
    def radius_m(self) -> float:
        """Metres along the network (inclusive)."""
        return self.radius.value

    @property
    def radius_ms(self) -> int:
        """The same as a cost of a network in metres, where a metre costs 1,000 ms."""
        return round(self.radius.value * 1_000)

    @property
    def m2_per_person(self) -> float:
        """Effective area that one person needs."""
        return self.area.value

    @property
    def distance(self) -> Pair:
        """How far people go to it, with the mark of a number that nobody has checked."""
        mark = MARKS[self.radius.confidence]
        return f"{self.name[0]} {self.radius_m:g} m{mark[0]}", f"{self.name[1]}{self.radius_m:g}米{mark[1]}"

    @property
    def room(self) -> Pair:
        """What a person needs in it, with the same mark."""
        mark = MARKS[self.area.confidence]
        return (
            f"{self.name[0]} {self.m2_per_person:g} m2{mark[0]}",
            f"{self.name[1]}{self.m2_per_person:g}平方米{mark[1]}",
        )


def class_of_word(word: str) -> str | None:
    """The class that a word of a file stands for, or None.

    >>> class_of_word("短期固定避难场所"), class_of_word("Long-term shelter"), class_of_word("公园")
    ('short', 'long', None)
    """
    plain = re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", word).casefold())
    found = _WORD.fullmatch(plain)
    return _STEMS[found["zh"] or found["en"]] if found else None


def shelter_classes(study: Study) -> Mapping[str, ShelterClass]:
    """All classes with their standards; the central one with those of the long-term one.

    Raises StudyError for standards that are missing, in another unit, or not above 0.
    """
    faults = Faults(study.file_name)
    keys = {key: LONG if key == CENTRAL else key for key in CLASSES}
    for name, unit in SHELTER_STANDARDS.items():
        standard = study.standards.get(name)
        if standard is None:
            faults.add(f"no standard {name!r}, which shelters need", todo="Add it to the study's standards.")
        elif standard.unit != unit or not standard.value > 0:
            faults.add(f"standard {name!r} is {standard.value:g} {standard.unit}; it must be above 0 and in {unit}")
    faults.raise_if_any(StudyError)
    found = study.standards
    return {
        key: ShelterClass(key, found[f"shelter.{of}.radius"], found[f"shelter.{of}.area_per_person"])
        for key, of in keys.items()
    }


def distances(classes: Mapping[str, ShelterClass]) -> Pair:
    """The evacuation distances of all classes in words."""
    told = [each.distance for each in classes.values()]
    return ", ".join(english for english, _ in told), "、".join(chinese for _, chinese in told)


def rooms(classes: Mapping[str, ShelterClass]) -> Pair:
    """What a person needs in each class, in words."""
    told = [each.room for each in classes.values()]
    return ", ".join(english for english, _ in told), "、".join(chinese for _, chinese in told)


def distance_sources(study: Study, classes: Mapping[str, ShelterClass]) -> tuple[str, ...]:
    """Where the distances come from, each once."""
    return cited(study, dict.fromkeys(each.radius.key for each in classes.values()), ())


def room_sources(study: Study, classes: Mapping[str, ShelterClass]) -> tuple[str, ...]:
    """Where the areas per person come from, each once."""
    return cited(study, dict.fromkeys(each.area.key for each in classes.values()), ())
