"""A foreign key, a signature and what it should cover in, yes or no out: ES256 and PS256, always over SHA-256."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ES256_BYTES = 64  # r and s end to end (RFC 9053 section 2.1, RFC 7518 section 3.4), never DER
_PSS = PSS(MGF1(SHA256()), SHA256.digest_size)
_ECDSA = ECDSA(SHA256())


def signed_by(public: EllipticCurvePublicKey | RSAPublicKey, signature: bytes, message: bytes) -> bool:
    """Did the owner of this key sign the message?

    Whoever has a true ES256 signature (r, s) can write a second one (r, n-s): a credential is never known by it.
    """
    try:
        if isinstance(public, RSAPublicKey):
            public.verify(signature, message, _PSS, SHA256())
        elif len(signature) != ES256_BYTES:
            return False
        else:
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            public.verify(encode_dss_signature(r, s), message, _ECDSA)
    except InvalidSignature:
        return False
    return True
