"""A compiled server as a process: command line, start, signals, stop, metrics endpoint."""

import http.client
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import dns.message
import pytest

from harness.client import Client
from harness.metrics import scrape

COREFILE = "example.org sub.example.org org {\n    observe\n    ahead\n    actor\n}\n"


@pytest.fixture
def run(sample_binary, tmp_path):
    """run(*arguments): the process, finished."""

    def call(*arguments, stdin=None, **options):
        return subprocess.run(
            [str(sample_binary), *map(str, arguments)],
            cwd=tmp_path,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=20,
            **options,
        )

    return call


# ---- command line ----


def test_version(run):
    done = run("-version")
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and done.stderr == ""
    assert lines[0] == "corefilec-0.0-test"
    assert lines[1].startswith("linux/") and lines[1].endswith(", 0123456789ab")


def test_plugins(run):
    done = run("--plugins")
    assert (done.returncode, done.stdout) == (0, "dns.observe\ndns.ahead\ndns.actor\n")


def test_corefile(run):
    done = run("-corefile")
    assert (done.returncode, done.stdout) == (0, COREFILE)


@pytest.mark.parametrize(
    "arguments, status, text",
    [
        (["-nope"], 2, "flag provided but not defined: -nope\nUsage of "),
        (["-p", "x"], 2, "invalid value 'x' for flag -p"),
        (["-pidfile"], 2, "flag needs an argument: -pidfile\n"),
        (["serve"], 1, "extra command line arguments: serve\n"),
        (["-help"], 0, "Usage of "),
    ],
)
def test_faults_of_the_command_line(run, arguments, status, text):
    done = run(*arguments)
    assert done.returncode == status and done.stdout == ""
    assert done.stderr.startswith(text)


# ---- -conf ----


def test_conf_that_is_compiled_in(run, tmp_path, port_block):
    (tmp_path / "same").write_text(COREFILE)
    port = port_block.take()
    for arguments in (["-conf", "same"], ["-conf=same"], ["-conf", "stdin"]):
        done = run("-check", "-p", port, *arguments, stdin=COREFILE)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    port_block.give_back(port)


def test_conf_that_differs(run, tmp_path, port_block):
    (tmp_path / "other").write_text(COREFILE.replace("ahead", "behind"))
    done = run("-check", "-conf", "other")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[:3] == [
        "other:3: differs from the Corefile that is compiled into this server ('Corefile')",
        "  given:     behind",
        "  compiled in:     ahead",
    ]
    port = port_block.take()
    assert run("-check", "-p", port, "-conf", "other", "-conf-any").returncode == 0
    port_block.give_back(port)


@pytest.mark.parametrize("text, line", [("", 1), (COREFILE[:-2], 5), (COREFILE + "x", 6)])
def test_conf_that_ends_elsewhere(run, text, line):
    done = run("-conf", "stdin", stdin=text)
    assert done.returncode == 1
    assert done.stderr.startswith(f"stdin:{line}: differs from the Corefile ")


def test_conf_that_is_not_there(run):
    done = run("-conf", "missing/Corefile")
    assert done.returncode == 1
    assert done.stderr == "cannot read 'missing/Corefile': No such file or directory\n"


# ---- start ----


def test_start_prints_zones_and_version(start_sample):
    server = start_sample()
    assert server.output.splitlines()[:6] == [
        *(f"{zone}:{server.port} on 127.0.0.1"
          for zone in ("empty.test.", "example.org.", "org.", "sub.example.org.")),
        f".:{server.port} on 127.0.0.2",
        f".:{server.wildcard_port}",
    ]
    assert "corefilec-0.0-test\nlinux/" in server.output


def test_quiet(start_sample):
    server = start_sample("-quiet", wait=False)
    server.wait_listening()
    assert server.query("www.example.org").rcode() == 0
    server.stop()
    assert server.output == "[INFO] SIGTERM: Shutting down servers then terminating\n"


def hold(port, kind, address="127.0.0.1"):
    taken = socket.socket(socket.AF_INET, kind)
    if kind == socket.SOCK_STREAM:  # connections of an earlier test may linger
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    taken.bind((address, port))
    if kind == socket.SOCK_STREAM:
        taken.listen()
    return taken


@pytest.mark.parametrize("kind, proto", [(socket.SOCK_DGRAM, "udp"), (socket.SOCK_STREAM, "tcp")])
@pytest.mark.parametrize("check", [[], ["-check"]])
def test_a_port_that_is_taken(run, port_block, kind, proto, check):
    port = port_block.take()
    with hold(port, kind):
        done = run("-p", port, *check)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            f"cannot listen on 127.0.0.1:{port} ({proto}): bind: Address already in use\n"
        )
    port_block.give_back(port)


def test_all_problems_of_binding_are_shown(run, port_block):
    port = port_block.take()
    with hold(port, socket.SOCK_DGRAM), hold(port, socket.SOCK_STREAM, "127.0.0.2"):
        done = run("-p", port)
        assert done.stderr.splitlines() == [
            f"cannot listen on 127.0.0.1:{port} (udp): bind: Address already in use",
            f"cannot listen on 127.0.0.2:{port} (tcp): bind: Address already in use",
        ]
    port_block.give_back(port)


