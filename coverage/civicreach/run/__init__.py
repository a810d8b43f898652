"""A study from end to end: read everything, search the networks, measure, draw and write."""

from civicreach.run.folder import run_study
from civicreach.run.load import Loaded, load_study
from civicreach.run.measure import measure_study
from civicreach.run.precheck import load_checked

__all__ = ["Loaded", "load_checked", "load_study", "measure_study", "run_study"]
