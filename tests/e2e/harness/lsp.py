"""A language client at the level of the protocol: frames, requests, what the server tells."""

import json
import os
import select
import subprocess

TIMEOUT = 60


class Client:
    """Runs `corefilec lsp` and speaks with it.

        client = Client(compiler.path, folder)
        client.initialize()
        uri = client.open("Corefile", text)
        diagnostics = client.diagnostics(uri)
        client.close()                          shutdown, exit; the server must end with status 0
    """

    def __init__(self, path, folder, *arguments, env=None):
        self.folder = folder
        self.stderr = (folder / "lsp.stderr").open("w+")
        self.process = subprocess.Popen(
            [str(path), "lsp", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            cwd=folder,
            env={**os.environ, **(env or {})},
        )
        os.set_blocking(self.process.stdin.fileno(), False)
        self.input = b""
        self.next_id = 0
        self.told = []  # notifications that nobody has taken yet
        self.versions = {}
        self.capabilities = None

    # ---- frames ----

    def send_bytes(self, data):
        """Goes on reading meanwhile, as editors do: the server may have much to tell."""
        while data:
            readable, writable, _ = select.select(
                [self.process.stdout], [self.process.stdin], [], TIMEOUT
            )
            assert readable or writable, "the server neither reads nor writes"
            if readable:
                self._fill()
            if writable:
                data = data[os.write(self.process.stdin.fileno(), data[: 1 << 20]) :]

    @staticmethod
    def frame(message):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)

    def send(self, *messages):
        self.send_bytes(b"".join(self.frame(m) for m in messages))

    def _fill(self):
        ready, _, _ = select.select([self.process.stdout], [], [], TIMEOUT)
        assert ready, "the server is silent"
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        assert data, f"the server has ended: {self.errors()}"
        self.input += data

    def receive(self):
        while b"\r\n\r\n" not in self.input:
            self._fill()
        header, rest = self.input.split(b"\r\n\r\n", 1)
        assert header.startswith(b"Content-Length: "), header
        length = int(header.split(b": ")[1])
        while len(rest) < length:
            self._fill()
            rest = self.input.split(b"\r\n\r\n", 1)[1]
        self.input = rest[length:]
        return json.loads(rest[:length].decode())

    # ---- requests and notifications ----

    def request_message(self, method, params):
        self.next_id += 1
        return {"jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params}

    def answer(self, number):
        """The answer to a request; what the server tells before it is kept."""
        while True:
            message = self.receive()
            if "method" in message:
                self.told.append(message)
            else:
                assert message["id"] == number, message
                return message

    def request(self, method, params=None):
        message = self.request_message(method, params)
        self.send(message)
        answer = self.answer(message["id"])
        assert "error" not in answer, answer
        return answer["result"]

    def notify(self, method, params=None):
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def wait_told(self, method, wanted=lambda params: True):
        while True:
            for i, message in enumerate(self.told):
                if message["method"] == method and wanted(message["params"]):
                    del self.told[i]
                    return message["params"]
            self.told.append(self.receive())

    # ---- sessions and documents ----

    def initialize(self, encodings=None, capabilities=None, options=None):
        capabilities = dict(capabilities or {})
        if encodings is not None:
            capabilities["general"] = {"positionEncodings": encodings}
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": capabilities}
        if options is not None:
            params["initializationOptions"] = options
        self.capabilities = self.request("initialize", params)["capabilities"]
        self.notify("initialized", {})
        return self.capabilities

    def uri(self, name):
        return (self.folder / name).as_uri()

    def open(self, name, text):
        uri = self.uri(name)
        self.versions[uri] = 1
        self.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": uri, "languageId": "corefile", "version": 1, "text": text}},
        )
        return uri

    def change(self, uri, *changes):
        self.versions[uri] += 1
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": uri, "version": self.versions[uri]},
                "contentChanges": [c if isinstance(c, dict) else {"text": c} for c in changes],
            },
        )

    def diagnostics(self, uri):
        """Those for the version that was sent last."""
        return self.wait_told(
            "textDocument/publishDiagnostics",
            lambda p: p["uri"] == uri and p.get("version") == self.versions.get(uri),
        )["diagnostics"]

    def at(self, method, uri, line, character, **more):
        return self.request(
            method,
            {
                "textDocument": {"uri": uri},
                "position": {"line": line, "character": character},
                **more,
            },
        )

    # ---- the end ----

    def errors(self):
        self.stderr.flush()
        return (self.folder / "lsp.stderr").read_text()

    def close(self):
        self.request("shutdown")
        self.notify("exit")
        assert self.wait() == 0
        assert self.errors() == ""

    def wait(self):
        self.process.stdin.close()
        return self.process.wait(TIMEOUT)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.stderr.close()
        self.process.stdout.close()


def apply_edits(text, edits, units=lambda s: len(s.encode("utf-16-le")) // 2):
    """The text after a list of TextEdits; for texts whose lines end in LF or CR LF."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(position):
        if position["line"] >= len(starts):
            return len(text)
        at, left = starts[position["line"]], position["character"]
        while left > 0:
            left -= units(text[at])
            at += 1
        assert left == 0
        return at

    spans = sorted((offset(e["range"]["start"]), offset(e["range"]["end"]), e["newText"]) for e in edits)
    for from_, to, new in reversed(spans):
        text = text[:from_] + new + text[to:]
    return text
