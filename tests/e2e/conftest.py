"""Fixtures of the end-to-end tests: real binaries, real sockets, loopback only.

The environment variable COREFILEC names the compiler under test (default: build/corefilec); a tree
built with sanitizers builds servers with sanitizers.

    def test_whoami(serve):
        server = serve(". :@PORT@ {\\n whoami\\n}\\n")
        assert server.query("example.org").rcode() == 0

@PORT@ and @PORT:name@ in a Corefile become free port numbers.  Servers are stopped by SIGTERM after
the test, and must then end with status 0 and without a sanitizer's report.
"""

import os
import pathlib
import sys

import pytest

sys.dont_write_bytecode = True

from harness.compiler import Compiler  # noqa: E402
from harness.ports import PortBlock, has_ipv6  # noqa: E402
from harness.server import Server, substitute  # noqa: E402
from harness.upstream import FakeUpstream  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pytest_configure(config):
    config.addinivalue_line("markers", "threads: exercises several threads; also run under TSan")
    config.addinivalue_line("markers", "ipv6: needs IPv6 on the loopback interface")


def pytest_collection_modifyitems(items):
    without = pytest.mark.skip(reason="no IPv6 on this machine")
    for item in items:
        if item.get_closest_marker("ipv6") and not has_ipv6():
            item.add_marker(without)


@pytest.fixture(scope="session")
def root():
    """The top source folder."""
    return ROOT


@pytest.fixture(scope="session")
def compiler(tmp_path_factory):
    """The compiler under test; builds are cached for the session."""
    path = pathlib.Path(os.environ.get("COREFILEC", ROOT / "build" / "corefilec")).absolute()
    if not os.access(path, os.X_OK):
        pytest.exit(f"{path} cannot be run: build first, or set COREFILEC", 2)
    return Compiler(path, tmp_path_factory.getbasetemp() / "builds")


@pytest.fixture(scope="session")
def port_block():
    block = PortBlock()
    yield block
    block.close()


@pytest.fixture
def ports(port_block):
    """Gives out free ports by name, the same for the same name within a test."""
    taken = {}

    def port_of(name=""):
        if name not in taken:
            taken[name] = port_block.take()
        return taken[name]

    port_of.taken = taken
    yield port_of
    for port in taken.values():
        port_block.give_back(port)


@pytest.fixture
def serve(compiler, tmp_path, ports):
    """serve(corefile, files={name: text}, ...) builds and starts a server, and waits until it is
    ready.  The Corefile and the files have their @PORT...@ replaced and stand in the folder that
    the server runs in (server.folder).  Several servers get folders of their own."""
    servers = []

    def start(
        corefile,
        *,
        files=None,
        flags=(),
        arguments=(),
        env=None,
        address="127.0.0.1",
        wait=True,
        folder=None,
    ):
        place = pathlib.Path(folder or tmp_path / f"server{len(servers)}")
        place.mkdir(parents=True, exist_ok=True)
        for name, content in {"Corefile": corefile, **(files or {})}.items():
            target = place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, str):
                content = substitute(content, ports).encode()
            target.write_bytes(content)
        binary = compiler.build(place, *flags, env=env)
        server = Server(
            binary, place, ports.taken, arguments=arguments, env=env, address=address
        )
        servers.append(server)
        return server.wait_ready() if wait else server

    yield start
    failures = []
    for server in servers:
        try:
            if server.process.returncode is None:
                server.stop()
        except AssertionError as failure:
            failures.append(str(failure))
        finally:
            server.kill()
    assert not failures, "\n".join(failures)


@pytest.fixture(scope="session")
def moody():
    """Flags for serve() that compile in the plugin `moody`: readiness and panics on request."""
    return ("--plugin", pathlib.Path(__file__).parent / "plugins" / "moody")


@pytest.fixture
def upstream(ports):
    """fake = upstream("name", behave=...): a name server at @PORT:name@, stopped after the test."""
    running = []

    def start(name="upstream", behave=None, address="127.0.0.1"):
        fake = FakeUpstream(ports(name), address, behave)
        fake.up()
        running.append(fake)
        return fake

    yield start
    for fake in running:
        fake.down()


@pytest.fixture(scope="session")
def sample_binary():
    """The server of tests/support/rt_sample.c, which `make check` builds beside the compiler."""
    compiler = pathlib.Path(os.environ.get("COREFILEC", ROOT / "build" / "corefilec")).absolute()
    path = compiler.parent / "tests" / "support" / "rt_sample"
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} cannot be run: make tests/support/rt_sample")
    return path


@pytest.fixture
def start_sample(sample_binary, tmp_path, port_block):
    """start_sample(*arguments, http=False, env=None): a sample server on a free port, which is
    stopped and must end cleanly after the test."""
    servers = []
    taken = []

    def start(*arguments, http=False, env=None, wait=True, **options):
        port = port_block.take()
        ports = {"": port}
        taken.append(port)
        env = dict(env or {})
        if http:
            ports["metrics"] = port_block.take()
            taken.append(ports["metrics"])
            env["RT_SAMPLE_HTTP"] = f"127.0.0.1:{ports['metrics']}"
        place = tmp_path / f"sample{len(servers)}"
        place.mkdir()
        server = Server(
            sample_binary, place, ports, arguments=("-dns.port", port, *arguments), env=env, **options
        )
        servers.append(server)
        if wait:
            server.wait_ready()
            found = server.wait_output(r"^\.:(\d+)$")
            server.wildcard_port = int(found[0][1])
            server.has_ipv6 = has_ipv6()
        return server

    yield start
    try:
        for server in servers:
            if server.process.returncode is None:
                server.stop()
    finally:
        for server in servers:
            server.kill()
        for port in taken:
            port_block.give_back(port)


@pytest.fixture
def sample(start_sample):
    return start_sample()
