"""The parts of the generator of the synthetic sample town; `scripts/make_sample.py` runs them."""
