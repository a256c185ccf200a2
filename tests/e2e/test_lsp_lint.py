"""The language server shows what `corefilec lint` shows: project file, comments, severities."""

import json
import re
import shutil

import pytest

from harness.lsp import Client, apply_edits

SEVERITIES = {"error": 1, "warning": 2, "info": 3}
LINE_END = re.compile(rb"\r\n|\r|\n")


@pytest.fixture
def client_in(compiler):
    """start(folder, *arguments): a client with a server of its own; ended in order after the test."""
    clients = []

    def start(folder, *arguments, **options):
        client = Client(compiler.path, folder, *arguments)
        clients.append(client)
        client.initialize(["utf-8"], **options)
        return client

    yield start
    for client in clients:
        try:
            client.close()
        finally:
            client.kill()


def place(content, offset):
    """Where the protocol sees an octet of a file."""
    ends = [m.end() for m in LINE_END.finditer(content) if m.end() <= offset]
    return len(ends), offset - (ends[-1] if ends else 0)


def linted(compiler, folder, name, *arguments):
    done = compiler.run("lint", "-f", "json", *arguments, name, cwd=folder)
    found = []
    for finding in json.loads(done.stdout)["findings"]:
        content = (folder / finding["file"]).read_bytes()
        offset = finding.get("offset", 0)
        end = offset + finding.get("length", 0)
        found.append(
            (finding["file"], finding["id"], SEVERITIES[finding["severity"]], finding["message"])
            + place(content, offset)
            + place(content, end)
        )
    return sorted(found)


def shown(client, folder, name):
    """What the server publishes for the file, and for others on its account."""
    uri = client.open(name, (folder / name).read_bytes().decode())
    published = {uri: client.diagnostics(uri)}
    client.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    for told in client.told:
        if told["method"] == "textDocument/publishDiagnostics":
            published[told["params"]["uri"]] = told["params"]["diagnostics"]
    found = []
    for uri, diagnostics in published.items():
        assert uri.startswith(folder.as_uri() + "/")
        for d in diagnostics:
            start, end = d["range"]["start"], d["range"]["end"]
            found.append(
                (uri[len(folder.as_uri()) + 1 :], d["code"], d["severity"], d["message"].split("\n")[0])
                + (start["line"], start["character"], end["line"], end["character"])
            )
    return sorted(found)


def cases(root):
    """Corefiles of the golden tests, in text that JSON can carry."""
    for path in sorted((root / "tests" / "golden").glob("*/Corefile")):
        try:
            path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        yield path


def test_the_golden_corefiles(compiler, client_in, root, tmp_path):
    """Each of them, plainly and as a cluster's with files: the same findings in the same places."""
    met = 0
    for path in cases(root):
        for i, arguments in enumerate(([], ["--profile", "cluster", "--root", "."], ["--compat"])):
            folder = tmp_path / path.parent.name / str(i)
            shutil.copytree(path.parent, folder)
            expected = linted(compiler, folder, "Corefile", *arguments)
            assert shown(client_in(folder, *arguments), folder, "Corefile") == expected, (path, arguments)
            met += len(expected)
    assert met > 300


COREFILE = """\
{$NAME}.example {
	cache {
		success 5000
	}
	log {common}
	file db # corefile-lint disable=CF4011 -- comes later
	whoami
}
"""
PROJECT = "[severity]\nCF2012 = error\nCF2016 = off\n[variables]\nNAME = x\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / ".corefile-lint").write_text(PROJECT)
    (tmp_path / "Corefile").write_text(COREFILE)
    return tmp_path


def by_code(diagnostics):
    return {d["code"]: d["severity"] for d in diagnostics}


def test_project_file(compiler, client_in, folder):
    client = client_in(folder)
    uri = client.open("Corefile", COREFILE)
    assert by_code(client.diagnostics(uri)) == {"CF2012": 1, "CF3004": 2}
    # A change on disk counts when the client tells of it.
    project = folder / ".corefile-lint"
    project.write_text(PROJECT.replace("CF2012 = error", "CF2012 = info"))
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": project.as_uri(), "type": 2}]})
    assert by_code(client.diagnostics(uri)) == {"CF2012": 3, "CF3004": 2}
    project.unlink()
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": project.as_uri(), "type": 3}]})
    assert by_code(client.diagnostics(uri)) == {"CF1006": 2, "CF2012": 2, "CF2016": 3}


