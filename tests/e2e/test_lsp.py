"""The language server, driven at the level of the protocol by the client in harness/lsp.py."""

import random

import pytest

from harness.lsp import Client, apply_edits

COREFILE = """\
(common) {
\terrors
\tprometheus :9153
}

example.org:1053 {
\timport common
\tcache 30 {
\t\tsuccess 9984
\t}
\tforward . 192.0.2.1
}
"""


@pytest.fixture
def client_of(compiler, tmp_path):
    """start(*arguments): a client with a server of its own; ended in order after the test."""
    clients = []

    def start(*arguments, **options):
        folder = tmp_path / f"session{len(clients)}"
        folder.mkdir()
        client = Client(compiler.path, folder, *arguments, **options)
        clients.append(client)
        return client

    yield start
    for client in clients:
        try:
            if client.process.poll() is None:
                client.close()
        finally:
            client.kill()


@pytest.fixture
def client(client_of):
    client = client_of()
    client.initialize()
    return client


def place(line, character):
    return {"line": line, "character": character}


def span(line, from_, to):
    return {"start": place(line, from_), "end": place(line, to)}


def whole(uri):
    return {"textDocument": {"uri": uri}}


def codes(diagnostics):
    return [d["code"] for d in diagnostics]


def labels(completion):
    return [item["label"] for item in completion["items"]]


# ---- the life of a session ----


def test_capabilities(client_of):
    client = client_of()
    assert client.initialize()["positionEncoding"] == "utf-16"
    client = client_of()
    assert client.initialize(["utf-8", "utf-16"])["positionEncoding"] == "utf-8"
    client = client_of()
    assert client.initialize(["utf-32", "utf-16"])["positionEncoding"] == "utf-16"


def test_order_of_a_session(client_of):
    client = client_of()

    def error_of(method, params=None):
        message = client.request_message(method, params)
        client.send(message)
        return client.answer(message["id"])["error"]["code"]

    client.notify("textDocument/didOpen", {})  # without effect before initialize
    assert error_of("textDocument/hover", {}) == -32002
    assert error_of("shutdown") == -32002
    assert error_of("initialize") == -32602
    client.initialize()
    assert error_of("initialize", {}) == -32600
    assert error_of("textDocument/inventedMethod", {}) == -32601
    assert error_of("textDocument/hover", {}) == -32602
    assert error_of("textDocument/hover") == -32602
    client.notify("$/inventedNotification", {})
    assert client.request("shutdown") is None
    assert error_of("textDocument/hover", {}) == -32600
    client.notify("exit")
    assert client.wait() == 0


def test_exit_without_shutdown(client_of):
    client = client_of()
    client.initialize()
    client.notify("exit")
    assert client.wait() == 1
    client = client_of()
    client.initialize()
    assert client.wait() == 1