def test_an_endpoint_that_is_taken(run, port_block):
    port, http_port = port_block.take(), port_block.take()
    with hold(http_port, socket.SOCK_STREAM):
        env = {**os.environ, "RT_SAMPLE_HTTP": f"127.0.0.1:{http_port}"}
        done = run("-p", port, env=env)
        assert done.returncode == 1
        assert done.stderr == (
            f"Corefile:2: plugin/observe: cannot listen on 127.0.0.1:{http_port} (http over tcp): "
            "Address already in use\n"
        )
        env["RT_SAMPLE_HTTP"] = "nonsense"
        assert "plugin/observe: 'nonsense' is not an address" in run("-p", port, env=env).stderr
    port_block.give_back(port)
    port_block.give_back(http_port)


def test_check_shows_every_problem(run, port_block):
    port, http_port = port_block.take(), port_block.take()
    with hold(http_port, socket.SOCK_STREAM), hold(port, socket.SOCK_DGRAM):
        env = {**os.environ, "RT_SAMPLE_HTTP": f"127.0.0.1:{http_port}"}
        done = run("-check", "-p", port, env=env)
        assert done.returncode == 1 and len(done.stderr.splitlines()) == 2
    port_block.give_back(port)
    port_block.give_back(http_port)


def test_closed_standard_streams(sample_binary, port_block, tmp_path):
    """Sockets must not take the numbers of standard output and error: lines would go to clients."""
    port = port_block.take()
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"exec '{sample_binary}' -p {port} <&- >&- 2>&-"], cwd=tmp_path
    )
    client = Client(port)
    try:
        for tcp in (True, False) * 5:
            for _ in range(200):
                try:
                    assert client.query("panic.example.org", tcp=tcp).rcode() == 2
                    break
                except (ConnectionRefusedError, OSError):
                    assert process.poll() is None
                    time.sleep(0.02)
            else:
                raise AssertionError("it never answered")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    port_block.give_back(port)


def test_pidfile(start_sample, tmp_path, run):
    path = tmp_path / "pid"
    server = start_sample("-pidfile", path)
    assert path.read_text() == f"{server.process.pid}\n"
    server.stop()
    assert not path.exists()
    done = run("-p", "0", "-pidfile", tmp_path / "missing" / "pid")
    assert done.returncode == 1 and "cannot write pid file" in done.stderr


# ---- signals ----


@pytest.mark.threads
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_queries_that_wait_are_answered_before_the_end(start_sample, number):
    server = start_sample()
    with server.connect() as connection:
        connection.send(server.make("wait-400.example.org", id=5))
        connection.send(server.make("www.example.org", id=6))
        assert connection.receive().id == 6  # so the first one waits by now
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            udp.settimeout(6)
            udp.connect(("127.0.0.1", server.port))
            udp.send(server.make("wait-400.example.org", id=7).to_wire())
            udp.send(server.make("www.example.org", id=8).to_wire())
            assert dns.message.from_wire(udp.recv(4096)).id == 8
            server.signal(number)
            assert dns.message.from_wire(udp.recv(4096)).id == 7
        assert connection.receive().id == 5
        assert connection.receive() is None
    assert server.wait() == 0


def test_queries_that_wait_too_long_do_not_hold_up_the_end(start_sample):
    server = start_sample()
    with server.connect() as connection:
        connection.send(server.make("hold-1.example.org", id=5))
        connection.send(server.make("www.example.org", id=6))
        assert connection.receive().id == 6
        start = time.monotonic()
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        assert time.monotonic() - start >= 5


def test_second_interrupt_forces_the_end(start_sample):
    server = start_sample()
    with server.connect() as connection:
        connection.send(server.make("hold-1.example.org", id=5))
        connection.send(server.make("www.example.org", id=6))
        assert connection.receive().id == 6
        server.signal(signal.SIGINT)
        server.wait_output(r"^\[INFO\] SIGINT: Shutting down")
        server.signal(signal.SIGINT)
        assert server.wait() == 2


def test_quit(start_sample):
    server = start_sample()
    server.signal(signal.SIGQUIT)
    assert server.wait() == 0
    assert "[INFO] SIGQUIT: Quitting process immediately\n" in server.output


@pytest.mark.threads
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1])
def test_reload(start_sample, number):
    server = start_sample()
    server.signal(number)
    server.wait_output(r"^\[INFO\] plugin/sample: reloaded$")
    assert server.query("www.example.org").rcode() == 0


def test_usr2_and_pipe_do_not_end_it(start_sample):
    server = start_sample()
    server.signal(signal.SIGUSR2)
    server.signal(signal.SIGPIPE)
    server.wait_output(r"^\[WARNING\] SIGUSR2: ")
    assert server.query("www.example.org").rcode() == 0


@pytest.mark.threads
def test_lameduck(start_sample):
    server = start_sample(env={"RT_SAMPLE_LAMEDUCK": "1"})
    server.signal(signal.SIGTERM)
    server.wait_output(r"^\[INFO\] plugin/health: Going into lameduck mode for 300ms$")
    assert server.query("www.example.org").rcode() == 0
    assert server.wait() == 0


