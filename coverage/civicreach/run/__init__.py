"""A study from end to end: read everything, search the networks, measure, draw and write."""

from civicreach.run.folder import run_study
from civicreach.run.load import Loaded, load_study
from civicreach.run.measure import measure_study

__all__ = ["Loaded", "load_study", "measure_study", "run_study"]
