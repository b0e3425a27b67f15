"""Text in, bytes out: base45 (RFC 9285), strictly."""

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}


def decode(text: str) -> bytes | None:
    """The bytes, None where no encoder would have written this text. Work and memory grow with its length alone."""
    try:
        values = [_VALUES[letter] for letter in text]
    except KeyError:
        return None
    whole, rest = divmod(len(values), 3)
    if rest == 1:
        return None
    decoded = bytearray()
    for at in range(0, whole * 3, 3):
        pair = values[at] + 45 * values[at + 1] + 2025 * values[at + 2]
        if pair > 0xFFFF:
            return None
        decoded += pair.to_bytes(2, "big")
    if rest:
        last = values[-2] + 45 * values[-1]
        if last > 0xFF:
            return None
        decoded.append(last)
    return bytes(decoded)
