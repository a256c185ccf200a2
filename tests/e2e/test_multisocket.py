"""multisocket: how many sockets serve a listener."""

import pathlib

import pytest


def sockets(server, table):
    """How many sockets the kernel has at the server's port, by /proc/net."""
    port = f":{server.port:04X}"
    rows = pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]
    inodes = [row.split()[9] for row in rows if row.split()[1].endswith(port)
              and (table.startswith("udp") or row.split()[3] == "0A")]
    return len(set(inodes))


def count(server):
    return sockets(server, "udp"), sockets(server, "tcp")


@pytest.mark.parametrize("number", [1, 2, 5])
def test_number(serve, number):
    server = serve(
        f".:@PORT@ {{\n bind 127.0.0.1\n multisocket {number}\n whoami\n}}\n"
    )
    assert count(server) == (number, number)
    # Clients from many ports are spread over all of them, and all get answers.
    for _ in range(20):
        assert server.query("a.test").additional


def test_default_is_the_number_of_cpus(serve):
    plain = serve(".:@PORT@ {\n bind 127.0.0.1\n whoami\n}\n")
    wanted = count(plain)
    assert wanted[0] >= 1
    plain.stop()
    assert count(serve(".:@PORT@ {\n bind 127.0.0.1\n multisocket\n whoami\n}\n")) == wanted


@pytest.mark.threads
def test_many(serve):
    server = serve(".:@PORT@ {\n bind 127.0.0.1\n multisocket 32\n whoami\n}\n")
    assert count(server) == (32, 32)
    for tcp in (False, True):
        for _ in range(40):
            assert server.query("a.test", tcp=tcp).additional
