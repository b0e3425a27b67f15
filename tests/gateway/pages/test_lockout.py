"""Waits grow, end, and never fill the memory."""

from gateway.pages.lockout import MOST_KEYS, Allowance, Lockout


def test_the_wait_doubles_from_the_third_failure_up_to_the_longest() -> None:
    lockout = Lockout(free=3, first=2, longest=60)
    waits = []
    for _ in range(9):
        lockout.failed("desk", 100.0)
        waits.append(lockout.wait("desk", 100.0))
    assert waits == [0, 0, 2, 4, 8, 16, 32, 60, 60]
    assert lockout.wait("desk", 159.0) == 1
    assert lockout.wait("desk", 160.0) == 0
    assert lockout.wait("another", 100.0) == 0


def test_a_right_pin_forgets_the_wrong_ones() -> None:
    lockout = Lockout(free=1, first=2, longest=60)
    lockout.failed("desk", 0.0)
    lockout.succeeded("desk")
    assert lockout.wait("desk", 0.0) == 0


def test_the_waits_of_many_names_do_not_fill_the_memory() -> None:
    lockout = Lockout(free=1, first=1000, longest=1000)
    for n in range(MOST_KEYS + 1):
        lockout.failed(str(n), 0.0)
    assert lockout.wait("0", 0.0) == 0
    assert lockout.wait(str(MOST_KEYS), 0.0) == 1000


def test_an_allowance_refills_by_the_second() -> None:
    allowance = Allowance(burst=2, per_second=1)
    assert [allowance.take("a", 0.0) for _ in range(3)] == [True, True, False]
    assert allowance.take("b", 0.0)
    assert [allowance.take("a", 1.0), allowance.take("a", 1.0)] == [True, False]
