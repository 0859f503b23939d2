"""Evidence as one number: features measured against the index's own null, weighed by a logistic model."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from bot.retrieval.candidates import Judgement
from bot.retrieval.features import features

if TYPE_CHECKING:
    from bot.retrieval.candidates import Candidates
    from bot.types import Language

FLOORS: Mapping[str, float] = {
    "self": 0.02, "mass": 0.3, "cov": 0.04, "cos": 0.02, "lcs": 0.15, "margin": 0.1, "entropy": 0.05, "overlap": 0.1,
}  # fmt: skip
"""Added to each residual deviation, and so the smallest step that counts: in an index of one document nearly all
off-topic questions find nothing at all, and the deviation alone would make one shared bigram a proof."""

LOWEST, HIGHEST = -4.0, 8.0
SHIPPED: Mapping[str, float] = {
    "z_self": 0.2, "z_cov": 0.25, "z_mass": 0.45, "z_cos": 0.3, "z_lcs": 0.133, "code": 4.0,
}  # fmt: skip
BIAS = -1.656
"""The shipped model: the weights of `findings.md`, that of `self` shared with `cov` and some of `mass` given to `cos`,
which helps in small English indexes and costs nothing in large ones. `code` is a rule and no fit: a page that defines
the leading code is what the question asks for, whatever the other features say."""


@dataclass(frozen=True, slots=True)
class Line:
    """What off-topic questions of `x` = ln(1 + tokens) reach: intercept + slope · x, give or take `spread`."""

    intercept: float
    slope: float
    spread: float

    def standardise(self, value: float, length: float, floor: float) -> float:
        """Return how many deviations the value lies above the null, clipped to [-4, 8]."""
        expected = max(0.0, self.intercept + self.slope * length)
        return min(HIGHEST, max(LOWEST, (value - expected) / (self.spread + floor)))


Null = Mapping["Language", Mapping[str, Line]]
"""For each language and feature, what off-topic questions reach in one index."""

TYPICAL: Null = {
    "zh": {
        "self": Line(0.2, -0.04, 0.05),
        "mass": Line(0.9, 0.3, 0.3),
        "cov": Line(0.2, -0.04, 0.06),
        "cos": Line(0.05, 0.005, 0.02),
        "lcs": Line(0.4, 0.2, 0.2),
    },
    "en": {
        "self": Line(0.28, -0.03, 0.075),
        "mass": Line(0.8, 0.6, 0.28),
        "cov": Line(0.31, -0.05, 0.07),
        "cos": Line(0.08, 0.08, 0.045),
        "lcs": Line(1.6, 0.2, 0.21),
    },
}
"""The middle of what was measured on four indexes; used until an index has a null of its own."""


LONGEST = math.log1p(64)
"""The null is measured on questions of up to some 32 tokens; its lines are not drawn further than twice that."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that turns features into evidence for one index.

    `weights` are keyed by feature, with the prefix `z_` where the standardised value is meant. `generation` and
    `embedder` say which state of the index the null stands for, `drift` how many chunks changed since it was measured;
    `made` is an ISO date, `data` says in words what the weights were fitted on.
    """

    null: Null = field(default_factory=lambda: TYPICAL)
    weights: Mapping[str, float] = field(default_factory=lambda: SHIPPED)
    bias: float = BIAS
    calibrated: bool = False
    generation: int = -1
    drift: int = 0
    embedder: str = ""
    made: str = ""
    data: str = "shipped weights"

    def standardised(self, raw: Mapping[str, float], language: Language) -> Mapping[str, float]:
        """Return the raw features and beside each, as `z_<name>`, its place against the null."""
        lines = self.null.get(language) or TYPICAL[language]
        length = min(raw["length"], LONGEST)
        places = {f"z_{name}": lines[name].standardise(raw[name], length, FLOORS[name]) for name in lines}
        return {**raw, **places}

    def evidence(self, inputs: Mapping[str, float]) -> float:
        """Return the logistic of the weighed inputs, in [0, 1]."""
        logit = self.bias + sum(weight * inputs.get(name, 0.0) for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-min(30.0, max(-30.0, logit))))

    def dumps(self) -> bytes:
        """Write the profile as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()

    @classmethod
    def loads(cls, data: bytes) -> Profile:
        """Read what `dumps` wrote; raises ValueError, KeyError or TypeError for anything else."""
        values = json.loads(data)
        null = {k: {name: Line(**line) for name, line in lines.items()} for k, lines in values.pop("null").items()}
        return cls(null=null, **values)


@dataclass(frozen=True, slots=True)
class EvidenceJudge:
    """Judges candidates by a profile; `threshold` is the smallest evidence that counts as an answer."""

    profile: Profile
    threshold: float = 0.5

    def __call__(self, candidates: Candidates) -> Judgement:
        """Return the evidence, its inputs, and whether it reaches the threshold; a missing leading code is a veto."""
        raw = features(candidates)
        inputs = self.profile.standardised(raw, candidates.language)
        known = bool(candidates.tokens) and candidates.hits.total > 0
        evidence = self.profile.evidence(inputs) if known else 0.0
        answerable = known and not candidates.vetoed and evidence >= self.threshold
        return Judgement(evidence, answerable, inputs, self.profile.calibrated)
