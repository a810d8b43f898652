"""Faults of a study file in plain sentences, from what pydantic says about it."""

from __future__ import annotations

import copy
import types
import typing
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from civicreach.errors import Fault, nearest
from civicreach.inputs.files import did_you_mean
from civicreach.inputs.lenient import names_that_stand_for_nothing
from civicreach.inputs.toml_lines import Loc, line_at
from civicreach.study import Study

Table = dict[str, Any]

NAME_FIELDS = {"profiles": "name", "standards": "key"}
SENTENCES = {
    "string_type": "must be text in quotes",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "tuple_type": "must be a list in [ ]",
    "list_type": "must be a list in [ ]",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "path_type": "must be a path in quotes",
}
LIMITS = {
    "greater_than": ("gt", "must be greater than"),
    "greater_than_equal": ("ge", "must be at least"),
    "less_than": ("lt", "must be less than"),
    "less_than_equal": ("le", "must be at most"),
}


def check_schema(raw: Table, where: str, lines: dict[Loc, int]) -> tuple[Study | None, list[Fault], Table]:
    """The study, or None and its faults, and the tables with misspelt keys put right.

    Checks that compare several keys only run on keys that are right by themselves. So that they are told too,
    what is wrong is mended in a copy (misspelt keys renamed, wrong values taken out) and checked again; names that
    stand for nothing are looked for in what the rest of the file says.
    """
    faults: dict[str, Fault] = {}
    silenced: set[Loc] = set()
    renamed: dict[Loc, str] = {}
    raw, as_given = copy.deepcopy(raw), copy.deepcopy(raw)
    for _ in range(10):
        try:
            study = Study.model_validate(raw)
            if not faults:
                return study, [], raw
            break
        except ValidationError as error:
            errors = error.errors(include_url=False)
        progress = False
        # Misspelt keys first: the right ones that they stand for aren't missing then.
        for told in sorted(errors, key=lambda told: told["type"] != "extra_forbidden"):
            loc: Loc = tuple(told["loc"])
            if (loc in renamed and told["type"] == "missing") or _follows_from(loc, told["type"], silenced):
                continue
            if told["type"] == "too_short" and any(e["loc"][: len(loc)] == loc != e["loc"] for e in errors):
                continue  # pydantic counts the entries that are right
            for fault in _sentences(told, loc, where, lines, renamed):
                faults.setdefault(str(fault), fault)
            if told["type"] == "extra_forbidden":
                _rename(raw, loc, renamed)
                _rename(as_given, loc, {})
                progress = True
            elif _remove(raw, loc):
                silenced.add(loc)
                progress = True
        if not progress:
            break
    for said in names_that_stand_for_nothing(as_given):
        faults.setdefault(str(fault := Fault(said, where)), fault)
    return None, list(faults.values()), raw


def _follows_from(loc: Loc, kind: str, silenced: set[Loc]) -> bool:
    """Whether an error may only say that a wrong value, told before, was taken out."""
    if not loc and silenced:
        return True  # told by what stands in the file, below
    if kind in {"value_error", "too_short"} and loc:
        return any(taken[: len(loc)] == loc for taken in silenced)
    return loc in silenced


def _sentences(error: Any, loc: Loc, where: str, lines: dict[Loc, int], renamed: dict[Loc, str]) -> list[Fault]:
    """The faults that one of pydantic's errors stands for."""
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    as_written = tuple(renamed.get(loc[: at + 1], part) for at, part in enumerate(loc))
    line = line_at(lines, as_written)
    place = f"{where}, line {line}" if line is not None else where
    name, todo = path_of(as_written), ""
    if kind == "extra_forbidden":
        what, todo = "unknown key", did_you_mean(str(loc[-1]), keys_at(loc[:-1]))
    elif kind == "missing":
        what = "is missing"
    elif kind == "literal_error":
        known = [str(option) for option in _listed_words(context)]
        what, todo = f"{value!r} isn't known", did_you_mean(str(value), known)
    elif kind == "string_pattern_mismatch":
        what = f"{value!r} must be small letters, digits and _, beginning with a letter"
    elif kind == "too_short":
        what = "must hold at least one entry"
    elif kind in LIMITS:
        key, sentence = LIMITS[kind]
        what = f"{value!r} {sentence} {context[key]:g}"
    elif kind == "value_error":
        said = str(context.get("error", error["msg"]))
        parts = said.split("; ") if not loc else [said]
        return [Fault(f"{name}: {part}" if name else part, place if loc else where) for part in parts]
    elif kind in SENTENCES:
        what = f"{SENTENCES[kind]}, not {_shown(value)}"
    else:
        what = str(error["msg"])
    return [Fault(f"{name}: {what}" if name else what, place, todo=todo)]


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else repr(value)


def _listed_words(context: Table) -> list[str]:
    """The words that pydantic's message lists: "'a', 'b' or 'c'"."""
    return [word.strip(" '") for part in str(context["expected"]).split(" or ") for word in part.split(",")]


def path_of(loc: Loc) -> str:
    """A place as people write it, entries counted from 1.

    >>> path_of(("services", 1, "minuts"))
    'services[2].minuts'
    """
    text = ""
    for part in loc:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = f'"{part}"' if "." in part else part
            text += f".{name}" if text else name
    return text


def keys_at(loc: Loc) -> list[str]:
    """The keys that a place in the study may have."""
    model: Any = Study
    for part in loc:
        model = _inside(model, part)
        if model is None:
            return []
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    hidden = (NAME_FIELDS.get(str(loc[0])),) if loc else ("folder", "file_name")
    return [name for name in model.model_fields if name not in hidden]


def _inside(kind: Any, part: str | int) -> Any:
    """The type of an entry of a model, table or list type."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(part))
        return _plain(field.annotation) if field else None
    arguments = get_args(kind)
    if not arguments:
        return None
    return _plain(arguments[0] if isinstance(part, int) else arguments[-1])


def _plain(kind: Any) -> Any:
    """A type without its "or None"."""
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        return next(option for option in get_args(kind) if option is not type(None))
    return kind


def _holder(raw: Table, loc: Loc) -> Any:
    held: Any = raw
    for part in loc[:-1]:
        held = held[part]
    return held


def _rename(raw: Table, loc: Loc, renamed: dict[Loc, str]) -> None:
    """Put a misspelt key right where the right one isn't there yet; take it out otherwise."""
    table, wrong = _holder(raw, loc), str(loc[-1])
    value = table.pop(wrong)
    right = nearest(wrong, keys_at(loc[:-1]))
    if right is not None and right not in table:
        table[right] = value
        renamed[(*loc[:-1], right)] = wrong


def _remove(raw: Table, loc: Loc) -> bool:
    """Take a wrong value out, if it still stands where the error saw it."""
    if not loc:
        return False
    try:
        held = _holder(raw, loc)
        if isinstance(held, list):
            return False
        del held[loc[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True
