"""A PIN is kept as something it cannot be read from, and only that PIN fits."""

import pytest

from gateway.staff.pins import hash_pin, is_outdated, verify_pin

SALT = bytes(range(16))


def test_only_the_same_pin_fits() -> None:
    kept = hash_pin("2468", SALT)
    assert verify_pin("2468", kept)
    assert not verify_pin("2469", kept)
    assert not verify_pin("", kept)
    assert not verify_pin("二四六八", kept)
    assert "2468" not in kept


def test_two_with_the_same_pin_are_kept_differently() -> None:
    assert hash_pin("2468", SALT) != hash_pin("2468", SALT[::-1])


def test_what_was_kept_long_ago_still_fits_also_at_another_cost() -> None:
    kept = "scrypt$14$8$AAECAwQFBgcICQoLDA0ODw==$zqTxOQ9+JdPlblLqzTpgLMM2UTmilg/97SVoXbGeuf8="
    assert verify_pin("2468", kept)
    cheaper = "scrypt$4$8$AAECAwQFBgcICQoLDA0ODw==$YO3dD7XZaGY8fBHXu42y10+jzmJyYMfd71uckNvCvfw="
    assert verify_pin("2468", cheaper)
    assert not verify_pin("2469", cheaper)
    assert is_outdated(kept)


def test_kept_by_argon2id_at_a_cost_a_raspberry_pi_can_pay() -> None:
    kept = hash_pin("2468", SALT)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$")
    assert not is_outdated(kept)
    assert is_outdated(kept.replace("t=2", "t=1"))


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "１２３４", "-123", "1 23"])
def test_what_is_no_pin_is_refused(pin: str) -> None:
    with pytest.raises(ValueError, match="a PIN is 4 to 12 digits"):
        hash_pin(pin, SALT)


@pytest.mark.parametrize(
    "kept", ["", "2468", "md5$14$8$AA==$AA==", "scrypt$x$8$AA==$AA==", "$argon2id$", "$argon2id$v=19$m=x$a$b"]
)
def test_what_is_not_ours_is_refused(kept: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (each with its own words)
        verify_pin("2468", kept)
