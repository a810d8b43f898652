"""Disaster shelters: who reaches one of which class, who finds room, and what is left when streets are out."""

from civicreach.measures.shelters.analysis import shelter_reach
from civicreach.measures.shelters.capacity import Sheltered, sheltered
from civicreach.measures.shelters.classes import CENTRAL, CLASSES, FIXED, ShelterClass, class_of_word
from civicreach.measures.shelters.places import Shelters, places_in, read_shelters
from civicreach.measures.shelters.within import covered_by_class, within_own_distance

__all__ = [
    "CENTRAL",
    "CLASSES",
    "FIXED",
    "ShelterClass",
    "Sheltered",
    "Shelters",
    "class_of_word",
    "covered_by_class",
    "places_in",
    "read_shelters",
    "shelter_reach",
    "sheltered",
    "within_own_distance",
]
