"""root: where relative file names start."""

from harness.client import texts


def test_relative_file(serve, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "names").write_text("10.0.0.1 a.test\n")
    server = serve(f".:@PORT@ {{\n root {data}/\n hosts names\n}}\n")
    assert texts(server.query("a.test")) == ["10.0.0.1"]
    assert "does not exist" not in server.output


def test_absolute_file(serve, tmp_path):
    (tmp_path / "names").write_text("10.0.0.2 a.test\n")
    server = serve(f".:@PORT@ {{\n root /nowhere\n hosts {tmp_path}/names\n}}\n")
    assert texts(server.query("a.test")) == ["10.0.0.2"]
    assert "[WARNING] plugin/root: Root path does not exist: /nowhere" in server.output


def test_path_below_a_file_ends_the_start(serve, tmp_path):
    (tmp_path / "file").write_text("")
    server = serve(f".:@PORT@ {{\n root {tmp_path}/file/x\n whoami\n}}\n", wait=False)
    assert server.wait() != 0
    assert "unable to access root path" in server.output
    assert "Corefile:2" in server.output
