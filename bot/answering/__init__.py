"""Passages to answer: prompting, sampling, voting, citations and the verdict."""
