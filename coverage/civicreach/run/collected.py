"""The faults of several readers, kept until all of them have read what they can."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import geopandas as gpd

from civicreach.errors import Faults, InputError

Layer = TypeVar("Layer")


class Collected:
    """Keeps the faults of several readers, and by the name of a layer what of it could be read nonetheless: the
    `places` of its good rows, and the `rest` with something harmless wherever a fault is told."""

    def __init__(self) -> None:
        self.errors: list[InputError] = []
        self.places: dict[str, gpd.GeoSeries] = {}
        self.rest: dict[str, Any] = {}

    def try_to(self, read: Callable[[], Layer], name: str = "") -> Layer | None:
        """What a reader reads; None where it can't, with its faults kept."""
        try:
            return read()
        except InputError as error:
            self.errors.append(error)
            if name and error.places is not None:
                self.places[name] = error.places
            if name and error.rest is not None:
                self.rest[name] = error.rest
            return None

    def raise_if_any(self) -> None:
        """Raise InputError, or the kind that all errors share, with every fault once."""
        if not self.errors:
            return
        kinds = {type(error) for error in self.errors}
        faults = Faults()
        for error in self.errors:
            faults.extend(error)
        faults.found = list(dict.fromkeys(faults.found))
        faults.raise_if_any(kinds.pop() if len(kinds) == 1 else InputError)
