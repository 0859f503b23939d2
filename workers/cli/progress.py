"""A progress bar on standard error where that is a terminal; silence elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar(title: str, total: int | None = None) -> Iterator[tuple[Callable[[int], None], Callable[[str], None]]]:
    """Show a bar; yield (set the total, advance by one and name what was done)."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn(title),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[now]}"),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total, now="")
        yield (
            lambda count: progress.update(task, total=count),
            lambda now: progress.update(task, advance=1, now=now[-60:]),
        )
