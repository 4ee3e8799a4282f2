"""Every setting: its default, and the environment variable that overrides it for one run.

Settings are read once, in the composition root, and handed on; no other module reads the environment.
"""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

from deepforge.errors import Invalid

__all__ = ["Settings", "load_settings"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What can be set. Sizes are bytes, times seconds."""

    data_dir: Path
    """Everything that the server keeps. `DEEPFORGE_DATA_DIR`, default `~/.deepforge`."""
    blob_dir: Path
    """Large files. `DEEPFORGE_BLOB_DIR`, default `<data dir>/blob`."""
    worker_dir: Path
    """Where executions run. `DEEPFORGE_WORKER_DIR`, default `<data dir>/worker`."""
    database_url: str = ""
    """A PostgreSQL database in place of the embedded one, with its password: never to be shown. `DEEPFORGE_DATABASE_URL`."""
    mongo_uri: str = ""
    """What DeepForge's first edition was given its database by: the server says that it means nothing now. `MONGO_URI`."""
    host: str = "127.0.0.1"
    port: int = 8888
    """`DEEPFORGE_PORT`."""
    allow_remote: bool = False
    """Whether `host` may be an address that other machines reach."""
    public_url: str = ""
    """Where people reach the server through a proxy, such as `https://deepforge.example`. `DEEPFORGE_PUBLIC_URL`."""
    max_body: int = 64 * 1024 * 1024
    """The largest body of a request that is not an upload."""
    max_upload: int = 64 * 1024 * 1024 * 1024
    max_frame: int = 8 * 1024 * 1024
    """The largest WebSocket message."""
    lease_seconds: float = 600.0
    """How long a host without contact keeps its attempts. `DEEPFORGE_LEASE_SECONDS`."""
    contact_seconds: float = 30.0
    """After how long without contact an attempt is flagged out of contact. `DEEPFORGE_CONTACT_SECONDS`."""
    grace_seconds: float = 10.0
    """How long an attempt that was told to stop may take. `DEEPFORGE_GRACE_SECONDS`."""


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, over the defaults.

    Raises `Invalid` when a variable's value cannot be used.
    """
    env = os.environ if environment is None else environment
    data = Path(env.get("DEEPFORGE_DATA_DIR", "~/.deepforge")).expanduser().absolute()
    return Settings(
        data_dir=data,
        blob_dir=Path(env.get("DEEPFORGE_BLOB_DIR", str(data / "blob"))).expanduser().absolute(),
        worker_dir=Path(env.get("DEEPFORGE_WORKER_DIR", str(data / "worker"))).expanduser().absolute(),
        database_url=env.get("DEEPFORGE_DATABASE_URL", ""),
        mongo_uri=env.get("MONGO_URI", ""),
        public_url=env.get("DEEPFORGE_PUBLIC_URL", ""),
        port=int(_number(env, "DEEPFORGE_PORT", 8888)),
        lease_seconds=_number(env, "DEEPFORGE_LEASE_SECONDS", 600.0),
        contact_seconds=_number(env, "DEEPFORGE_CONTACT_SECONDS", 30.0),
        grace_seconds=_number(env, "DEEPFORGE_GRACE_SECONDS", 10.0),
    )


def _number(env: Mapping[str, str], name: str, default: float) -> float:
    text = env.get(name)
    if text is None:
        return default
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"{name} is {text!r}, which is not a number.", hint=f"Set it to a number such as {default:g}.") from None