def test_usage(compiler, tmp_path):
    done = compiler.run("lsp", "Corefile", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.startswith("corefilec: 'Corefile': lsp takes no file\n")
    done = compiler.run("lsp", "--profile", "moon", cwd=tmp_path)
    assert done.returncode == 3
    assert "not 'moon'" in done.stderr
    assert compiler.run("lsp", "--stdio", "--help", cwd=tmp_path).returncode == 0


# ---- malformed input ----


def test_malformed_messages(client):
    """Each is answered by an error without an id, and the session goes on."""
    bad = [
        (b"Content-Length: 4\r\n\r\n{{{{", -32700),
        (b"Content-Length: 0\r\n\r\n", -32700),
        (b'Content-Length: 9\r\n\r\n{"a":"\xff"}', -32700),
        (b"Content-Type: x\r\n\r\n", -32700),
        (b"Content-Length: -5\r\n\r\n", -32700),
        (b"Content-Length: 99999999999999999999999\r\n\r\n", -32700),
        (client.frame([1, 2]), -32600),
        (client.frame({"jsonrpc": "2.0", "id": 1}), -32600),
        (client.frame({"jsonrpc": "2.0", "id": {}, "method": "shutdown"}), -32600),
        (client.frame({"jsonrpc": "2.0", "method": 5}), -32600),
        (client.frame(b"17"), -32600),
        (client.frame(b"[" * 100000), -32700),
    ]
    for data, code in bad:
        client.send_bytes(data)
        answer = client.receive()
        assert (answer["id"], answer["error"]["code"]) == (None, code), data[:80]
    client.send({"jsonrpc": "2.0", "id": 99, "result": None})  # an answer to nothing
    assert codes(client.diagnostics(client.open("Corefile", COREFILE))) == []


@pytest.mark.parametrize("wrong", [-7, -1, 1, 9])
def test_wrong_length(client, wrong):
    """After a message whose length is wrong the next header is found."""
    body = b'{"jsonrpc":"2.0","method":"x","params":{}}'
    client.send_bytes(b"Content-Length: %d\r\n\r\n%s" % (len(body) + wrong, body))
    client.send(client.request_message("textDocument/hover", {}))
    answers = [client.receive()]
    assert answers[0]["error"]["code"] == -32700
    # Where the length was too large it has swallowed the beginning of the request's header.
    message = client.request_message("invented", {})
    client.send(message, message)
    while answers[-1]["error"]["code"] != -32601:
        answers.append(client.receive())
    assert len(answers) <= 4
    end = client.request_message("shutdown", None)
    client.send(end)
    while answers[-1]["id"] != end["id"]:
        answers.append(client.receive())
    client.notify("exit")
    assert client.wait() == 0


def test_huge_message(client):
    client.send_bytes(b"Content-Length: %d\r\n\r\n" % (33 << 20))
    assert client.receive()["error"]["code"] == -32600
    for _ in range(33):
        client.send_bytes(b"x" * (1 << 20))
    assert codes(client.diagnostics(client.open("Corefile", COREFILE))) == []


def test_document_too_large(client):
    uri = client.open("big", "#" * ((16 << 20) + 1))
    told = client.wait_told("window/showMessage")
    assert told["type"] == 1 and "is not looked at" in told["message"]
    message = client.request_message("textDocument/hover", {**whole(uri), "position": place(0, 0)})
    client.send(message)
    assert client.answer(message["id"])["error"]["code"] == -32602


def test_too_many_documents(client):
    for i in range(512):
        client.open(f"d{i}", "")
    client.open("one-more", "")
    assert "512 documents are open" in client.wait_told("window/showMessage")["message"]


def test_split_messages(client):
    """Bytes may come in any portions."""
    message = client.request_message("textDocument/inventedMethod", {})
    for byte in client.frame(message):
        client.send_bytes(bytes([byte]))
    assert client.answer(message["id"])["error"]["code"] == -32601


def test_cancel(client):
    uri = client.open("Corefile", COREFILE)
    client.diagnostics(uri)
    first = client.request_message("textDocument/documentSymbol", whole(uri))
    second = client.request_message("textDocument/documentSymbol", whole(uri))
    cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": second["id"]}}
    late = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 4711}}
    client.send(first, second, cancel, late)
    assert "result" in client.answer(first["id"])
    assert client.answer(second["id"])["error"]["code"] == -32800


# ---- documents and diagnostics ----


def test_diagnostics_as_one_types(client):
    uri = client.open("Corefile", COREFILE)
    assert client.diagnostics(uri) == []
    client.change(uri, {"range": span(8, 2, 9), "text": "succes"})
    (found,) = client.diagnostics(uri)
    assert found["code"] == "CF2004"
    assert found["severity"] == 1
    assert found["source"] == "corefilec"
    assert found["range"] == span(8, 2, 8)
    assert found["message"] == "unknown option 'succes' of 'cache'\ndid you mean 'success'?"
    client.change(uri, {"range": span(8, 8, 8), "text": "s"})
    assert client.diagnostics(uri) == []
    client.change(uri, "example.org {\n\twhoami\n\tfile db\n}\n")
    assert codes(client.diagnostics(uri)) == ["CF3004"]


