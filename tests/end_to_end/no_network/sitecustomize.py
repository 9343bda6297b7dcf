"""On the path of a child process, this refuses it every connection to another machine, and notes the attempt."""

from __future__ import annotations

import os
import socket
from typing import Any

LOCAL = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}
real_connect = socket.socket.connect
real_getaddrinfo = socket.getaddrinfo


def refuse(host: object) -> None:
    with open(os.environ["ATTEMPTS"], "a", encoding="utf-8") as f:  # noqa: PTH123
        f.write(f"{host}\n")
    raise OSError(f"connections to {host} are refused in this test")


def connect(self: socket.socket, address: Any) -> Any:
    if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOCAL:
        refuse(address[0])
    return real_connect(self, address)


def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    if name is not None and name not in LOCAL:
        refuse(name)
    return real_getaddrinfo(host, *args, **kwargs)


socket.socket.connect = connect  # type: ignore[method-assign]
socket.getaddrinfo = getaddrinfo
