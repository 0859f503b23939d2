"""Reads one completion as a ballot: strict JSON, never repaired by guessing; what does not fit is spoilt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from bot.sentences import markers, plain_markers
from bot.types import Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.types import Completion

NOT_JSON = "not a JSON object"
CUT_OFF = "cut off before its end"
WRONG_SHAPE = "lacks answerable, key, answer or citations of the right type"
MADE_UP_CITATION = "cites a passage that was not given"
NO_CITATION = "cites nothing while answering"
NO_ANSWER = "has an empty key or answer while answering"


def schema(passages_count: int) -> dict[str, object]:
    """Return the JSON schema of a ballot over so many passages, for guided decoding."""
    number = {"type": "integer", "minimum": 1, "maximum": max(passages_count, 1)}
    return {
        "type": "object",
        "properties": {
            "answerable": {"type": "boolean"},
            "key": {"type": "string"},
            "answer": {"type": "string"},
            "citations": {"type": "array", "items": number},
        },
        "required": ["answerable", "key", "answer", "citations"],
        "additionalProperties": False,
    }


def parse(completion: Completion, voter: str, weight: float, passages_count: int) -> Sample:
    """Read a completion; `Sample.spoilt` says why a ballot does not count.

    White space around the object is allowed, nothing else. `citations` are those listed and those in the text, where
    【1】 and [1, 2] are the markers that they look like.
    """
    try:
        found = json.loads(completion.text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        reason = CUT_OFF if completion.finish_reason == "length" else NOT_JSON
        return Sample(voter, weight, spoilt=reason)
    if not isinstance(found, dict):
        return Sample(voter, weight, spoilt=NOT_JSON)
    if not _fits(found):
        return Sample(voter, weight, spoilt=WRONG_SHAPE)
    answer = plain_markers(str(found["answer"]).strip())
    citations = tuple(dict.fromkeys((*found["citations"], *markers(answer))))
    sample = Sample(voter, weight, bool(found["answerable"]), str(found["key"]).strip(), answer, citations)
    fault = _fault(sample, passages_count) if sample.answerable else None
    return Sample(voter, weight, spoilt=fault) if fault else sample


def _fits(found: Mapping[str, object]) -> bool:
    citations = found.get("citations")
    return (
        isinstance(found.get("answerable"), bool)
        and isinstance(found.get("key"), str)
        and isinstance(found.get("answer"), str)
        and isinstance(citations, list)
        and all(type(number) is int for number in citations)
    )


def _fault(sample: Sample, passages_count: int) -> str | None:
    if not sample.key or not sample.answer:
        return NO_ANSWER
    if not sample.citations:
        return NO_CITATION
    if not all(1 <= number <= passages_count for number in sample.citations):
        return MADE_UP_CITATION
    return None


def _refuse(constant: str) -> NoReturn:
    message = f"{constant} is not JSON"
    raise ValueError(message)