def test_faults_of_the_project_file(compiler, client_in, folder):
    """They are shown where they are; what the rest of it says counts."""
    project = folder / ".corefile-lint"
    project.write_text(PROJECT + "[odd]\n")
    client = client_in(folder)
    uri = client.open("Corefile", COREFILE)
    assert by_code(client.diagnostics(uri)) == {"CF2012": 1, "CF3004": 2}
    (fault,) = client.diagnostics(project.as_uri())
    assert (fault["code"], fault["message"].split("\n")[0]) == ("CF9007", "unknown section '[odd]'")
    assert fault["range"]["start"] == {"line": 5, "character": 0}
    # As it stands in the editor, saved or not; and it is no Corefile.
    opened = client.open(".corefile-lint", PROJECT + "NAME\n")
    assert [d["message"] for d in client.diagnostics(opened)] == ["'NAME = VALUE' is expected"]
    client.change(opened, PROJECT.replace("CF2012 = error", "CF2012 = off"))
    assert client.diagnostics(opened) == []
    assert by_code(client.diagnostics(uri)) == {"CF3004": 2}
    whole = {"textDocument": {"uri": opened}}
    assert client.request("textDocument/formatting", whole) is None
    assert client.request("textDocument/documentSymbol", whole) == []
    assert client.at("textDocument/hover", opened, 0, 2) is None
    assert client.at("textDocument/completion", opened, 0, 0)["items"] == []
    assert client.at("textDocument/definition", opened, 0, 2) is None
    assert client.at("textDocument/references", opened, 0, 2, context={}) is None
    context = {"diagnostics": [], "only": ["quickfix", "source"]}
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}
    assert client.request("textDocument/codeAction", {**whole, "range": everything, "context": context}) == []


def test_faults_of_a_file_of_variables(compiler, client_in, folder):
    (folder / ".corefile-lint").write_text("env-file = vars\n" + PROJECT)
    (folder / "vars").write_text("NAME=y\nodd\n")
    client = client_in(folder)
    client.open("Corefile", COREFILE)
    (fault,) = client.diagnostics((folder / "vars").as_uri())
    assert (fault["code"], fault["range"]["start"]["line"]) == ("CF9007", 1)
    (folder / "vars").unlink()
    client.notify("workspace/didChangeWatchedFiles", {"changes": []})
    (fault,) = client.diagnostics((folder / ".corefile-lint").as_uri())
    assert fault["code"] == "CF1000" and "vars" in fault["message"]


def test_options_go_before_the_project(compiler, client_in, folder, tmp_path):
    (folder / "other").write_text("[severity]\nCF3004 = info\n")
    for arguments, options in (
        (["--config", "other", "--set", "NAME=z"], None),
        (["--set", "NAME=z"], {"config": "other"}),
    ):
        client = client_in(folder, *arguments, options=options)
        assert by_code(client.diagnostics(client.open("Corefile", COREFILE))) == {
            "CF2012": 2,
            "CF2016": 3,
            "CF3004": 3,
        }
    client = client_in(folder, "--no-config", "--set", "NAME=z")
    assert by_code(client.diagnostics(client.open("Corefile", COREFILE)))["CF3004"] == 2


def test_files_are_watched(compiler, client_in, folder):
    """Clients that can are asked to tell about project files and Corefiles."""
    capabilities = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    client = client_in(folder, capabilities=capabilities)
    asked = client.wait_told("client/registerCapability")
    (registration,) = asked["registrations"]
    assert registration["method"] == "workspace/didChangeWatchedFiles"
    patterns = [w["globPattern"] for w in registration["registerOptions"]["watchers"]]
    assert "**/.corefile-lint" in patterns and "**/Corefile" in patterns
    client.send({"jsonrpc": "2.0", "id": "watch-files", "result": None})
    assert client.diagnostics(client.open("Corefile", COREFILE))
    assert not [m for m in client.told if m["method"] == "client/registerCapability"]


def test_variables_of_the_project_are_explained(compiler, client_in, folder):
    client = client_in(folder)
    uri = client.open("Corefile", COREFILE)
    assert "`NAME` is `x` here" in client.at("textDocument/hover", uri, 0, 3)["contents"]["value"]


MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name:   coredns}
data:
  Corefile: |
    . {
      whoamI
      log {common}
    }
