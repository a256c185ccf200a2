"""Reports of corefile-lint for programs: valid by schema, and saying the same as the text.

SARIF is held against tests/e2e/schemas/sarif.json, and against the classes of Debian's
python3-sarif-python-om, which were made from the schema of the standard: every property must be one that
the class has, every required one must be there.
"""

import inspect
import json
import os
import pathlib
import pty
import re
import subprocess
import urllib.parse
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest
import sarif_om

SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas"

# Every kind of finding: with and without a place, notes elsewhere, imports, odd bytes.
FILES = {
    "Corefile": (
        b"(shared) {\n\tlog {combined}\n}\n"
        b". {\n\timport shared\n\timport common.conf\n\twhoam \xc3\xa4 <&\">\n}\n"
        b"\xc3\xa4\xc3\xb6.example\xff {\n\thosts\n\thosts\n}\n"
    ),
    "second": b". {\n\twhoami\n\timport common.conf\n}\n",
    "common.conf": b"cache {\n\tservfale 3\n}\n",
    "dir with blank/100%.conf": b". {\n\tforwrad . 9.9.9.9 \x01\n}\n",
    "clean": b". {\n\twhoami\n}\n",
}
NAMES = [*[name for name in FILES if name != "common.conf"], "absent"]


@pytest.fixture
def folder(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture
def lint(compiler, folder):
    def run(*arguments, names=NAMES, cwd=folder, status=2, **options):
        done = subprocess.run(
            [compiler.path, "lint", *arguments, *names],
            cwd=cwd,
            capture_output=True,
            timeout=60,
            env={**os.environ, "LC_ALL": "C", **options.pop("env", {})},
            **options,
        )
        assert done.returncode == status, done.stderr.decode()
        return done

    return run


def gcc_findings(lint):
    """(file, line, column, severity, text, id) of each finding, read from --format gcc."""
    row = re.compile(r"(.*?)(?::(\d+):(\d+))?: (error|warning|info): (.*) \[(CF\d{4})\]$")
    lines = lint("--format", "gcc").stdout.decode().splitlines()
    found = [match.groups() for match in map(row.match, lines) if match]
    assert len(found) >= 7
    return found


def check_against_class(value, cls, path="log"):
    """Every key is a property of the class, every property without a default is a key."""
    properties = {a.metadata["schema_property_name"]: a for a in cls.__attrs_attrs__}
    unknown = set(value) - set(properties)
    assert not unknown, f"{path}: {unknown}"
    signature = inspect.signature(cls.__init__).parameters
    for name, attribute in properties.items():
        if signature[attribute.name].default is inspect.Parameter.empty:
            assert name in value, f"{path}: no {name}"


# Where objects of which class stand: property -> class, or list of it.
CLASSES = {
    "runs": sarif_om.Run,
    "tool": sarif_om.Tool,
    "driver": sarif_om.ToolComponent,
    "rules": sarif_om.ReportingDescriptor,
    "shortDescription": sarif_om.MultiformatMessageString,
    "help": sarif_om.MultiformatMessageString,
    "defaultConfiguration": sarif_om.ReportingConfiguration,
    "results": sarif_om.Result,
    "message": sarif_om.Message,
    "locations": sarif_om.Location,
    "relatedLocations": sarif_om.Location,
    "physicalLocation": sarif_om.PhysicalLocation,
    "artifactLocation": sarif_om.ArtifactLocation,
    "region": sarif_om.Region,
    "deletedRegion": sarif_om.Region,
    "fixes": sarif_om.Fix,
    "description": sarif_om.Message,
    "artifactChanges": sarif_om.ArtifactChange,
    "replacements": sarif_om.Replacement,
    "insertedContent": sarif_om.ArtifactContent,
    "properties": sarif_om.PropertyBag,
}
FREE = {"partialFingerprints", "properties"}


def check_classes(value, cls, path="log"):
    check_against_class(value, cls, path)
    for key, inner in value.items():
        if key in FREE:
            continue
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, dict):
                check_classes(item, CLASSES[key], f"{path}.{key}")