def test_severities_tags_and_places(client):
    uri = client.open("Corefile", ". {\n\tcache {\n\t\tsuccess 5000\n\t}\n\tfile db\n\twhoami\n}\n")
    found = client.diagnostics(uri)
    assert {d["code"]: d["severity"] for d in found} == {"CF2016": 3, "CF3004": 2}
    unreached = [d for d in found if d["code"] == "CF3004"]
    assert [d["tags"] for d in unreached] == [[1]]
    assert all(d["relatedInformation"][0]["location"]["uri"] == uri for d in unreached)
    # A report about no place stands at the beginning.
    client.change(uri, "")
    (found,) = client.diagnostics(uri)
    assert (found["code"], found["range"]) == ("CF1011", span(0, 0, 0))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_positions(client_of, encoding):
    """Places behind letters of two, three and four octets; line ends of all kinds."""
    client = client_of()
    client.initialize([encoding])
    before = '\tlog . "é€𝄞" '
    text = f". {{\r\n{before}bad\r\twhoami x\n\terrors y\r\n}}\n"
    uri = client.open("Corefile", text)
    found = client.diagnostics(uri)
    width = len(before.encode("utf-8" if encoding == "utf-8" else "utf-16-le")) // (
        1 if encoding == "utf-8" else 2
    )
    # A CR alone is no line end to CoreDNS, so that the words of the next line belong to log.
    assert [d["range"]["start"] for d in found if d["range"]["start"]["line"] == 3] == [place(3, 8)]
    # The same places, coming in: the word between is replaced.
    client.change(uri, {"range": span(1, width, width + 3), "text": "worse"})
    client.change(uri, {"range": {"start": place(2, 0), "end": place(3, 0)}, "text": ""})
    changed = text.replace("bad", "worse").replace("\twhoami x\n", "")
    incremental = client.diagnostics(uri)
    client.change(uri, changed)
    assert client.diagnostics(uri) == incremental
    symbols = client.request("textDocument/documentSymbol", whole(uri))
    assert symbols[0]["children"][0]["detail"].startswith('. "é€𝄞" worse')


def test_positions_out_of_range(client):
    uri = client.open("Corefile", ". {\n\twhoami\n}\n")
    client.change(uri, {"range": {"start": place(1, 7), "end": place(1, 999)}, "text": ""})
    client.change(uri, {"range": {"start": place(999, 0), "end": place(9999, 3)}, "text": "# end"})
    client.change(uri, {"range": {"start": place(1, 1), "end": place(1, 0)}, "text": "  "})
    client.change(uri, {"range": {"start": place(-1, 0), "end": place(0, 0)}, "text": "bad"})
    client.change(uri, {"range": None, "text": 5})
    assert client.diagnostics(uri) == []
    edits = client.request("textDocument/formatting", whole(uri))
    assert apply_edits(". {\n  whoami\n}\n# end", edits) == ". {\n\twhoami\n}\n\n# end\n"


def test_buffers_go_before_files(client):
    """What is imported is read from the editor too, saved or not, also where no file is yet."""
    (client.folder / "part").write_text("\twhoami\n")
    main = client.open("Corefile", ". {\n\timport part\n\timport new\n}\n")
    assert codes(client.diagnostics(main)) == ["CF1007"]
    new = client.open("new", "\terrors\n")
    assert client.diagnostics(new) == []
    assert client.diagnostics(main) == []
    part = client.open("part", "\twhoami\n\tchaos x {\n")
    (found,) = client.diagnostics(part)
    assert found["code"] == "CF1002"
    (imported,) = [r for r in found["relatedInformation"] if "imported here" in r["message"]]
    assert imported["location"] == {"uri": main, "range": span(1, 8, 12)}
    client.notify("textDocument/didClose", whole(part))
    del client.versions[part]
    assert client.diagnostics(part) == []
    (client.folder / "part").write_text("\twhoamI\n")
    client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": part, "type": 2}]})
    assert codes(client.diagnostics(part)) == ["CF1005"]


