"""errors: why queries failed."""

import re

import pytest

from harness.client import rcode

# Names that are not in the data fall through, and nobody is there.
COREFILE = (
    ".:@PORT@ {\n errors %s\n hosts none {\n  10.0.0.1 a.test\n  fallthrough\n }\n}\n"
)
REASON = "plugin/hosts: no next plugin found"


def ask(server, *names):
    for name in names:
        assert rcode(server.query(name)) == "SERVFAIL"


def lines(server):
    return re.findall(r"^(\[\w+\] plugin/errors: .*)$", server.output, re.M)


def test_line(serve):
    server = serve(COREFILE % "")
    assert rcode(server.query("a.test")) == "NOERROR"
    ask(server, "B.test")
    server.query("c.test", "TYPE65280")
    server.wait_output("plugin/errors", count=2)
    server.stop()
    assert sorted(lines(server)) == [
        f"[ERROR] plugin/errors: 2 b.test. A: {REASON}",
        f"[ERROR] plugin/errors: 2 c.test. TYPE65280: {REASON}",
    ]


def test_stdout_and_stacktrace(serve):
    server = serve(COREFILE % "stdout {\n stacktrace\n }")
    ask(server, "b.test")
    server.wait_output(r"^\[ERROR\] plugin/errors: 2 b\.test\. A: ")


@pytest.mark.parametrize("stacktrace", [False, True])
def test_stack_of_a_panic(serve, moody, stacktrace):
    option = "{\n stacktrace\n }" if stacktrace else ""
    server = serve(f".:@PORT@ {{\n errors {option}\n moody\n whoami\n}}\n", flags=moody)
    ask(server, "panic.test")
    assert rcode(server.query("other.test")) == "NOERROR"
    server.wait_output(r'^\[ERROR\] Recovered from panic in server: "dns://')
    server.stop()
    frames = re.findall(r"^\[ERROR\] \t.+$", server.output, re.M)
    assert len(frames) > 2 if stacktrace else not frames


def test_failure_without_a_reason_is_silent(serve):
    server = serve(".:@PORT@ {\n errors\n hosts none {\n  10.0.0.1 a.test\n }\n}\n")
    ask(server, "b.test")
    server.stop()
    assert lines(server) == []


@pytest.mark.threads
@pytest.mark.parametrize(
    "options, count, wanted",
    [
        ("", 3, ["[ERROR] plugin/errors: 3 errors like '%s' occurred in last 1h0m0s"]),
        ("", 1, ["[ERROR] plugin/errors: 1 errors like '%s' occurred in last 1h0m0s"]),
        ("warning", 2, ["[WARNING] plugin/errors: 2 errors like '%s' occurred in last 1h0m0s"]),
        ("info", 2, ["[INFO] plugin/errors: 2 errors like '%s' occurred in last 1h0m0s"]),
        ("debug", 2, []),
        ("show_first", 1, [f"[ERROR] plugin/errors: 2 b.test. A: {REASON}"]),
        (
            "warning show_first",
            4,
            [
                f"[WARNING] plugin/errors: 2 b.test. A: {REASON}",
                "[WARNING] plugin/errors: 4 errors like '%s' occurred in last 1h0m0s",
            ],
        ),
    ],
)
def test_consolidate_until_the_end(serve, options, count, wanted):
    pattern = "^plugin/.*found$"
    server = serve(COREFILE % f'{{\n consolidate 1h "{pattern}" {options}\n }}')
    ask(server, *["b.test"] * count)
    server.stop()
    assert lines(server) == [line % pattern if "%s" in line else line for line in wanted]


@pytest.mark.threads
def test_consolidate_in_periods(serve):
    server = serve(COREFILE % "{\n consolidate 20ms found\n }")
    ask(server, *["b.test"] * 50)
    first = server.wait_output(r"(\d+) errors like 'found' occurred in last 20ms")
    assert int(first[0][1]) > 0
    server.stop()
    told = re.findall(r"(\d+) errors like", server.output)
    assert sum(map(int, told)) == 50
    assert lines(server) and all("errors like" in line for line in lines(server))


def test_first_pattern_counts(serve):
    server = serve(
        COREFILE
        % "{\n consolidate 1h nothing\n consolidate 1h next\n consolidate 1h plugin warning\n }"
    )
    ask(server, "b.test", "c.test")
    server.stop()
    assert lines(server) == ["[ERROR] plugin/errors: 2 errors like 'next' occurred in last 1h0m0s"]


def test_what_no_pattern_matches_is_logged(serve):
    server = serve(COREFILE % "{\n consolidate 1h ^next\n }")
    ask(server, "b.test")
    server.stop()
    assert lines(server) == [f"[ERROR] plugin/errors: 2 b.test. A: {REASON}"]