# ---- standard output ----


@pytest.fixture
def mute_sample(sample_binary, tmp_path, port_block):
    """A server whose output nobody reads: (process, client, metrics port)."""
    port, metrics_port = port_block.take(), port_block.take()
    env = {**os.environ, "RT_SAMPLE_HTTP": f"127.0.0.1:{metrics_port}"}
    process = subprocess.Popen(
        [str(sample_binary), "-p", str(port)], stdout=subprocess.PIPE, env=env, cwd=tmp_path
    )
    lines = [process.stdout.readline() for _ in range(8)]  # the banner
    assert lines[-1].startswith(b"linux/")
    yield process, Client(port), metrics_port
    process.kill()
    process.wait()
    process.stdout.close()
    port_block.give_back(port)
    port_block.give_back(metrics_port)


def test_a_log_that_nobody_reads_does_not_stop_answers(mute_sample):
    process, client, metrics_port = mute_sample
    for _ in range(20):
        assert client.query("say-1000.example.org", tcp=True).rcode() == 0
    for _ in range(3):
        assert client.query("panic.example.org").rcode() == 2  # logs a line of the other kind
    dropped = scrape(metrics_port).value("corefilec_log_lines_dropped_total")
    assert dropped > 10000  # 20000 lines, 64 KiB of pipe, 256 KiB for each of two workers
    data = b""
    while data.count(b"x" * 100 + b"\n") < 3000:  # what was kept comes once somebody reads
        data += os.read(process.stdout.fileno(), 65536)
    process.send_signal(signal.SIGTERM)
    data += process.stdout.read()
    assert process.wait(20) == 0
    for line in data.splitlines():
        assert line == b"x" * 100 or line.startswith((b"[ERROR] Recovered", b"[INFO] ")), line


def test_a_log_whose_reader_has_gone(mute_sample):
    process, client, metrics_port = mute_sample
    process.stdout.close()
    for _ in range(5):
        assert client.query("say-10.example.org", tcp=True).rcode() == 0
        assert client.query("panic.example.org").rcode() == 2
    assert scrape(metrics_port).value("corefilec_log_lines_dropped_total") == 55
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


# ---- the HTTP endpoint ----


def test_http(start_sample):
    server = start_sample(http=True)
    port = server.ports["metrics"]
    for _ in range(3):
        server.query("www.example.org")
    metrics = server.metrics()
    assert metrics.value("sample_queries_total") == 3
    assert metrics.value("sample_size_bytes_count") == 3
    assert metrics.value("sample_size_bytes_bucket", le="100") == 3
    assert metrics.value("coredns_build_info", version="0.0-test") == 1
    assert metrics.value("process_resident_memory_bytes") > 0
    assert abs(metrics.value("process_start_time_seconds") - time.time()) < 3600
    assert metrics.value("process_max_fds") > metrics.value("process_open_fds") > 5
    assert '# HELP sample_size_bytes Size of "replies".' in metrics.text

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=6)
    connection.request("HEAD", "/metrics")
    reply = connection.getresponse()
    assert reply.status == 200 and reply.read() == b""
    assert int(reply.headers["Content-Length"]) > 1000
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    for method, path, status in (
        ("GET", "/", 404), ("GET", "/metrics/x", 404), ("GET", "/metrics?a=b", 200),
        ("POST", "/metrics", 501), ("DELETE", "/metrics", 501),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=6)
        connection.request(method, path)
        assert connection.getresponse().status == status, (method, path)


def test_http_limits(start_sample):
    server = start_sample(http=True)
    port = server.ports["metrics"]
    for request in (
        b"GET /metrics HTTP/1.1\r\nX: " + b"a" * 20000 + b"\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100000,
        b"\x16\x03\x01\x02\x00nonsense\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=6) as connection:
            try:
                connection.sendall(request)
                assert b" 200 OK" not in connection.recv(65536)
            except (ConnectionResetError, BrokenPipeError):
                pass
    assert server.metrics().value("sample_queries_total") == 0


# ---- several threads ----


@pytest.mark.threads
def test_publishing_and_reloading_under_load(start_sample):
    """Workers answer from a snapshot that the service thread replaces every 5 ms."""
    server = start_sample(http=True)
    stop = threading.Event()
    failures = []

    def load(seed):
        last = 0
        try:
            while not stop.is_set():
                reply = server.query("snap.example.org", "TXT", tcp=seed % 4 == 0)
                number = int(reply.answer[0][0].strings[0])
                assert number >= last
                last = number
                if seed % 3 == 0:
                    assert server.query("wchase-2.example.org").rcode() == 0
        except Exception as failure:  # in a thread: told to the test below
            failures.append(failure)

    threads = [threading.Thread(target=load, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        server.signal(signal.SIGHUP)
        server.metrics()
    server.wait_output("plugin/sample: reloaded")
    stop.set()
    for thread in threads:
        thread.join()
    assert not failures
    assert server.metrics().value("sample_queries_total") > 50
