"""How much floor area each facility has, read from the column that the study names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from civicreach.errors import Faults, LayerError, Note, counted
from civicreach.inputs.files import did_you_mean
from civicreach.inputs.tables import number_column, text_column
from civicreach.layers import Facilities
from civicreach.layers.points import check_amounts
from civicreach.measures.coverage import PEOPLE_DECIMALS
from civicreach.measures.floor_area.sharing import units_named
from civicreach.measures.ground import EXISTING, Ground
from civicreach.study import ServiceSpec

SQUARE_METRES = ("m2", "m²", "㎡", "平方米", "sqm")


@dataclass(frozen=True, eq=False)
class FloorArea:
    """The existing facilities of some services (with a column `service`), their floor area in m2 on their index, and
    the units that share them, by the facilities' ids."""

    facilities: Facilities
    m2: pd.Series
    named: Mapping[object, list[object]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()


def floor_area_of(
    ground: Ground, services: Iterable[str], *, column: str, serves_column: str | None = None
) -> FloorArea:
    """The floor area of the existing facilities of some services, from a column of their files.

    A service whose capacity is that column, or is in m2 where there is no such column, takes its capacity. A facility
    that stands in several services with the same id, place and floor area is counted once.

    Raises LayerError, with the faults of all services at once, for floor areas that are missing, negative or no
    numbers, and for a `serves_column` that no file has or that names no unit.
    """
    names = tuple(dict.fromkeys(services))
    layers = {name: ground.facilities[name].with_status(EXISTING) for name in names}
    faults = Faults()
    notes: list[Note] = []
    m2, ids = [], []
    for name, layer in layers.items():
        m2.append(_m2_of(layer, ground.study.service(name), column, faults, notes))
        ids += layer.ids.tolist()
    merged = ground.serving(names)
    named = _named(ground, layers, merged, serves_column, faults) if serves_column else {}
    faults.raise_if_any(LayerError)
    values = pd.Series(np.concatenate(m2), index=merged.ids, name="floor_area_m2").round(PEOPLE_DECIMALS)
    twice = pd.DataFrame({"id": ids, "x": merged.xy[:, 0], "y": merged.xy[:, 1], "m2": values.to_numpy()}).duplicated()
    again = twice.to_numpy()
    if again.any():
        notes.append(_counted_once(merged.ids[again]))
    frame = merged.frame[~again]
    kept = Facilities(frame, merged.service, merged.capacity_unit, merged.source)
    notes += _notes(ground, names, values[~again])
    return FloorArea(kept, values[~again], {k: v for k, v in named.items() if k in kept.ids}, tuple(notes))


def _m2_of(layer: Facilities, service: ServiceSpec, column: str, faults: Faults, notes: list[Note]) -> np.ndarray:
    """Floor areas (n,) of a service's facilities; NaN, and a fault, where they aren't numbers of at least 0."""
    where = f"{layer.source or 'facilities'} (service {service.id})"
    frame = layer.frame.rename_axis("facility")
    own = Faults(where)
    used = column
    if service.capacity == column or (column not in frame.columns and service.capacity_unit in SQUARE_METRES):
        used = "capacity"
    if used == "capacity" and service.capacity != column and "capacity" in frame.columns:
        notes.append(_taken_from_capacity(service, column))
    if used not in frame.columns:
        own.add(f"no column {column!r} with the floor area", todo=did_you_mean(column, layer.file_columns))
        faults.found += own.found
        return np.full(len(frame), np.nan)
    empty = text_column(frame, used, own)
    values = number_column(frame, used, own, required=False)
    if empty is None or values is None:  # pragma: no cover
        raise AssertionError("the column is there")
    said = column if used == column else str(service.capacity)
    check_amounts(values.fillna(0.0), said, own)
    if (missing := empty.isna()).any():
        own.add(f"{said} is empty", rows=frame.index[missing].tolist(), todo="Give 0 where a facility has none.")
    faults.found += own.found
    return values.to_numpy(dtype=np.float64)


def _named(
    ground: Ground, layers: Mapping[str, Facilities], merged: Facilities, column: str, faults: Faults
) -> dict[object, list[object]]:
    """The units that facilities name, by their ids in the merged layer."""
    if column not in merged.frame.columns:
        own = Faults(merged.source or "facilities")
        there = list(dict.fromkeys(name for layer in layers.values() for name in layer.file_columns))
        own.add(f"no column {column!r} with the units served", todo=did_you_mean(column, there))
        faults.found += own.found
        return {}
    found: dict[object, list[object]] = {}
    if ground.areas is None:
        return found
    for name, layer in layers.items():
        own = Faults(f"{layer.source or 'facilities'} (service {name})")
        part = merged.frame[merged.frame["service"] == name]
        text = text_column(part, column, own)
        if text is not None:
            # as the file calls them, not as the merged layer tells them apart
            mine = units_named(text.set_axis(layer.ids), ground.areas, own)
            found |= {part.index[layer.ids.get_loc(key)]: units for key, units in mine.items()}
        faults.found += own.found
    return found


def _taken_from_capacity(service: ServiceSpec, column: str) -> Note:
    english = f"{service.label('en')}: no column {column}; its capacity ({service.capacity}) in m2 is its floor area"
    return Note(english, f"{service.label('zh')}：无“{column}”列，以容量列“{service.capacity}”（平方米）作为建筑面积")


def _counted_once(ids: pd.Index) -> Note:
    shown = [str(i) for i in ids[:5]]
    english = counted(len(ids), "facility stands", "facilities stand")
    return Note(
        f"floor area: {english} in several services and {'is' if len(ids) == 1 else 'are'} counted once "
        f"({', '.join(shown)})",
        f"建筑面积：{len(ids):,} 处设施同时列入多类服务，仅计一次（{'、'.join(shown)}）",
    )


def _notes(ground: Ground, names: Iterable[str], m2: pd.Series) -> Iterator[Note]:
    if (none := m2 == 0).any():
        count, shown = int(none.sum()), [str(i) for i in m2.index[none][:5]]
        yield Note(
            f"floor area: {counted(count, 'facility has', 'facilities have')} 0 m2 ({', '.join(shown)})",
            f"建筑面积：{count:,} 处设施填报为 0 平方米（{'、'.join(shown)}）",
        )
    for name in names:
        service, every = ground.study.service(name), ground.facilities[name].frame["status"]
        if not service.circle and (left := int((every != EXISTING).sum())):  # circles tell it of the others
            english = counted(left, "facility that doesn't exist isn't", "facilities that don't exist aren't")
            yield Note(
                f"{service.label('en')}: {english} counted", f"{service.label('zh')}：{left:,} 处非现状设施未计入"
            )
