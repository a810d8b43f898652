"""The shelters of a study: their classes, their effective area, and how many people they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from civicreach.errors import Faults, LayerError, Note
from civicreach.inputs.files import did_you_mean
from civicreach.layers import Facilities
from civicreach.measures.ground import Ground
from civicreach.measures.shelters.classes import (
    CENTRAL,
    CLASSES,
    FIXED,
    SHOWN_WORDS,
    STANDARD_CLASSES,
    ShelterClass,
    class_of_word,
    shelter_classes,
)
from civicreach.study import ServiceSpec, ShelterSpec

SQUARE_METRES = ("m2", "m²", "㎡", "平方米", "sqm")
HAIR = 1e-9
"""Of a place: 0.3 m2 ten times over must hold ten people at 0.3 m2."""


@dataclass(frozen=True, eq=False)
class Shelters:
    """The existing shelters. On their index: `key` (the class), effective area `m2`, and whole `places`.

    `classes` are those that shelters may have here: the four of the standards, and the central one where there is any.
    """

    facilities: Facilities
    classes: Mapping[str, ShelterClass]
    key: pd.Series
    m2: pd.Series
    places: pd.Series
    notes: tuple[Note, ...] = ()

    @property
    def radius_ms(self) -> npt.NDArray[np.int64]:
        """How far (k,) people go to each, as a cost of a network in metres."""
        return np.array([self.classes[key].radius_ms for key in self.key], dtype=np.int64)

    @property
    def m2_per_person(self) -> pd.Series:
        """What a person needs in each."""
        return self.key.map({key: each.m2_per_person for key, each in self.classes.items()}).astype(np.float64)

    @property
    def fixed(self) -> pd.Series:
        """Which of them are fixed shelters."""
        return self.key.isin(FIXED)

    @property
    def longest_m(self) -> float:
        """The longest distance that people go to any of them."""
        return float(self.radius_ms.max()) / 1_000


def places_in(m2: pd.Series, m2_per_person: pd.Series | float) -> pd.Series:
    """How many people areas hold: whole persons, what is left over holds nobody.

    >>> places_in(pd.Series([9.0, 10.0, 1.5]), 2.0).tolist()
    [4.0, 5.0, 0.0]
    """
    places: pd.Series = np.floor(m2 / m2_per_person + HAIR)
    return places.rename("places")


def read_shelters(ground: Ground, spec: ShelterSpec) -> Shelters:
    """The existing shelters of a study with their classes and areas.

    Raises LayerError, with all faults at once, for a class that is empty or unknown, an effective area that isn't
    known, and a capacity that isn't in m2; StudyError for standards that are missing or of no use.
    """
    service = ground.study.service(spec.service)
    layer = ground.serving(spec.service)
    classes = shelter_classes(ground.study)
    key, m2 = read_columns(ground, spec)
    there = {name: each for name, each in classes.items() if name in STANDARD_CLASSES or (key == name).any()}
    per_person = key.map({name: each.m2_per_person for name, each in there.items()})
    places = places_in(m2, per_person)
    found = Shelters(layer, there, key, m2, places)
    return replace(found, notes=tuple(_notes(ground, service, found)))


def read_columns(ground: Ground, spec: ShelterSpec) -> tuple[pd.Series, pd.Series]:
    """The classes and the effective areas in m2 of the existing shelters; LayerError with the faults of both."""
    service, layer = ground.study.service(spec.service), ground.serving(spec.service)
    faults = Faults(f"{layer.source or 'facilities'} (service {service.id})")
    key = _classes(layer, spec.class_column, faults)
    m2 = _areas(layer, service.capacity, faults)
    faults.raise_if_any(LayerError)
    return key, m2


def _classes(layer: Facilities, column: str, faults: Faults) -> pd.Series:
    frame = layer.frame
    if column not in frame.columns:
        todo = did_you_mean(column, layer.file_columns)
        faults.add(f"no column {column!r} (shelters.class_column)", todo=todo)
        return pd.Series("", index=layer.ids, name="class", dtype=object)
    said = frame[column].astype(object).where(frame[column].notna(), "").astype(str).str.strip()
    found: pd.Series = said.map(class_of_word).astype(object).rename("class")
    if (empty := said == "").any():
        faults.add(f"{column} is empty", rows=layer.ids[empty].tolist(), todo=f"Use {SHOWN_WORDS}.")
    if (unknown := ~empty & found.isna()).any():
        rows = [f"{i}: {word}" for i, word in said[unknown].items()]
        faults.add(f"{column} has unknown classes", rows=rows, todo=f"Use {SHOWN_WORDS}.")
    return found


def _areas(layer: Facilities, column: str | None, faults: Faults) -> pd.Series:
    """Effective areas in m2; a fault for each row without one."""
    if layer.capacity_unit and layer.capacity_unit.strip().casefold() not in SQUARE_METRES:
        todo = 'Name the column with the effective area in m2, and say capacity_unit = "m2".'
        faults.add(f"the capacity of shelters is in {layer.capacity_unit!r}, not in m2", todo=todo)
    if "capacity" not in layer.frame.columns:
        faults.add("no effective area", todo="Name its column as the service's capacity.")
        return pd.Series(np.nan, index=layer.ids, name="m2")
    m2: pd.Series = layer.frame["capacity"].astype(np.float64).rename("m2")
    if (missing := m2.isna()).any():
        todo = "Fill it in; 0 where a shelter holds nobody."
        faults.add(f"{column or 'effective area'} is empty", rows=layer.ids[missing].tolist(), todo=todo)
    return m2


def _notes(ground: Ground, service: ServiceSpec, shelters: Shelters) -> Iterator[Note]:
    name, name_zh = service.label("en"), service.label("zh")
    if (none := shelters.places == 0).any():
        english, chinese = _some(shelters, none)
        yield Note(
            f"{name}: {int(none.sum()):,} of {len(none):,} hold nobody (their effective area is 0 or less than "
            f"a person "
            f"needs), but count as in reach: {english}",
            f"{name_zh}：{len(none):,} 处中有 {int(none.sum()):,} 处有效面积为 0 或不足一人，不能安置人员，"
            f"但计入可达：{chinese}",
        )
    absent = [CLASSES[key] for key in shelters.classes if not (shelters.key == key).any()]
    if absent:
        english, chinese = ", ".join(a for a, _ in absent), "、".join(b for _, b in absent)
        yield Note(f"{name}: none of the class {english}", f"{name_zh}：没有{chinese}避难场所")
    if CENTRAL in shelters.classes:
        yield Note(
            f"{name}: the standards name no distance and no m2 per person for central shelters; those of long-term "
            "shelters are used",
            f"{name_zh}：标准未规定中心避难场所的疏散距离和人均面积，按长期固定避难场所计算",
        )
    if ground.areas is not None and (outside := ground.unit_of(shelters.facilities).isna()).any():
        english, chinese = _some(shelters, outside)
        yield Note(
            f"{name}: {int(outside.sum()):,} outside all areas take people in, but are in no unit's places: {english}",
            f"{name_zh}：{int(outside.sum()):,} 处位于所有行政区划之外，可安置居民，但不计入任何单元的容量：{chinese}",
        )
    left_out = int((ground.facilities[service.id].frame["status"] != "existing").sum())
    if left_out and not service.circle:  # circles tell it of the others
        yield Note(
            f"{name}: {left_out:,} that don't exist yet or any more aren't counted",
            f"{name_zh}：{left_out:,} 处非现状设施未计入",
        )


def _some(shelters: Shelters, chosen: pd.Series) -> tuple[str, str]:
    """The first of some shelters by their ids, in English and Chinese."""
    ids = [str(i) for i in shelters.facilities.ids[chosen.to_numpy()]]
    shown, more = ids[:5], len(ids) > 5
    return ", ".join(shown) + (", ..." if more else ""), "、".join(shown) + ("等" if more else "")
