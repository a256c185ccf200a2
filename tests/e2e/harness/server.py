"""A server under test: a binary that corefilec built, running."""

import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

from . import metrics
from .client import Client

START_SECONDS = 20
STOP_SECONDS = 20
PLACEHOLDER = re.compile(r"@PORT(?::([A-Za-z0-9_-]+))?@")


def substitute(text, port_of):
    """Puts port numbers for @PORT@ and @PORT:name@; port_of(name) gives them ('' for @PORT@)."""
    return PLACEHOLDER.sub(lambda match: str(port_of(match[1] or "")), text)


class Server(Client):
    """Also a client of itself: server.query("example.org") asks it."""

    def __init__(
        self, binary, folder, ports, *, arguments=(), env=None, address="127.0.0.1", before=None
    ):
        """before() runs in the new process before the binary does."""
        self.ports = ports
        self.folder = pathlib.Path(folder)
        self._lines = []
        self._changed = threading.Condition()
        self._sanitizer = self.folder / f"sanitizer-{time.monotonic_ns()}"
        super().__init__(ports.get(""), address)
        self.process = subprocess.Popen(
            [str(binary), *map(str, arguments)],
            cwd=folder,
            env={**os.environ, **self._sanitizer_options(), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=before,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _sanitizer_options(self):
        common = f"log_path={self._sanitizer}:exitcode=66"
        inherited = {name: os.environ.get(name, "") for name in
                     ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")}
        return {
            "ASAN_OPTIONS": f"{inherited['ASAN_OPTIONS']}:{common}:detect_leaks=1",
            "LSAN_OPTIONS": f"{inherited['LSAN_OPTIONS']}:exitcode=66",
            "TSAN_OPTIONS": f"{inherited['TSAN_OPTIONS']}:{common}:halt_on_error=0",
            "UBSAN_OPTIONS": f"{inherited['UBSAN_OPTIONS']}:{common}:print_stacktrace=1",
        }

    def _read(self):
        for line in self.process.stdout:
            with self._changed:
                self._lines.append(line.decode(errors="backslashreplace"))
                self._changed.notify_all()
        with self._changed:
            self._changed.notify_all()

    # ---- what it printed ----

    @property
    def output(self):
        with self._changed:
            return "".join(self._lines)

    def wait_output(self, pattern, seconds=START_SECONDS, count=1):
        """Waits until count lines match the regular expression; the matches."""
        deadline = time.monotonic() + seconds
        expression = re.compile(pattern)
        with self._changed:
            while True:
                found = [m for m in map(expression.search, self._lines) if m]
                if len(found) >= count:
                    return found
                left = deadline - time.monotonic()
                if left <= 0 or (not self._reader.is_alive() and self.process.poll() is not None):
                    text = "".join(self._lines)
                    raise AssertionError(f"{len(found)} of {count} lines match {pattern!r}:\n{text}")
                self._changed.wait(min(left, 0.2))

    # ---- starting and stopping ----

    def wait_ready(self, seconds=START_SECONDS):
        """Waits until it has printed its banner, the last thing done when starting."""
        self.wait_output(r"^(CoreDNS|corefilec)-\d", seconds)
        return self

    def wait_listening(self, port=None, address=None, seconds=START_SECONDS):
        """Waits until a TCP connection is accepted: for servers that print nothing."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                target = (address or self.address, port or self.port)
                socket.create_connection(target, timeout=seconds).close()
                return self
            except OSError:
                assert self.process.poll() is None, f"the server ended:\n{self.output}"
                assert time.monotonic() < deadline, f"nobody listens on {port or self.port}"
                time.sleep(0.005)

    def signal(self, number):
        self.process.send_signal(number)

    def pause(self):
        """SIGSTOP; returns when no thread runs any more.  What is sent now waits in sockets."""
        self.signal(signal.SIGSTOP)
        threads = pathlib.Path(f"/proc/{self.process.pid}/task")
        while any(") T " not in (thread / "stat").read_text() for thread in threads.iterdir()):
            time.sleep(0.001)

    def go_on(self):
        self.signal(signal.SIGCONT)

    def wait(self, seconds=STOP_SECONDS):
        """Waits for the end of the process; its exit status."""
        status = self.process.wait(seconds)
        self._reader.join(seconds)
        return status

    def stop(self, status=0):
        """SIGTERM, then asserts a clean end: exit status, and nothing from a sanitizer."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            got = self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"no end {STOP_SECONDS} s after SIGTERM:\n{self.output}") from None
        report = self.sanitizer_report()
        assert not report, report
        assert got == status, f"exit status {got}, not {status}:\n{self.output}"

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(STOP_SECONDS)

    def sanitizer_report(self):
        return "".join(
            file.read_text(errors="backslashreplace")
            for file in sorted(self.folder.glob(self._sanitizer.name + "*"))
        )

    # ---- its HTTP endpoints ----

    def metrics(self, name="metrics"):
        """Scrapes the port that the Corefile calls @PORT:metrics@."""
        return metrics.scrape(self.ports[name])

    def http(self, path, name):
        """GET path on the port @PORT:name@; (status, body)."""
        url = f"http://127.0.0.1:{self.ports[name]}{path}"
        try:
            with urllib.request.urlopen(url, timeout=6) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