@pytest.fixture
def sarif(lint):
    def run(**options):
        log = json.loads(lint("--format", "sarif", **options).stdout)
        jsonschema.Draft7Validator(
            json.loads((SCHEMAS / "sarif.json").read_text()), format_checker=jsonschema.FormatChecker()
        ).validate(log)
        check_classes(log, sarif_om.SarifLog)
        return log["runs"][0]

    return run


def test_sarif_is_valid_and_says_the_same(lint, sarif):
    run = sarif()
    rules = run["tool"]["driver"]["rules"]
    for result, (file, line, _, severity, text, rule) in zip(
        run["results"], gcc_findings(lint), strict=True
    ):
        assert result["ruleId"] == rule == rules[result["ruleIndex"]]["id"]
        assert result["level"] == severity.replace("info", "note")
        assert result["message"]["text"].splitlines()[0] == text
        place = result["locations"][0]["physicalLocation"]
        assert urllib.parse.unquote(place["artifactLocation"]["uri"]) == file
        assert str(place.get("region", {}).get("startLine", "None")) == str(line)


def test_sarif_rules_have_their_pages(sarif, compiler):
    for rule in sarif()["tool"]["driver"]["rules"]:
        page = subprocess.run(
            [compiler.path, "lint", "--explain", rule["id"]], capture_output=True, text=True
        ).stdout
        assert page == rule["help"]["markdown"]
        assert rule["shortDescription"]["text"] in page


def test_sarif_regions_are_those_of_the_bytes(sarif, folder):
    """Lines and columns in code points, and offsets in bytes, lead to the same text."""
    seen = 0
    for result in sarif()["results"]:
        place = result["locations"][0]["physicalLocation"]
        if "region" not in place:
            continue
        r = place["region"]
        content = (folder / urllib.parse.unquote(place["artifactLocation"]["uri"])).read_bytes()
        lines = content.decode(errors="replace").split("\n")
        if r["startLine"] == r["endLine"]:
            by_columns = lines[r["startLine"] - 1][r["startColumn"] - 1 : r["endColumn"] - 1]
            by_bytes = content[r["byteOffset"] :][: r["byteLength"]].decode(errors="replace")
            assert by_columns == by_bytes != ""
            seen += 1
    assert seen >= 6


def test_sarif_fingerprints_survive_moving_lines(sarif, folder):
    def prints():
        return [r["partialFingerprints"]["primaryLocationLineHash"] for r in sarif()["results"]]

    before = prints()
    assert len(set(zip(before, [r["ruleId"] for r in sarif()["results"]]))) >= 6
    for name in FILES:
        (folder / name).write_bytes(b"# a comment\n\n" + (folder / name).read_bytes())
    assert prints() == before


def test_sarif_paths_are_those_of_the_repository(sarif, folder):
    (folder / ".git").mkdir()
    run = sarif(cwd=folder / "dir with blank", names=["100%.conf"], status=1)
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "dir%20with%20blank/100%25.conf", "uriBaseId": "%SRCROOT%"}


def test_sarif_names_files_elsewhere_by_their_whole_path(sarif, folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "Corefile"
    other.write_text(". {\n\twhoam\n}\n")
    location = sarif(names=[str(other)], status=1)["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": f"file://{other}"}


def test_sarif_of_nothing_is_valid(sarif):
    assert sarif(names=["clean"], status=0)["results"] == []


def test_json_says_the_same(lint):
    report = json.loads(lint("--format", "json").stdout)
    expected = gcc_findings(lint)
    for finding, (file, line, column, severity, text, rule) in zip(
        report["findings"], expected, strict=True
    ):
        assert (finding["file"], finding["id"], finding["severity"]) == (file, rule, severity)
        assert finding["message"] == text
        assert str(finding.get("line")) == str(line)
        assert str(finding.get("column")) == str(column)
    counted = [row[3] for row in expected]
    assert report["summary"] == {
        "files": len(report["files"]),
        "errors": counted.count("error"),
        "warnings": counted.count("warning"),
        "infos": counted.count("info"),
    }
    assert report["files"][0] == "Corefile" and set(NAMES) <= set(report["files"])


def test_a_shared_file_is_reported_once(lint):
    report = json.loads(lint("--format", "json").stdout)
    assert [f["id"] for f in report["findings"] if f["file"] == "common.conf"] == ["CF2004"]


def test_gitlab_issues_have_what_gitlab_reads(lint):
    issues = json.loads(lint("--format", "gitlab").stdout)
    assert len(issues) == len(gcc_findings(lint))
    for issue in issues:
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["lines"]["begin"] >= 1
        assert issue["description"] and issue["check_name"]
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints)


