"""Scenario `week`: a small shop in thirteen ordinary days, whose troubles show only where two events of a case meet."""
