"""Secrets come from environment variables. In the ``local`` environment they are created once and kept in ``home``.

``MATCHWRIGHT_IDENTIFIER_KEY``  the key of the HMACs that replace record ids outside the lake
``MATCHWRIGHT_SIGNING_KEY``     ed25519 private key that signs decision bundles (base64, 32 bytes)
``MATCHWRIGHT_VERIFY_KEY``      the public key that belongs to it; serving needs only this one
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from matchwright.errors import Fault, SettingsError

IDENTIFIER_KEY = "MATCHWRIGHT_IDENTIFIER_KEY"
SIGNING_KEY = "MATCHWRIGHT_SIGNING_KEY"
VERIFY_KEY = "MATCHWRIGHT_VERIFY_KEY"
_FILE = "secrets.env"


def load_local_secrets(home: Path) -> None:
    """Set the environment variables from the home's secrets, if it has some. Nothing is created."""
    path = home / _FILE
    for line in path.read_text().splitlines() if path.exists() else ():
        key, _, value = line.partition("=")
        os.environ.setdefault(key, value)


def ensure_local_secrets(home: Path) -> None:
    """Set the environment variables from the home's secrets, which are created on first use (mode 0600)."""
    path = home / _FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        signing = secrets.token_bytes(32)
        lines = {
            IDENTIFIER_KEY: base64.b64encode(secrets.token_bytes(32)).decode(),
            SIGNING_KEY: base64.b64encode(signing).decode(),
            VERIFY_KEY: verify_key_of(signing),
        }
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write("".join(f"{key}={value}\n" for key, value in lines.items()))
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: use its secrets
        finally:
            draft.unlink(missing_ok=True)
    load_local_secrets(home)


def verify_key_of(signing_key: bytes) -> str:
    """The base64 public key that belongs to a private signing key of 32 bytes."""
    public = Ed25519PrivateKey.from_private_bytes(signing_key).public_key()
    return base64.b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def secret(name: str) -> bytes:
    """The decoded secret.

    Raises:
        SettingsError: the variable is not set or is not base64.
    """
    value = os.environ.get(name, "")
    try:
        decoded = base64.b64decode(value, validate=True)
    except ValueError:
        decoded = b""
    if not decoded:
        problem = "is not base64" if value else "is not set"
        hint = "set it from your secret store. On a laptop use the matchwright command, which creates it"
        raise SettingsError("A secret is missing.", [Fault(name, problem, hint)])
    return decoded


def pseudonym(identifier: str) -> str:
    """The keyed HMAC (32 hex digits) that replaces a record id outside the lake and the online store."""
    return hmac.new(secret(IDENTIFIER_KEY), identifier.encode(), hashlib.sha256).hexdigest()[:32]


def pair_pseudonym(one_key: str, other_key: str) -> str:
    """The pseudonym of a pair of record keys, the same in both orders. It joins labels to decisions."""
    return pseudonym("|".join(sorted((one_key, other_key))))