def test_github_commands_read_back(lint):
    command = re.compile(r"^::(error|warning|notice) (\S.*?)::(.*)$")

    def unescape(text, also=()):
        for code, char in [*also, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]:
            text = text.replace(code, char)
        return text

    lines = lint("--format", "github").stdout.decode().splitlines()
    for line, (file, number, _, severity, text, rule) in zip(lines, gcc_findings(lint), strict=True):
        match = command.match(line)
        kind, properties, message = match.groups()
        assert kind == severity.replace("info", "notice")
        fields = dict(field.split("=", 1) for field in properties.split(","))
        assert unescape(fields["file"], [("%3A", ":"), ("%2C", ",")]) == file
        assert fields.get("line") == number
        assert fields["title"] == f"corefile-lint {rule}"
        assert unescape(message).splitlines()[0] == text


@pytest.mark.parametrize("name", ["checkstyle", "junit"])
def test_xml_is_valid(lint, tmp_path, name):
    report = tmp_path / "report.xml"
    for names, status in ((NAMES, 2), (["clean"], 0), (["Corefile"], 1)):
        report.write_bytes(lint("--format", name, names=names, status=status).stdout)
        subprocess.run(
            ["xmllint", "--noout", "--nonet", "--schema", SCHEMAS / f"{name}.xsd", report],
            check=True,
            capture_output=True,
        )


def test_checkstyle_says_the_same(lint):
    root = ElementTree.fromstring(lint("--format", "checkstyle").stdout)
    found = [
        (file.get("name"), error.get("line"), error.get("source").split(".")[1], error.get("severity"))
        for file in root
        for error in file
    ]
    assert sorted(found) == sorted(
        (file, line or "1", rule, severity) for file, line, _, severity, _, rule in gcc_findings(lint)
    )
    texts = {error.get("message").splitlines()[0] for error in root.iter("error")}
    assert texts == {row[4].replace("\x01", "\ufffd") for row in gcc_findings(lint)}


@pytest.mark.parametrize("level", ["error", "warning", "info"])
def test_junit_fails_what_fails_the_run(lint, level):
    root = ElementTree.fromstring(lint("--format", "junit", "--fail-on", level).stdout)
    levels = ["error", "warning", "info"]
    failing = [row for row in gcc_findings(lint) if levels.index(row[3]) <= levels.index(level)]
    assert len(list(root.iter("failure"))) == len(failing) == int(root.get("failures"))
    assert len(list(root.iter("testcase"))) == int(root.get("tests"))
    for suite in root:
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))


def on_terminal(command, cwd, **env):
    """Runs with standard error on a terminal; what was written there."""
    ours, theirs = pty.openpty()
    base = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    done = subprocess.Popen(command, cwd=cwd, stderr=theirs, env={**base, "TERM": "xterm", **env})
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # EIO: the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    done.wait(timeout=60)
    return shown.decode()


def test_colours_and_summary_only_on_a_terminal(compiler, folder, lint):
    command = [compiler.path, "lint", "second", "clean"]
    shown = on_terminal(command, folder)
    assert "\033[1;31merror:" in shown
    assert shown.rstrip().endswith("1 error, 0 warnings, 0 hints in 2 files")
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\033" not in on_terminal(command, folder, **env)
    assert "\033" not in on_terminal([*command, "--color", "never"], folder)
    assert "\033" in on_terminal([*command, "--color", "always"], folder, NO_COLOR="1")
    assert "hints in" not in on_terminal([*command, "--quiet"], folder)
    piped = lint(names=["second", "clean"], status=1).stderr
    assert b"\033" not in piped and b"hints in" not in piped
