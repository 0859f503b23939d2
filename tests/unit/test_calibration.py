"""Calibration: fits to labelled questions help, keep their signs, and say what they are worth."""

from __future__ import annotations

import random

import pytest

from bot.evaluation import calibration
from bot.retrieval import null
from bot.retrieval.evidence import EvidenceJudge, Profile
from tests.fakes.handbook import QUESTIONS, TEXTS, UNRELATED
from tests.fakes.shelf import Shelf


def labelled(count: int, seed: int = 1) -> tuple[list[dict[str, float]], list[bool]]:
    """Draw questions whose `z_cov` tells the kinds apart and whose `z_mass` misleads."""
    draw = random.Random(seed)  # noqa: S311 - a fixed draw
    truth = [k % 2 == 0 for k in range(count)]
    rows = [{"z_cov": draw.gauss(2.0 * kind, 1), "z_mass": draw.gauss(-1.0 * kind, 1)} for kind in truth]
    return rows, truth


def test_a_feature_that_tells_gets_weight_and_one_that_misleads_none() -> None:
    fitted = calibration.fit(*labelled(200))

    assert fitted.weights["z_cov"] > 0.3
    assert "z_mass" not in fitted.weights


def test_the_weight_of_a_defined_code_is_a_rule() -> None:
    rows, truth = labelled(60)
    coded = [row | {"code": float(kind)} for row, kind in zip(rows, truth, strict=True)]

    fitted = calibration.fit(coded, truth)

    assert fitted.weights["code"] == 4.0


def test_a_fit_to_one_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="both kinds"):
        calibration.fit([{"z_cov": 1.0}, {"z_cov": 2.0}], [True, True])


def test_one_question_of_each_kind_is_enough_to_fit() -> None:
    fitted = calibration.fit([{"z_cov": 3.0}, {"z_cov": -1.0}], [True, False])

    assert fitted.weights["z_cov"] > 0


def test_the_order_of_features_in_a_row_does_not_matter() -> None:
    rows, truth = labelled(40)
    turned = [dict(reversed(row.items())) for row in rows]

    assert calibration.fit(turned, truth) == calibration.fit(rows, truth)


def test_evidence_after_calibration_is_a_probability() -> None:
    rows, truth = labelled(400)
    fitted = calibration.fit(rows, truth)
    fresh, kinds = labelled(2_000, seed=2)
    profile = Profile(weights=fitted.weights, bias=fitted.bias)

    sure = [profile.evidence(row) for row in fresh]
    near = [kind for value, kind in zip(sure, kinds, strict=True) if 0.7 <= value < 0.9]

    assert len(near) > 100
    assert sum(near) / len(near) == pytest.approx(0.8, abs=0.1)


def test_held_out_evidence_does_not_know_its_own_label() -> None:
    draw = random.Random(3)  # noqa: S311 - a fixed draw
    rows = [{"z_cov": draw.gauss(0, 1)} for _ in range(300)]
    truth = [draw.random() < 0.5 for _ in rows]

    evidence = calibration.held_out(rows, truth)

    assert all(0.3 < value < 0.7 for value in evidence)


def test_a_knowledge_base_is_calibrated_by_its_own_questions() -> None:
    shelf = Shelf(TEXTS)
    before = Profile(null.measure(shelf.ask), generation=5, embedder="hashing://2048")
    rows = [(shelf.ask(q), True) for _, q in QUESTIONS] + [(shelf.ask(q), False) for q in UNRELATED]

    done = calibration.calibrate(rows, before)

    assert done.profile.calibrated
    assert done.profile.generation == 5
    assert "21 answerable and 18 unanswerable" in done.profile.data
    assert done.figures["auc after"] > 0.9
    assert set(done.figures) == {
        f"{name} {when}" for name in ("auc", "f1", "calibration error") for when in ("before", "after")
    }
    assert EvidenceJudge(done.profile)(shelf.ask(QUESTIONS[0][1])).calibrated
