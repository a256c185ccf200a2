"""The examples of doc/changing-corefiles.md, writing by migrate, and Corefiles of ten thousand lines."""

import json
import pathlib
import re
import shlex

import pytest

PAGE = pathlib.Path(__file__).resolve().parents[2] / "doc" / "changing-corefiles.md"
BLOCK = re.compile(r"^<!-- (file|run): (.*?) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page(compiler, tmp_path):
    runs = 0
    for kind, what, text in BLOCK.findall(PAGE.read_text()):
        if kind == "file":
            (tmp_path / what).write_text(text)
            continue
        done = compiler.run(*shlex.split(what), cwd=tmp_path)
        assert done.stdout == text
        runs += 1
    assert runs == 3


def test_migrate_writes(compiler, tmp_path):
    (tmp_path / "Corefile").write_text("(up) {\n\tproxy . 9.9.9.9 # out\n}\n. {\n\timport up\n}\na {\n\timport up\n}\n")
    done = compiler.run("migrate", "-w", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "corefilec: 1 changed, 0 for a person to decide\n" in done.stderr
    assert (tmp_path / "Corefile").read_text() == (
        "(up) {\n\tforward . 9.9.9.9 # out\n}\n. {\n\timport up\n}\na {\n\timport up\n}\n"
    )
    again = compiler.run("migrate", "-w", cwd=tmp_path)
    assert (again.returncode, again.stderr) == (0, "corefilec: nothing to migrate\n")


def test_what_migrate_makes_is_of_today(compiler, root, tmp_path):
    """No error, and nothing left that does nothing; a second run finds nothing."""
    before = (root / "tests" / "golden" / "migrate" / "older").read_text()
    (tmp_path / "Corefile").write_text(before)
    assert compiler.run("migrate", "-w", cwd=tmp_path).returncode == 0
    done = compiler.run("lint", "-f", "json", cwd=tmp_path)
    found = json.loads(done.stdout)["findings"]
    assert [f for f in found if f["severity"] == "error" or f["id"] in ("CF2011", "CF2012")] == [], done.stdout
    again = compiler.run("migrate", cwd=tmp_path)
    assert again.stderr == "corefilec: nothing to migrate\n"


def test_the_page_lists_each_migration(compiler, root):
    """Every release and every option that `migrate` tells about in its tests stands in the table."""
    table = PAGE.read_text().split("| was | is |")[1].split("\n\n")[0]
    told = "".join(p.read_text() for p in (root / "tests" / "golden" / "migrate").glob("*.err"))
    reports = re.findall(r": (?:info|warning): (.*) \(CoreDNS ([0-9.]+)\) \[migrate\]", told)
    assert len({version for _, version in reports}) > 10
    for text, version in reports:
        words = re.findall(r"'([a-z_]+)", text)
        if text.startswith(("policy", "'protocol dns")) or " of 'proxy'" in text:
            words, version = ["proxy"], "1.5.0"
        rows = [row for row in table.splitlines() if f" {version} " in row and words[0] in row]
        assert rows, (text, version)


def test_explain_as_json(compiler, tmp_path):
    (tmp_path / "Corefile").write_text(". {\n forward . 192.0.2.1\n}\n")
    done = compiler.run("explain", "--format", "json", "x.org", "MX", cwd=tmp_path)
    told = json.loads(done.stdout)
    assert told["query"] == {"name": "x.org.", "type": "MX", "client": None}
    assert told["paths"][0]["result"] == "asked"
    assert told["paths"][0]["steps"][0]["place"] == {"file": "Corefile", "line": 2, "column": 2}


def test_json_of_any_bytes(compiler, tmp_path):
    """Names of files and words that are no UTF-8 do not end the program."""
    name = b"caf\xe9"
    (tmp_path / "plain").write_text(". {\n forward . 192.0.2.1\n}\n")
    (tmp_path / name.decode(errors="surrogateescape")).write_bytes(b'. {\n log "caf\xe9"\n forward . 192.0.2.2\n}\n')
    odd = name.decode(errors="surrogateescape")
    for command in (["explain", "--format", "json", "-f", odd], ["diff", "--format", "json", odd, "plain"]):
        done = compiler.run(*command, cwd=tmp_path)
        assert done.returncode == (1 if command[0] == "diff" else 0)
        assert "caf\ufffd" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


def large(upstream):
    return "".join(
        f"z{i}.example  {{\n  cache   {30 + i % 60} # {i}\n\n\n  forward . {upstream}\n}}\n" for i in range(1700)
    )


@pytest.mark.parametrize("command", (["fmt", "old"], ["diff", "old", "old"], ["diff", "old", "new"]))
def test_ten_thousand_lines(compiler, tmp_path, command):
    """Ends within the time limit of every command; quadratic cost would show there."""
    (tmp_path / "old").write_text(large("192.0.2.1"))
    (tmp_path / "new").write_text(large("192.0.2.2"))
    done = compiler.run(*command, cwd=tmp_path)
    assert done.returncode == (1 if "new" in command else 0)
    if "new" in command:
        assert done.stdout.count("changed: forward .: to") == 1700
