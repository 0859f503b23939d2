"""Golden sets to figures: datasets, scores, calibration and the report."""
