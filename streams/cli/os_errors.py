"""What to do about an error of the operating system, which itself says only what it refused."""

from __future__ import annotations

import errno
import socket
from typing import Final

_PATH: Final = "check the path"
_RIGHTS: Final = "check the path and its permissions"
_REMEDIES: Final = {
    errno.ENOENT: _RIGHTS,
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.EROFS: "choose a folder that can be written",
    errno.EISDIR: "name a file",
    errno.ENOTDIR: _PATH,
    errno.EEXIST: "choose another name",
    errno.ENAMETOOLONG: "choose a shorter path",
    errno.ELOOP: _PATH,
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room on that disk",
    errno.EFBIG: "make room on that disk, or raise the limit (ulimit -f)",
    errno.EMFILE: "raise the limit of open files (ulimit -n)",
    errno.ENFILE: "raise the limit of open files of this machine",
    errno.ENOMEM: "give this machine more memory",
    errno.EADDRINUSE: "stop what runs on that port, or choose another one by --port",
    errno.EADDRNOTAVAIL: "this machine has no such address: choose another one by --host",
    errno.ECONNREFUSED: "start the service there, or correct the address",
    errno.EHOSTUNREACH: "check the address and the network",
    errno.ENETUNREACH: "check the address and the network",
    errno.ETIMEDOUT: "check the address and the network",
}
_LOW_PORT: Final = "a port below 1024 needs rights that this user lacks: choose another one by --port"


def sentence_of(error: OSError) -> str:
    """What was refused, and what to do."""
    if isinstance(error, socket.gaierror):
        return "the name of a host is not known to this machine; check --host and --broker"
    what = f"{error.filename}: " if error.filename else ""
    said = " ".join((error.strerror or str(error) or type(error).__name__).split())
    remedy = _REMEDIES.get(error.errno or 0, _RIGHTS if error.filename else "run it again with --debug to see where")
    if error.errno == errno.EACCES and not error.filename:
        remedy = _LOW_PORT
    return f"{what}{said[:1].lower()}{said[1:]}; {remedy}"
