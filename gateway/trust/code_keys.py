"""`[passes]` in, what codes are read with besides the trust list out: phones' secrets and foreign issuers.

Read once, at the start. Raises SealError or OSError, each naming the file.
"""

from gateway.config.sections import PassesSection
from gateway.interpret.readings import CodeKeys
from gateway.registry.sealing import SealError
from gateway.trust.foreign import foreign_trust
from gateway.trust.phone_secrets import read_phone_secrets


def code_keys(section: PassesSection, secret: bytes) -> CodeKeys:
    """`secret` is the house's own: foreign credentials are remembered by a hash under it."""
    try:
        foreign = None if section.foreign is None else foreign_trust(section.foreign, secret)
        return CodeKeys(read_phone_secrets(section.phone_secrets), foreign)
    except ValueError as exc:
        raise SealError("[passes]", str(exc)) from exc