def test_part_of_a_corefile_on_disk(client):
    """A file that a Corefile in a folder above imports is judged as a part of it."""
    (client.folder / "conf.d").mkdir()
    (client.folder / "Corefile").write_text(". {\n\timport conf.d/*\n}\n")
    (client.folder / "conf.d" / "log").write_text("\terrors\n")
    uri = client.open("conf.d/log", "\terrors\n\twhoami\n")
    assert client.diagnostics(uri) == []
    client.change(uri, "\terrors\n\tcache {\n\t\tservfail 1h\n\t}\n")
    assert codes(client.diagnostics(uri)) == ["CF2003"]
    # In it, directives are offered, and in their blocks options.
    assert "whoami" in labels(client.at("textDocument/completion", uri, 0, 1))
    assert "denial" in labels(client.at("textDocument/completion", uri, 2, 2))


def test_names_with_odd_letters(client):
    (client.folder / "a b%").mkdir()
    (client.folder / "a b%" / "ü").write_text("\twhoamI\n")
    uri = client.open("a b%/Corefile", ". {\n\timport ../a?b%/ü\n}\n")
    assert client.diagnostics(uri) == []
    assert codes(client.diagnostics(client.uri("a b%/ü"))) == ["CF1005"]


def test_options(client_of):
    unknown = ". {\n\tforward . 192.0.2.1\n\twhoami\n}\n"
    client = client_of("--compat")
    client.initialize()
    assert client.diagnostics(client.open("Corefile", unknown)) == []
    client = client_of()
    client.initialize(options={"compat": True, "profile": "cluster", "root": "/nowhere"})
    assert client.diagnostics(client.open("Corefile", unknown)) == []
    client = client_of()
    client.initialize(options={"profile": "moon"})
    assert "'moon'" in client.wait_told("window/showMessage")["message"]
    assert codes(client.diagnostics(client.open("Corefile", unknown))) == ["CF3004"]


# ---- help ----


@pytest.mark.parametrize(
    "line, character, expected",
    [
        (1, 3, "**errors** logs why queries failed"),
        (2, 1, "**prometheus** "),
        (5, 4, "- zone `example.org.`, `dns`, port 1053"),
        (6, 1, "import NAME"),
        (6, 9, "(common) {\n\terrors\n\tprometheus :9153\n}"),
        (7, 5, "Twice in one server block: an error."),
        (7, 7, "**TTL** highest TTL"),
        (8, 4, "success CAPACITY [TTL] [MINTTL]"),
        (8, 11, "**CAPACITY** most answers that are kept"),
        (10, 12, "**forward** "),
    ],
)
def test_hover(client, line, character, expected):
    uri = client.open("Corefile", COREFILE)
    hover = client.at("textDocument/hover", uri, line, character)
    assert hover["contents"]["kind"] == "markdown"
    assert expected in hover["contents"]["value"]
    assert hover["range"]["start"]["line"] == line
    assert hover["range"]["start"]["character"] <= character <= hover["range"]["end"]["character"]


def test_hover_over_variables(client_of):
    client = client_of(env={"CFC_TEST_PORT": "5353"})
    client.initialize()
    uri = client.open("Corefile", ".:{$CFC_TEST_PORT} {\n\tlog {%CFC_TEST_UNSET%} # whoami\n}\n")
    assert "`CFC_TEST_PORT` is `5353` here" in (
        client.at("textDocument/hover", uri, 0, 5)["contents"]["value"]
    )
    assert "`CFC_TEST_UNSET` is not set here" in (
        client.at("textDocument/hover", uri, 1, 8)["contents"]["value"]
    )
    assert client.at("textDocument/hover", uri, 1, 30) is None  # a comment
    assert client.at("textDocument/hover", uri, 2, 1) is None  # no word


def complete(client, text, *, at="|", **more):
    """The answer for a Corefile with a mark at the place."""
    before = text.split(at)[0]
    uri = client.open("Corefile", text.replace(at, "", 1))
    line = before.count("\n")
    return client.at("textDocument/completion", uri, line, len(before) - before.rfind("\n") - 1)


