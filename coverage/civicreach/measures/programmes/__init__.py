"""Programmes that communities take part in: which share meets the standard, and which should be next."""

from civicreach.measures.programmes.analysis import programmes
from civicreach.measures.programmes.picks import next_units
from civicreach.measures.programmes.share import Baseline, baseline, most_units, still_needed
from civicreach.measures.programmes.years import by_year

__all__ = ["Baseline", "baseline", "by_year", "most_units", "next_units", "programmes", "still_needed"]
