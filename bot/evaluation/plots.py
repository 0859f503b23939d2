"""Plots for the evaluation report, as SVG text that needs no file beside it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from bot.errors import MissingExtraError
from bot.evaluation import scores
from bot.evaluation.running import confidences

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from bot.evaluation.running import Evaluation

CJK_FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "Microsoft YaHei", "PingFang SC", "SimHei")
"""Fonts with Chinese characters on Linux, Windows and macOS, tried before the default one."""


def evidence_plot(evaluation: Evaluation) -> str:
    """Draw how evidence parts answerable from unanswerable questions; empty when only one class occurs."""
    yes = [r.answered.evidence for r in evaluation.results if r.golden.answerable]
    no = [r.answered.evidence for r in evaluation.results if not r.golden.answerable]
    if not yes or not no:
        return ""

    def draw(axes: Axes) -> None:
        axes.hist([yes, no], bins=np.linspace(0, 1, 21).tolist(), label=["answerable", "unanswerable"])
        axes.set(xlabel="evidence", ylabel="questions", title="Evidence")
        axes.legend()

    return _svg(draw)


def refusal_plot(evaluation: Evaluation) -> str:
    """Draw precision and recall of refusing against the evidence threshold; empty when only one class occurs."""
    evidence = np.asarray([r.answered.evidence for r in evaluation.results])
    unanswerable = [not r.golden.answerable for r in evaluation.results]
    if all(unanswerable) or not any(unanswerable):
        return ""
    thresholds = np.linspace(0, 1, 101)
    curve = [scores.refusals([bool(low) for low in evidence < cut], unanswerable) for cut in thresholds]

    def draw(axes: Axes) -> None:
        for name in ("precision", "recall", "f1"):
            values = [getattr(point, name) for point in curve]
            axes.plot(thresholds, [np.nan if value is None else value for value in values], label=name)
        axes.set(xlabel="evidence threshold", ylim=(0, 1.02), title="Refusing below a threshold")
        axes.legend()

    return _svg(draw)


def latency_plot(evaluation: Evaluation) -> str:
    """Draw the share of questions answered within a time; empty without questions."""
    seconds = np.sort([r.answered.seconds for r in evaluation.results])
    if not len(seconds):
        return ""

    def draw(axes: Axes) -> None:
        axes.step(seconds, np.arange(1, len(seconds) + 1) / len(seconds), where="post")
        axes.set(xlabel="seconds", ylabel="share answered", ylim=(0, 1.02), title="Latency")

    return _svg(draw)


def reliability_plot(evaluation: Evaluation) -> str:
    """Draw the reliability diagram of the confidence (DeGroot and Fienberg 1983); empty without checked answers."""
    sure, right = confidences(evaluation.results)
    if not sure:
        return ""
    table = scores.reliability(sure, right)

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
        axes.plot([row[0] for row in table], [row[1] for row in table], marker="o", label="measured")
        for mean, share, cases in table:
            axes.annotate(str(cases), (mean, share), textcoords="offset points", xytext=(4, -10))
        axes.set(xlabel="confidence", ylabel="share right", xlim=(0, 1.02), ylim=(0, 1.02), title="Reliability")
        axes.legend()

    return _svg(draw)


def _svg(draw: Callable[[Axes], None]) -> str:
    try:
        import matplotlib as mpl
        from matplotlib import font_manager
        from matplotlib.figure import Figure
    except ImportError as exc:
        library = "matplotlib"
        raise MissingExtraError(library, "evaluation") from exc

    installed = set(font_manager.get_font_names())
    fonts = [font for font in CJK_FONTS if font in installed]
    with mpl.rc_context({"font.family": [*fonts, "DejaVu Sans"], "svg.fonttype": "none", "svg.hashsalt": "quorum"}):
        figure = Figure(figsize=(5.2, 3.4), layout="constrained")
        draw(figure.subplots())
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    text = file.getvalue()
    return text[text.index("<svg") :]