@pytest.mark.parametrize(
    "text, offered, not_offered",
    [
        (". {\n\t|\n}\n", ["cache", "forward", "import"], ["success", "dns://"]),
        (". {\n\tca|\n}\n", ["cache"], []),
        (".\nca|\n", ["cache"], ["tls://"]),
        ("|", ["tls://", "import"], ["cache"]),
        (". {\n\tcache\n\t|\n}\n", ["forward"], ["cache"]),
        (". {\n\tcache {\n\t\t|\n\t}\n}\n", ["success", "denial", "serve_stale"], ["forward"]),
        (". {\n\tcache {\n\t\tdenial 5\n\t\t|", ["success"], ["denial"]),
        (".\ncache {\n\t|\n}\n", ["success"], ["forward"]),
        (". {\n\tforward . 192.0.2.1 {\n\t\tpolicy |\n\t}\n}\n", ["round_robin", "sequential"], []),
        (". {\n\tcache {\n\t\tdisable |\n\t}\n}\n", ["success", "denial"], ["keepttl"]),
        (". {\n\tloadbalance |\n}\n", ["round_robin"], []),
        ("(a) {\n\t|\n}\n. {\n\timport a\n\twhoami\n}\n", ["errors"], []),
        ("(a) {\n\t|\n\tdenial 5\n}\n. {\n\tcache {\n\t\timport a\n\t}\n}\n", ["success"], ["errors"]),
        ("(a1) {\n}\n(b2) {\n}\n. {\n\timport |\n}\n", ["a1", "b2"], ["cache"]),
        (". {\n\thosts {\n\t\tfallthrough |\n\t}\n}\nexample.org {\n}\n", ["example.org."], []),
        (". { # |\n}\n", [], ["cache"]),
    ],
)
def test_completion(client, text, offered, not_offered):
    answer = complete(client, text)
    assert answer["isIncomplete"] is False
    found = labels(answer)
    assert set(offered) <= set(found)
    assert not set(not_offered) & set(found)
    assert len(found) == len(set(found)) or "import" in text


def test_completion_of_files(client):
    (client.folder / "conf.d" / "inner").mkdir(parents=True)
    (client.folder / "conf.d" / "one").write_text("")
    (client.folder / "conf.d" / ".hidden").write_text("")
    assert "conf.d/" in labels(complete(client, "import |"))
    answer = complete(client, "import conf.d/o|")
    assert labels(answer) == ["inner/", "one"]
    assert answer["items"][1]["textEdit"] == {"range": span(0, 14, 15), "newText": "one"}
    assert labels(complete(client, "import conf.d/.|")) == [".hidden", "inner/", "one"]
    assert labels(complete(client, "import nowhere/|")) == []
    assert labels(complete(client, f"import {client.folder}/conf.d/|")) == ["inner/", "one"]
    assert "conf.d/" in labels(complete(client, ". {\n\thosts |\n}\n"))


def test_completion_of_variables(client_of):
    client = client_of(env={"CFC_TEST_VARIABLE": "1"})
    client.initialize()
    answer = complete(client, ".:{$CFC|")
    item = next(i for i in answer["items"] if i["label"] == "CFC_TEST_VARIABLE}")
    assert item["textEdit"] == {"range": span(0, 4, 7), "newText": "CFC_TEST_VARIABLE}"}
    assert "CFC_TEST_VARIABLE" in labels(complete(client, ".:{$CFC|} {\n"))
    assert "CFC_TEST_VARIABLE%}" in labels(complete(client, ".:{%|"))


def test_completion_resolved_and_with_placeholders(client_of):
    client = client_of()
    client.initialize(
        capabilities={"textDocument": {"completion": {"completionItem": {"snippetSupport": True}}}}
    )
    answer = complete(client, ". {\n\tforw|\n}\n")
    item = next(i for i in answer["items"] if i["label"] == "forward")
    assert item["insertTextFormat"] == 2
    assert item["textEdit"]["newText"] == "forward ${1:FROM} ${2:TO}"
    assert item["textEdit"]["range"] == span(1, 1, 5)
    resolved = client.request("completionItem/resolve", item)
    assert "policy POLICY" in resolved["documentation"]["value"]
    option = complete(client, ". {\n\tcache {\n\t\t|\n\t}\n}\n")["items"][0]
    resolved = client.request("completionItem/resolve", option)
    assert "option of `cache`" in resolved["documentation"]["value"]
    assert client.request("completionItem/resolve", {"label": "x"}) == {"label": "x"}


