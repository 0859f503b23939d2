"""Question to passages: queries, fusion, line matching and evidence."""
