"""debug: messages of the debug level."""

FILES = {"names": "10.0.0.1 a.test\n"}


def test_messages(serve):
    server = serve(".:@PORT@ {\n debug\n hosts names\n}\n", files=FILES)
    server.wait_output(r"^\[DEBUG\] plugin/hosts: Parsed hosts file into 2 entries$")


def test_without(serve):
    server = serve(".:@PORT@ {\n hosts names\n}\n", files=FILES)
    server.query("a.test")
    server.stop()
    assert "[DEBUG]" not in server.output
