"""Laid on PYTHONPATH of a process under test: whatever reaches for the network is written down and refused.

An audit hook sees every socket call of Python and of libraries that use Python's sockets, and cannot be taken off again.
"""

import ipaddress
import os
import sys

SEEN = os.environ["NETWORK_SEEN"]


def _is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host is None or host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def _watch(event: str, args: tuple[object, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"):
        address = args[1]
        if not isinstance(address, tuple) or _is_loopback(address[0]):
            return
        host: object = address[0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        if _is_loopback(args[0]):
            return
        host = args[0]
    else:
        return
    with open(SEEN, "a", encoding="utf-8") as seen:
        seen.write(f"{event} {host}\n")
    raise OSError(f"no network: {event} {host}")


sys.addaudithook(_watch)
