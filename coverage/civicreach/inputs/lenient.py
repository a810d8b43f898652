"""A study put together from a file that has faults, so that its names and standards are checked all the same."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from civicreach.study import Study
from civicreach.study.references import reference_faults

STAND_IN = "stand_in_for_what_is_wrong"
"""Stands where a name is missing or wrong: what is said of it is said already."""
NUMBER = 1.0
"""Stands for a number that is missing or wrong; it breaks no limit of a standard in any unit."""


def names_that_stand_for_nothing(raw: dict[str, Any]) -> Iterator[str]:
    """The faults of `reference_faults` that hold whatever the wrong and missing values of `raw` should have been."""
    raw = dict(raw)
    demand = raw.get("demand")
    if not isinstance(demand, dict) or not {"method", "groups"} & set(demand):
        raw["demand"] = {"groups": [STAND_IN]}
    lost = [name for name in Study.model_fields if name in raw and not isinstance(raw[name], (dict, list, tuple))]
    study = _model(Study, raw)
    for fault in reference_faults(study):
        if STAND_IN not in fault and not any(f"[{name}]" in fault for name in lost):
            yield fault


def _model(kind: type[BaseModel], table: Any) -> Any:
    """A model of what is right in a table; checks that compare several of its keys aren't run."""
    table = table if isinstance(table, dict) else {}
    built = {}
    for name, field in kind.model_fields.items():
        if name in table:
            built[name] = _value(field.annotation, field, table[name])
        elif field.is_required():
            built[name] = _value(field.annotation, field, None)
        else:
            built[name] = field.get_default(call_default_factory=True)
    return kind.model_construct(**built)


def _value(kind: Any, field: FieldInfo, value: Any) -> Any:
    """A value as its type has it; in its parts, or something in its place, where it is wrong."""
    if value is not None and (right := _valid(kind, field, value)) is not None:
        return right
    plain = _without_none(kind)
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return _model(plain, value) if isinstance(value, dict) or plain is kind else None
    if get_origin(plain) is tuple:
        of = get_args(plain)[0]
        listed = value if isinstance(value, (list, tuple)) else [None]
        return tuple(part for each in listed if (part := _part(of, each)) is not None)
    if get_origin(plain) is dict:
        of = get_args(plain)[1]
        return {k: _part(of, each) for k, each in value.items()} if isinstance(value, dict) else {}
    for instead in (STAND_IN, NUMBER) if field.is_required() else (STAND_IN, field.default):
        if (right := _valid(kind, field, instead)) is not None:
            return right
    options = get_args(plain)
    return options[0] if field.is_required() and options else field.default


def _part(kind: Any, value: Any) -> Any:
    """An entry of a list or table; None where nothing can stand in its place."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        right = _valid(kind, None, value)
        return _model(kind, value) if right is None else right
    right = _valid(kind, None, value)
    return _valid(kind, None, STAND_IN) if right is None else right


def _valid(kind: Any, field: FieldInfo | None, value: Any) -> Any:
    """A value as pydantic reads it by its type and limits; None where it doesn't."""
    limits = tuple(field.metadata) if field is not None else ()
    try:
        return TypeAdapter(Annotated[(kind, *limits)] if limits else kind).validate_python(value)
    except ValidationError:
        return None


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (typing.Union, types.UnionType):
        return next(option for option in get_args(kind) if option is not type(None))
    return kind
