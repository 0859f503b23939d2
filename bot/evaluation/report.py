"""The evaluation report: one HTML page with tables and plots that needs no file beside it."""

from __future__ import annotations

from dataclasses import fields
from importlib import resources
from typing import TYPE_CHECKING

from bot.evaluation.running import Figures, label, shown, summary_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.evaluation.running import Evaluation, Result


def render_html(
    evaluation: Evaluation, ablation: Mapping[str, Evaluation] | None = None, title: str = "Evaluation"
) -> str:
    """Render the run as a self-contained HTML page; texts of questions and answers are escaped.

    `ablation` names runs over the same questions with a part taken away; they stand beside this one.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    source = resources.files("bot.evaluation").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source).render(
        title=title,
        table=summary_table(evaluation),
        ablation=ablation_table({"this run": evaluation, **ablation} if ablation else {}),
        plots=_plots(evaluation),
        mistakes=[result for result in evaluation.results if is_mistake(result)],
        results=evaluation.results,
    )


def ablation_table(runs: Mapping[str, Evaluation]) -> list[tuple[str, ...]]:
    """Return rows of text: a head row with the variants, then one row a figure; no rows without variants."""
    if not runs:
        return []
    names = [item.name for item in fields(Figures)]
    rows = [(label(name), *(shown(getattr(run.total, name)) for run in runs.values())) for name in names]
    return [("figure", *runs), *rows]


def is_mistake(result: Result) -> bool:
    """Tell whether a result needs a look: a wrong answer, a wrong refusal, or no right document found first."""
    golden, answered = result.golden, result.answered
    missed = bool(golden.documents) and answered.documents[:1] not in [(name,) for name in golden.documents]
    return result.right is False or answered.refused == golden.answerable or missed


def _plots(evaluation: Evaluation) -> list[str]:
    """Draw the plots, or say in their place what has to be installed for them."""
    from markupsafe import Markup

    from bot.errors import MissingExtraError
    from bot.evaluation import plots

    try:
        drawn = [
            plots.evidence_plot(evaluation),
            plots.refusal_plot(evaluation),
            plots.reliability_plot(evaluation),
            plots.latency_plot(evaluation),
        ]
    except MissingExtraError as exc:
        return [f"Without plots: {exc}"]
    # SVG that matplotlib made from numbers and our own labels: no text of a question or document is in it.
    return [Markup(svg) for svg in drawn if svg]  # noqa: S704 - see above
