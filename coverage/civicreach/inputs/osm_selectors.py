"""Selectors of OpenStreetMap objects by their tags, as a study writes them."""

from __future__ import annotations

from dataclasses import dataclass

from civicreach.errors import Fault, Faults, StudyError

Tags = dict[str, str]


@dataclass(frozen=True)
class Condition:
    """One part of a selector: a key that has (or, negated, hasn't) one of the values; no values mean any."""

    key: str
    values: frozenset[str]
    negated: bool = False

    def holds(self, tags: Tags) -> bool:
        """Whether tags meet the condition; `key!=value` also holds where the key is absent."""
        value = tags.get(self.key)
        found = value is not None and (not self.values or not self.values.isdisjoint(_several(value)))
        return found != self.negated


@dataclass(frozen=True)
class Selector:
    """Conditions that must all hold."""

    text: str
    conditions: tuple[Condition, ...]

    def holds(self, tags: Tags) -> bool:
        """Whether tags meet all conditions."""
        return all(condition.holds(tags) for condition in self.conditions)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that an object must have."""
        return tuple(condition.key for condition in self.conditions if not condition.negated)


def parse_selectors(texts: tuple[str, ...] | list[str], where: str = "osm") -> tuple[Selector, ...]:
    """Selectors from texts such as "amenity=shelter + shelter_type!=public_transport".

    `+` joins conditions, `|` separates values, `*` stands for any value, `!=` excludes. Raises StudyError
    with all faults of the key that they stand at, `where`.

    >>> parse_selectors(["leisure=park|garden"])[0].holds({"leisure": "garden"})
    True
    """
    faults = Faults(where)
    selectors = []
    if not texts:
        faults.add("no selector", todo='Give one, for example "amenity=social_facility".')
    for text in texts:
        conditions = tuple(filter(None, (_condition(part, text, faults) for part in text.split("+"))))
        if conditions and all(condition.negated for condition in conditions):
            faults.add(f"{text!r} only excludes", todo="Say what is wanted too, for example amenity=*.")
        selectors.append(Selector(text, conditions))
    faults.raise_if_any(StudyError)
    return tuple(selectors)


def _condition(part: str, text: str, faults: Faults) -> Condition | None:
    negated = "!=" in part
    key, equals, values = part.partition("!=" if negated else "=")
    named = [value.strip() for value in values.split("|")]
    if not key.strip() or not equals or not all(named) or "=" in values or any(c in key for c in "|*!"):
        todo = 'Write key=value, joined with " + ", for example "amenity=shelter + shelter_type!=public_transport".'
        faults.found.append(Fault(f"{part.strip()!r} in {text!r} is no condition", faults.where, todo=todo))
        return None
    return Condition(key.strip(), frozenset() if "*" in named else frozenset(named), negated)


def _several(value: str) -> list[str]:
    """The values of a tag that lists several, as "clinic;doctors" does."""
    return [part.strip() for part in value.split(";")]