# ---- finding one's way ----


def test_definition(client):
    (client.folder / "b").write_text("\terrors\n")
    uri = client.open("Corefile", COREFILE.replace("\tcache", "\timport [b]\n\tcache").replace("[b]", "b"))
    found = client.at("textDocument/definition", uri, 6, 10)
    assert found == [{"uri": uri, "range": span(0, 0, 8)}]
    found = client.at("textDocument/definition", uri, 7, 8)
    assert found == [{"uri": client.uri("b"), "range": span(0, 0, 0)}]
    assert client.at("textDocument/definition", uri, 8, 3) is None


def test_references(client):
    (client.folder / "more").write_text("example.com {\n\timport common\n\twhoami\n}\n")
    uri = client.open("Corefile", COREFILE + "import more\n")
    uses = [
        {"uri": uri, "range": span(6, 8, 14)},
        {"uri": client.uri("more"), "range": span(1, 8, 14)},
    ]
    context = {"includeDeclaration": False}
    assert client.at("textDocument/references", uri, 0, 2, context=context) == uses
    context = {"includeDeclaration": True}
    found = client.at("textDocument/references", uri, 6, 10, context=context)
    assert found == [{"uri": uri, "range": span(0, 0, 8)}, *uses]
    assert client.at("textDocument/references", uri, 7, 3, context=context) is None


def test_document_symbols(client):
    uri = client.open("Corefile", COREFILE)
    symbols = client.request("textDocument/documentSymbol", whole(uri))
    assert [(s["name"], s["kind"]) for s in symbols] == [("(common)", 12), ("example.org:1053", 2)]
    block = symbols[1]
    assert block["range"] == {"start": place(5, 0), "end": place(11, 1)}
    assert block["selectionRange"] == span(5, 0, 16)
    assert [s["name"] for s in block["children"]] == ["import", "cache", "forward"]
    assert [s.get("detail") for s in block["children"]] == ["common", "30", ". 192.0.2.1"]
    assert [s["name"] for s in block["children"][1]["children"]] == ["success"]


# ---- changing ----

UNTIDY = ". {\n  whoami   \n\n\n\terrors\n}\n\n\n\nexample.org   {\n\tcache   {\n  success 5 }\n\tlog\n}\n"


@pytest.mark.parametrize("text", [UNTIDY, UNTIDY.replace("\n", "\r\n"), COREFILE, "", "# x"])
def test_formatting(client, compiler, text):
    uri = client.open("Corefile", text)
    edits = client.request("textDocument/formatting", whole(uri))
    (client.folder / "stored").write_bytes(text.encode())
    done = compiler.run("fmt", "stored", cwd=client.folder)
    if done.returncode != 0:
        assert edits is None
    else:
        assert apply_edits(text, edits) == done.stdout


def test_formatting_a_range(client):
    text = ". {\n  errors\n  whoami\n}\nexample.org {\n  errors\n  whoami\n}\n"
    uri = client.open("Corefile", text)
    edits = client.request("textDocument/rangeFormatting", {**whole(uri), "range": span(6, 0, 3)})
    formatted = apply_edits(text, edits)
    assert formatted.startswith(". {\n  errors\n  whoami\n}\n")
    assert formatted.endswith("\n\twhoami\n}\n")
    client.change(uri, ". {\n")
    assert client.request("textDocument/formatting", whole(uri)) is None


def actions(client, uri, line, only=None):
    context = {"diagnostics": []}
    if only is not None:
        context["only"] = only
    return client.request(
        "textDocument/codeAction", {**whole(uri), "range": span(line, 0, 999), "context": context}
    )


def apply_action(client, uri, text, action):
    return apply_edits(text, action["edit"]["changes"][uri])


