"""What `qingwen run` shows: a progress bar on a terminal, and one table at the end. rich is imported on use."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from flows.jobs import Done
from flows.plan import Plan
from flows.reasons import counted
from flows.record import RunRecord
from tasks.write.tally import Tally

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_KINDS = 12  # rows of the table that name kinds of damage: more than there are on any corpus seen, short of a screen
_TOTALS = ("kept", "rejected", "edits applied")


class Bar:
    """A progress bar over the bytes of raw/, on standard error; nothing if it is not to be shown."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._pages = 0

    def __enter__(self) -> Self:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

            self._progress = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f} %"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._progress.add_task("starting", total=None)
            self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._progress:
            self._progress.stop()

    def planned(self, plan: Plan) -> None:
        """The work is known: bytes of files to curate, and something for each shard."""
        if self._progress and self._task is not None:
            total = sum(shard.size + 1 for shard in plan.shards)
            self._progress.update(
                self._task,
                total=total,
                description=f"{counted(plan.fresh, 'file')} in {counted(len(plan.shards), 'shard')}",
            )

    def done(self, done: Done, size: int) -> None:
        """A shard more is written."""
        self._pages += done.pages
        if self._progress and self._task is not None:
            self._progress.update(self._task, advance=size + 1, description=f"{counted(self._pages, 'page')} curated")


def show_summary(record: RunRecord, curated: str) -> None:
    """Print the run's table to standard output: plain in a pipe, with colour on a terminal."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{counted(record.fresh.pages, 'page')} in {record.seconds:.1f} s", title_justify="left")
    table.add_column("")
    table.add_column("this run", justify="right")
    table.add_column(curated, justify="right")
    for name, fresh, whole in _figures(record.fresh, record.whole):
        table.add_row(name, f"{fresh:,}", f"{whole:,}", style="bold" if name in _TOTALS else "")
    Console().print(table)


def _figures(fresh: Tally, whole: Tally) -> list[tuple[str, int, int]]:
    rows = [
        ("pages", fresh.pages, whole.pages),
        ("kept", fresh.kept, whole.kept),
        ("rejected", fresh.rejected, whole.rejected),
    ]
    rows += [(f"  {reason}", fresh.rejects[reason], count) for reason, count in whole.rejects.most_common(_KINDS)]
    rows += [
        ("damaged pages", fresh.damaged, whole.damaged),
        ("damaged places left as found", fresh.unrepaired, whole.unrepaired),
        ("edits applied", fresh.edits.total(), whole.edits.total()),
    ]
    rows += [(f"  {kind}", fresh.edits[kind], count) for kind, count in whole.edits.most_common(_KINDS)]
    return rows
