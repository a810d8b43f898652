"""How a programme grew year by year, held against what each year should have brought."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from civicreach.measures.programmes.share import exact


def by_year(
    years: pd.Series,
    of: int,
    *,
    milestones: Mapping[int, int] | None = None,
    yearly_share: float | None = None,
    since: int | None = None,
    until: int,
) -> pd.DataFrame:
    """One row a year up to `until` or the last one known: `year`, `added`, `count` (so far), `share` of `of` units,
    `wanted` (count that there should be; missing where nothing is asked) and `met`.

    `years` holds the year of each flagged unit; units without one are in no year. With `yearly_share` the k-th year
    from `since` on wants ceil(k * share * of); a milestone of the same year stands in its place.

    >>> found = by_year(pd.Series([2016, 2017, 2017]), 20, yearly_share=0.05, since=2016, until=2017)
    >>> found["count"].tolist(), found["wanted"].tolist(), found["met"].tolist()
    ([1, 3], [1, 2], [True, True])
    """
    known = years.dropna().astype(int)
    asked = dict(milestones or {})
    named = [*known.tolist(), *asked, *([since] if since is not None else [])]
    if not named:
        return pd.DataFrame({"year": [], "added": [], "count": [], "share": [], "wanted": [], "met": []})
    span = range(min(named), max(*named, until) + 1)
    if yearly_share is not None and since is not None:
        asked = {y: math.ceil((y - since + 1) * exact(yearly_share) * of) for y in span if y >= since} | asked
    added = known.value_counts().reindex(span, fill_value=0)
    count = added.cumsum()
    wanted = pd.array([min(asked[year], of) if year in asked else None for year in span], dtype="Int64")
    table = pd.DataFrame({"year": list(span), "added": added.to_numpy(), "count": count.to_numpy()})
    table["share"] = table["count"] / of if of else float("nan")
    table["wanted"] = wanted
    table["met"] = (table["count"] >= table["wanted"]).astype(object).where(table["wanted"].notna(), None)
    return table
