"""Where the data that ships with the package lies: standards and rules."""

from __future__ import annotations

from pathlib import Path

from civicreach.errors import MissingSoftwareError

_HERE = Path(__file__).resolve()
_PACKAGED = _HERE.parents[1] / "data"
_CHECKOUT = _HERE.parents[3] / "data"


def data_path(name: str) -> Path:
    """The path of a packaged file or folder, for example "standards" or "rules/walk_filter.toml".

    An installed package carries its data inside; a checkout keeps the one copy in the top-level folder
    `data/`. Raises MissingSoftwareError where neither has it.

    >>> data_path("rules/walk_filter.toml").name
    'walk_filter.toml'
    """
    for root in (_PACKAGED, _CHECKOUT):
        if (root / name).exists():
            return root / name
    raise MissingSoftwareError(f"civicreach's own data {name!r} is missing: install it again")
