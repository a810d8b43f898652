"""Relief goods: from the city's depot by way of the districts' depots to every home, and in how many hours."""

from civicreach.measures.relief.analysis import relief
from civicreach.measures.relief.chain import ReliefTimes, relief_times

__all__ = ["ReliefTimes", "relief", "relief_times"]
