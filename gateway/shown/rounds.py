"""Tasks and figures of rounds in; those still to be done, and the figures of a week, out: a part of
gateway/shown/fold.py.

Floor 4, a pure room.
"""

from gateway.rounds import RoundDone, Task

ROUNDS_KEPT = 14  # a week of two a day


def keep_task(task: Task, tasks: dict[str, Task]) -> None:
    if task.open:
        tasks[task.id] = task
    else:
        tasks.pop(task.id, None)


def keep_round(done: RoundDone, figures: dict[str, RoundDone]) -> None:
    figures.pop(done.round, None)  # the newest last
    figures[done.round] = done
    while len(figures) > ROUNDS_KEPT:
        del figures[next(iter(figures))]
