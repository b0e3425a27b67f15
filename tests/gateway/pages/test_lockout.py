"""Waits grow, end, and never fill the memory; nobody's failures push out a member's."""

from gateway.pages.staff.lockout import FORGETS, MOST_KEYS, Allowance, Lockout, Tries


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


def test_a_slip_an_hour_ago_is_no_failure_any_more() -> None:
    lockout = Lockout(free=2, first=2, longest=60)
    lockout.failed("desk", 0.0)
    lockout.failed("desk", FORGETS + 1)
    assert lockout.wait("desk", FORGETS + 1) == 0
    lockout.failed("desk", FORGETS + 2)
    assert lockout.wait("desk", FORGETS + 2) == 2


def test_the_waits_of_many_names_do_not_fill_the_memory() -> None:
    lockout = Lockout(free=1, first=1000, longest=1000)
    for n in range(MOST_KEYS + 1):
        lockout.failed(str(n), 0.0)
    assert lockout.wait("0", 0.0) == 0
    assert lockout.wait(str(MOST_KEYS), 0.0) == 1000


def test_strangers_names_push_no_member_s_failures_out() -> None:
    tries = Tries()
    for n in range(12):
        tries.of(f"10.0.0.{n}", "g1", "g1", "").failed(0.0)
    for n in range(3 * MOST_KEYS):
        tries.of(f"10.1.{n // 250}.{n % 250}", None, f"stranger-{n}", "").failed(1.0)
    assert tries.of("10.9.9.9", "g1", "g1", "").wait(1.0) == 3


def test_a_stranger_s_name_waits_as_a_member_s_does() -> None:
    tries = Tries()
    for n in range(14):
        member, stranger = tries.of(f"10.0.0.{n}", "g1", "g1", ""), tries.of(f"10.0.1.{n}", None, "nobody", "")
        assert member.wait(0.0) == stranger.wait(0.0)
        member.failed(0.0)
        stranger.failed(0.0)


def test_on_a_device_a_member_has_used_nobody_s_failures_delay_them_but_their_own() -> None:
    tries = Tries()
    for n in range(40):
        tries.of("10.0.0.1", "g1", "g1", "").failed(0.0)
        tries.of(f"10.0.1.{n}", "g1", "g1", "").failed(0.0)
    assert tries.of("10.0.0.1", "g1", "g1", "").wait(0.0) > 0
    mine = tries.of("10.0.0.1", "g1", "g1", "device-a")
    assert mine.wait(0.0) == 0
    for _ in range(3):
        mine.failed(0.0)
    assert mine.wait(0.0) == 2


def test_thirty_wrong_ones_of_one_address_slow_the_address() -> None:
    tries = Tries()
    for n in range(30):
        tries.of("10.0.0.1", None, f"name-{n}", "").failed(0.0)
    assert tries.of("10.0.0.1", None, "another", "").wait(0.0) == 2
    assert tries.of("10.0.0.2", None, "another", "").wait(0.0) == 0


def test_an_allowance_refills_by_the_second() -> None:
    allowance = Allowance(burst=2, per_second=1)
    assert [allowance.take("a", 0.0) for _ in range(3)] == [True, True, False]
    assert allowance.take("b", 0.0)
    assert [allowance.take("a", 1.0), allowance.take("a", 1.0)] == [True, False]
