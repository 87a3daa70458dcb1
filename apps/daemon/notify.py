"""What a service manager is told: systemd's notification protocol (sd_notify(3)), where it asks for it."""

from __future__ import annotations

import contextlib
import os
import socket

VARIABLE = "NOTIFY_SOCKET"


def notify(state: str) -> None:
    """`READY=1`, `STOPPING=1`. Nothing happens where nobody listens."""
    address = os.environ.get(VARIABLE, "")
    if not address.startswith(("/", "@")):
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
        told.settimeout(1.0)
        told.sendto(state.encode(), f"\0{address[1:]}" if address.startswith("@") else address)