def test_fixes(client):
    text = ". {\n\twhoamI\n\tcache {\n\t\tsucess 9984\n\t}\n}\n"
    uri = client.open("Corefile", text)
    found = client.diagnostics(uri)
    (action,) = actions(client, uri, 1)
    assert (action["title"], action["kind"], action["isPreferred"]) == ("write 'whoami'", "quickfix", True)
    assert action["diagnostics"] == [found[0]]
    assert apply_action(client, uri, text, action) == text.replace("whoamI", "whoami")
    assert actions(client, uri, 2) == []
    assert actions(client, uri, 1, ["refactor"]) == []
    assert [a["title"] for a in actions(client, uri, 1, ["quickfix"])] == ["write 'whoami'"]
    (action,) = actions(client, uri, 0, ["source.fixAll"])
    fixed = text.replace("whoamI", "whoami").replace("sucess", "success")
    assert apply_action(client, uri, text, action) == fixed
    client.change(uri, fixed)
    assert client.diagnostics(uri) == []
    assert actions(client, uri, 0, ["source"]) == []


def test_fixes_for_versions(client_of):
    client = client_of()
    client.initialize(capabilities={"workspace": {"workspaceEdit": {"documentChanges": True}}})
    uri = client.open("Corefile", ". {\n\twhoamI\n}\n")
    client.diagnostics(uri)
    (action,) = actions(client, uri, 1)
    (change,) = action["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    assert change["edits"] == [{"range": span(1, 1, 7), "newText": "whoami"}]


def test_random_edits(client):
    """Thousands of edits leave the server with the same text as the client, whatever they make of it."""
    rng = random.Random(4)
    pieces = ["{", "}", "\n", "\r\n", "\r", '"', "cache", " ", "é", "𝄞", "import ", "(x)", "#", "\t", "{$A}", "."]
    lines_of = lambda s: s.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def units(s):
        return len(s.encode("utf-16-le")) // 2

    def offset_of(s, position):
        at = 0
        for _ in range(position["line"]):
            while s[at] not in "\r\n":
                at += 1
            at += 2 if s[at : at + 2] == "\r\n" else 1
        left = position["character"]
        while left > 0:
            left -= units(s[at])
            at += 1
        return at

    def random_place(s):
        lines = lines_of(s)
        line = rng.randrange(len(lines))
        return place(line, units(lines[line][: rng.randint(0, len(lines[line]))]))

    text = COREFILE
    uri = client.open("Corefile", text)
    for round_ in range(60):
        for _ in range(50):
            a, b = random_place(text), random_place(text)
            start, end = sorted((a, b), key=lambda p: (p["line"], p["character"]))
            if rng.random() < 0.7 or len(text) < 100:
                end = start
            new = "".join(rng.choice(pieces) for _ in range(rng.randint(0, 4)))
            client.change(uri, {"range": {"start": start, "end": end}, "text": new})
            text = text[: offset_of(text, start)] + new + text[offset_of(text, end) :]
        incremental = client.diagnostics(uri)
        symbols = client.request("textDocument/documentSymbol", whole(uri))
        position = random_place(text)
        for method in ("hover", "completion", "definition"):
            client.at(f"textDocument/{method}", uri, position["line"], position["character"])
        client.at(
            "textDocument/references", uri, position["line"], position["character"], context={}
        )
        actions(client, uri, position["line"], ["quickfix", "source"])
        client.request("textDocument/formatting", whole(uri))
        client.change(uri, text)
        assert client.diagnostics(uri) == incremental
        assert client.request("textDocument/documentSymbol", whole(uri)) == symbols
        if round_ % 10 == 9:
            text = COREFILE
            client.change(uri, text)


def test_memory_is_bounded(client, compiler):
    """Ten thousand edits take no more memory than the first thousand."""
    if "asan" in str(compiler.path):
        pytest.skip("the sanitizer keeps what is freed; it looks for leaks instead")

    def resident():
        with open(f"/proc/{client.process.pid}/statm") as f:
            return int(f.read().split()[1]) * 4096

    uri = client.open("Corefile", COREFILE)
    sizes = []
    for _ in range(10):
        for i in range(1000):
            client.change(uri, {"range": span(8, 2, 3), "text": "sx"[i % 2]})
            if i % 100 == 0:
                client.diagnostics(uri)
        client.diagnostics(uri)
        client.told.clear()
        sizes.append(resident())
    assert sizes[-1] <= sizes[0] + (4 << 20)