"""


def test_manifests_are_judged_and_left_alone(compiler, client_in, tmp_path):
    """What lint says of a ConfigMap is shown; nothing takes the YAML for a Corefile."""
    (tmp_path / "cm.yaml").write_text(MANIFEST)
    client = client_in(tmp_path)
    assert shown(client, tmp_path, "cm.yaml") == linted(compiler, tmp_path, "cm.yaml") != []
    uri = client.uri("cm.yaml")
    whole = {"textDocument": {"uri": uri}}
    everything = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    assert client.request("textDocument/formatting", whole) is None
    assert client.request("textDocument/rangeFormatting", {**whole, "range": everything}) is None
    assert client.request("textDocument/documentSymbol", whole) == []
    for method in ("hover", "definition"):
        assert client.at(f"textDocument/{method}", uri, 6, 8) is None
    assert client.at("textDocument/completion", uri, 6, 8)["items"] == []
    context = {"diagnostics": [], "only": ["quickfix", "source"]}
    assert client.request("textDocument/codeAction", {**whole, "range": everything, "context": context}) == []


# ---- comments that suppress ----

NOISY = """\
(common) {
    log {common}
}
. {
	import common
	cache {
		success 5000
	}
	log example.org {
		class
	}
	hosts "a
b" {
	}
	whoami
}
"""


def silencing(client, uri, diagnostic):
    """The actions that put a comment somewhere, by their titles."""
    params = {
        "textDocument": {"uri": uri},
        "range": diagnostic["range"],
        "context": {"diagnostics": [diagnostic]},
    }
    found = client.request("textDocument/codeAction", params)
    return {a["title"]: a["edit"]["changes"][uri] for a in found if a["title"].startswith("disable ")}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_comments_silence_reports(compiler, client_in, tmp_path, ends, mark):
    """Each comment that is offered takes its report away, for the line, the block and the file."""
    text = mark + NOISY.replace("\n", ends)
    client = client_in(tmp_path)
    uri = client.open("Corefile", text)
    diagnostics = client.diagnostics(uri)
    tried = {}
    for d in diagnostics:
        actions = silencing(client, uri, d)
        for title, edits in actions.items():
            code, scope = title.split()[1], title.split()[-1]
            if code != d["code"]:
                continue
            changed = apply_edits(text, edits, units=lambda c: len(c.encode()))
            assert changed.startswith(mark) and changed.count("\n") == text.count("\n") + 1
            assert (changed.count("\r\n") == changed.count("\n")) == (ends == "\r\n")
            client.change(uri, changed)
            left = [x["code"] for x in client.diagnostics(uri)]
            assert d["code"] not in left and "CF1012" not in left and "CF1013" not in left
            tried[code] = tried.get(code, set()) | {scope}
            client.change(uri, text)
            assert client.diagnostics(uri) == diagnostics
    assert tried["CF2012"] == {"line", "block", "file"}
    assert tried["CF2016"] == {"line", "block", "file"}


def test_comment_before_words_over_lines(compiler, client_in, tmp_path):
    """A line end within quotes is no place for a comment."""
    text = '. {\n\terrors\n\tlog "{common}\n" {remotee}\n\twhoami\n}\n'
    client = client_in(tmp_path)
    uri = client.open("Corefile", text)
    for d in client.diagnostics(uri):
        for title, (edit,) in silencing(client, uri, d).items():
            if title.endswith("line"):
                assert edit["range"]["start"] == {"line": 2, "character": 0}
                assert edit["newText"] == f"\t# corefile-lint disable={d['code']} -- \n"


def test_what_no_comment_silences(compiler, client_in, tmp_path):
    (tmp_path / ".corefile-lint").write_text("[severity]\nCF2012 = error\n")
    client = client_in(tmp_path)
    uri = client.open("Corefile", ". {\n\twhoamI\n\terrors # corefile-lint disable=CF2012\n}\n")
    for d in client.diagnostics(uri):
        assert silencing(client, uri, d) == {}, d
    # What the project makes an error can be silenced all the same.
    client.change(uri, ". {\n\tlog {common}\n\twhoami\n}\n")
    (d,) = client.diagnostics(uri)
    assert d["severity"] == 1
    assert set(silencing(client, uri, d)) == {
        "disable CF2012 for this line",
        "disable CF2012 for this block",
        "disable CF2012 for this file",
    }
    client = client_in(tmp_path, "--compat")
    uri = client.open("Corefile", ". {\n\twhoamI\n}\n")
    for d in client.diagnostics(uri):
        assert silencing(client, uri, d) == {}
