"""Every kind of fault in menshen.toml is one line that a person can act on: file, line, key, what was meant."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.compound import DeviceKind
from gateway.config.errors import EXIT_CONFIG, ConfigError
from gateway.config.plan import Plan, drivers, load_config
from gateway.limits import Limits

MINIMAL = """\
[gateway]
id = "palm-1"
data = "/var/lib/menshen"
[street]
id = "nanyuan"
name = "南苑街道"
[[compounds]]
id = "palm"
name = "棕榈苑"
[[compounds.gates]]
id = "south"
name = "南门"
number = 1
[[compounds.gates.lanes]]
id = "in"
name = "进"
direction = "in"
[[compounds.buildings]]
id = "3"
name = "3号楼"
flats = ["a"]
"""
RIGHT = """\
[gateway]
id = "palm-1"
data = "/var/lib/menshen"
[street]
id = "nanyuan"
name = "南苑街道"
[[compounds]]
id = "palm"
name = "棕榈苑"
[[compounds.gates]]
id = "south"
name = "南门"
number = 1
[[compounds.gates.lanes]]
id = "in"
name = "进"
direction = "in"
output = "node-00000201"
[[compounds.gates.lanes]]
id = "out"
name = "出"
direction = "out"
[[compounds.gates]]
id = "north"
name = "北门"
number = 2
[[compounds.gates.lanes]]
id = "both"
name = "走"
direction = "both"
[[compounds.buildings]]
id = "3"
name = "3号楼"
floors = 5
flats_per_floor = 2
[[compounds.buildings]]
id = "4"
name = "4号楼"
flats = ["a", "b"]
[[compounds]]
id = "cedar"
name = "雪松苑"
[[compounds.gates]]
id = "south"
name = "南门"
number = 1
[[compounds.gates.lanes]]
id = "in"
name = "进"
direction = "in"
[[links]]
name = "rs485-a"
driver = "door_node"
[links.settings]
port = "/dev/ttyS0"
[[links]]
name = "scanner"
driver = "serial_scanner"
lane = "palm/south/in"
settings = { port = "/dev/ttyS1" }
[[devices]]
id = "node-00000101"
kind = "door"
link = "rs485-a"
place = "palm/3-1-502"
[[devices]]
id = "node-00000201"
kind = "output"
link = "rs485-a"
[limits]
fever_celsius = 37.5
left_open_seconds = 60
[uplink]
reports = ["decisions"]
[uplink.broker]
host = "centre.example"
client_id = "palm-1"
"""


def written(folder: Path, text: str = RIGHT) -> Path:
    path = folder / "menshen.toml"
    path.write_text(text, "utf-8")
    return path


def plan_of(folder: Path, text: str = RIGHT) -> Plan:
    return load_config(written(folder, text))


def fault(folder: Path, old: str, new: str, *, last: bool = False) -> str:
    """What is said of RIGHT with one thing changed."""
    assert old in RIGHT
    before, _, after = RIGHT.rpartition(old) if last else RIGHT.partition(old)
    path = written(folder, before + new + after)
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    (line,) = caught.value.lines
    assert "\n" not in line
    return line.removeprefix(f"{path}: ")


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    assert [compound.id for compound in plan.site.street.compounds] == ["palm", "cedar"]
    assert len(list(plan.site.street.compounds[0].buildings[0].flats())) == 10
    assert [(link.name, type(link.settings).__name__) for link in plan.links] == [
        ("rs485-a", "DoorNodeSettings"),
        ("scanner", "SerialScannerSettings"),
    ]
    assert plan.limits == Limits(fever_celsius=37.5, left_open_seconds=60.0)
    assert plan.reports == ("decisions",)
    kinds = {device.id: device.kind for device in plan.site.devices}
    assert kinds["rs485-a"] is DeviceKind.CABLE
    assert kinds["scanner"] is DeviceKind.SCANNER


def test_the_fingerprint_changes_with_what_is_journaled_and_with_nothing_else(tmp_path: Path) -> None:
    first = plan_of(tmp_path).fingerprint
    assert plan_of(tmp_path, RIGHT.replace("centre.example", "other.example")).fingerprint == first
    for old, new in [("南门", "东门"), ("37.5", "37.4"), ('["decisions"]', "[]"), ("floors = 5", "floors = 6")]:
        assert plan_of(tmp_path, RIGHT.replace(old, new)).fingerprint != first


FAULTS = [
    # unknown keys, on every level
    ("[street]", "[stret]\nid = 1\n[street]", 'stret: unknown key; did you mean "street"?'),
    ('id = "palm-1"\n', 'id = "palm-1"\nibox = 5\n', 'gateway.ibox: unknown key; did you mean "inbox"?'),
    ("number = 1", "nummer = 1\nnumber = 1", 'compounds[0].gates[0].nummer: unknown key; did you mean "number"?'),
    ('output = "', 'ouput = "', 'compounds[0].gates[0].lanes[0].ouput: unknown key; did you mean "output"?'),
    ("floors = 5", "flors = 5\nfloors = 5", 'compounds[0].buildings[0].flors: unknown key; did you mean "floors"?'),
    (
        'port = "/dev/ttyS0"',
        'port = "/dev/ttyS0"\nbauds = 9600',
        'links[0].settings.bauds: unknown key; did you mean "baud"?',
    ),
    ('host = "c', 'hst = "c', 'uplink.broker.hst: unknown key; did you mean "host"?'),
    (
        "fever_celsius = 37.5",
        "fever_celcius = 37.5",
        'limits.fever_celcius: unknown key; did you mean "fever_celsius"?',
    ),
    # values that cannot be
    ("number = 1", "number = 33", "compounds[0].gates[0].number: Input should be less than or equal to 32; got 33"),
    (
        'direction = "in"',
        'direction = "inn"',
        "compounds[0].gates[0].lanes[0].direction: Input should be 'in', 'out' or 'both'; got 'inn'",
    ),
    (
        "fever_celsius = 37.5",
        "fever_celsius = -1",
        "limits.fever_celsius: Input should be greater than or equal to 0; got -1",
    ),
    (
        "fever_celsius = 37.5",
        "fever_readings = 0",
        "limits.fever_readings: Input should be greater than or equal to 1; got 0",
    ),
    ("fever_celsius = 37.5", "fever_celsius = nan", "limits.fever_celsius: Input should be a finite number; got nan"),
    (
        'name = "棕榈苑"',
        'name = "棕榈苑"\ntimezone = "Asia/Shangai"',
        'compounds[0].timezone: no such time zone; write for instance "Asia/Shanghai"',
    ),
    ("floors = 5\n", "", "compounds[0].buildings[0]: a building needs floors and flats_per_floor, or flats"),
    ('host = "centre.example"', "port = 0", "uplink.broker.port: Input should be greater than or equal to 1; got 0"),
    ('port = "/dev/ttyS0"', "port = 5", "links[0].settings.port: Input should be a valid string; got 5"),
    (
        'id = "palm-1"',
        'id = "Palm 1"',
        "gateway.id: String should match pattern '^[a-z0-9][a-z0-9._-]{0,62}$'; got 'Palm 1'",
    ),
    # what is missing
    ('[gateway]\nid = "palm-1"\n', "[gateway]\n", "gateway.id: is missing"),
    ('client_id = "palm-1"\n', "", "uplink.broker.client_id: is missing"),
    # names that lead nowhere
    ('"door_node"', '"door_nod"', "links[0].driver: no driver 'door_nod' in devices/; did you mean \"door_node\"?"),
    (
        'lane = "palm/south/in"',
        'lane = "palm/south/inn"',
        "links[1].lane: no lane 'palm/south/inn'; did you mean \"palm/south/in\"?",
    ),
    ('link = "rs485-a"', 'link = "rs485-b"', "devices[0].link: no link 'rs485-b'; did you mean \"rs485-a\"?"),
    (
        "palm/3-1-502",
        "palm/3-1-602",
        "devices[0].place: no flat, lane or exit 'palm/3-1-602'; did you mean \"palm/3-1-502\"?",
    ),
    (
        'output = "node-00000201"',
        'output = "node-00000202"',
        "compounds[0].gates[0].lanes[0].output: no device 'node-00000202'; did you mean \"node-00000201\"?",
    ),
    ("[limits]", '[passes]\nroots = ["/nowhere/root.pem"]\n[limits]', "passes.roots[0]: no file '/nowhere/root.pem'"),
    ("[limits]", '[passes]\ntrust = "/nowhere/trust.cose"\n[limits]', "passes.trust: no file '/nowhere/trust.cose'"),
    # names that are there twice
    ('id = "cedar"', 'id = "palm"', "compounds[1].id: 'palm' is there twice"),
    ('id = "north"', 'id = "south"', "compounds[0].gates[1].id: 'south' is there twice"),
    ("number = 2", "number = 1", "compounds[0].gates[1].number: 1 is there twice"),
    ('id = "out"', 'id = "in"', "compounds[0].gates[0].lanes[1].id: 'in' is there twice"),
    ('id = "4"', 'id = "3"', "compounds[0].buildings[1].id: '3' is there twice"),
    ('["a", "b"]', '["a", "a"]', "compounds[0].buildings[1].flats: 'palm/4-1-a' is there twice"),
    ('name = "scanner"', 'name = "rs485-a"', "links[1].name: 'rs485-a' is there twice"),
    ('id = "node-00000201"', 'id = "node-00000101"', "devices[1].id: 'node-00000101' is there twice"),
    ('id = "node-00000201"', 'id = "scanner"', "devices[1].id: 'scanner' is there twice"),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS, ids=[said[:60] for _, _, said in FAULTS])
def test_one_fault_is_one_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    line, _, told = fault(tmp_path, old, new).partition(": ")
    assert told == said
    pointed_at = (tmp_path / "menshen.toml").read_text("utf-8").splitlines()[int(line.removeprefix("line ")) - 1]
    where = re.sub(r"\[\d+\]", "", said.partition(": ")[0])
    key = where.rpartition(".")[2]
    if said.endswith("is missing") or key in ("stret", "buildings"):
        assert pointed_at.startswith("[")  # the section it stands in, or belongs into
    else:
        assert pointed_at.startswith(f"{key} =")


def test_no_toml_says_where(tmp_path: Path) -> None:
    said = fault(tmp_path, "[street]", "[street")
    assert said.startswith("is not TOML: ")
    assert "at line 4" in said


@pytest.mark.parametrize("value", ["[" * 20_000, "9" * 5_000])
def test_what_the_reader_of_toml_chokes_on_is_one_line_too(tmp_path: Path, value: str) -> None:
    assert fault(tmp_path, "number = 1", f"number = {value}").startswith("is not TOML: ")


def test_a_root_that_is_no_key_and_a_certificate_that_is_none_are_told(tmp_path: Path) -> None:
    file = tmp_path / "none.pem"
    file.write_text("none", "utf-8")
    for more, said in (
        (f'[passes]\nroots = ["{file}"]\n', "is no public key of a root"),
        (f'[pages]\ncert_file = "{file}"\nkey_file = "{file}"\n', "no certificate"),
        (f'[pages]\ncert_file = "{file}"\nkey_file = "{file}.not"\n', "no file"),
    ):
        path = tmp_path / "menshen.toml"
        path.write_text(more + RIGHT, "utf-8")
        with pytest.raises(ConfigError) as caught:
            load_config(path)
        assert said in caught.value.lines[0]
        assert len(caught.value.lines) == 1


@pytest.mark.parametrize(
    ("damage", "code"), [("others read it", EXIT_CONFIG), ("cut short", EXIT_CONFIG), ("data is a file", EXIT_CONFIG)]
)
def test_a_house_that_cannot_open_says_so_in_one_line(tmp_path: Path, damage: str, code: int) -> None:
    data = tmp_path / "data"
    match damage:
        case "data is a file":
            data.write_text("", "utf-8")
        case _:
            (data / "secrets").mkdir(parents=True)
            key = data / "secrets" / "digest.key"
            key.write_bytes(b"k" * (32 if damage == "others read it" else 5))
            key.chmod(0o644 if damage == "others read it" else 0o600)
    path = tmp_path / "menshen.toml"
    path.write_text(MINIMAL.replace("/var/lib/menshen", str(data)), "utf-8")
    run = [sys.executable, "-m", "gateway", "run", "--no-pages", "--config", str(path)]
    ended = subprocess.run(run, capture_output=True, text=True, timeout=60)
    assert ended.returncode == code, ended.stderr
    assert ended.stderr.startswith("menshen: ")
    assert ended.stderr.count("\n") == 1
    assert str(data) in ended.stderr


def test_no_utf8_and_no_file(tmp_path: Path) -> None:
    path = tmp_path / "menshen.toml"
    path.write_bytes(b"\xff\xfe")
    for file, said in ((path, "is not UTF-8 text"), (tmp_path / "none.toml", "No such file or directory")):
        with pytest.raises(ConfigError) as caught:
            load_config(file)
        assert caught.value.lines == (f"{file}: {said}",)


def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    assert "hunter2" not in fault(tmp_path, 'host = "c', 'password = "hunter2"\nhost = "c')


def test_each_of_several_faults_is_a_line(tmp_path: Path) -> None:
    text = RIGHT.replace("number = 1", "number = 99").replace('direction = "out"', 'direction = "up"')
    with pytest.raises(ConfigError) as caught:
        plan_of(tmp_path, text)
    assert len(caught.value.lines) == 3
    assert all(": line " in line for line in caught.value.lines)


# devices in a file of their own


def with_rows(folder: Path, rows: bytes) -> Path:
    (folder / "devices.csv").write_bytes(rows)
    return written(folder, 'devices_file = "devices.csv"\n' + RIGHT)


def test_rows_of_devices_beside_the_configuration(tmp_path: Path) -> None:
    rows = "\ufeffid,kind,link,place\nnode-7,door,rs485-a,palm/3-1-101\nband-7,band,rs485-a,\n"
    plan = load_config(with_rows(tmp_path, rows.encode()))
    assert [device.id for device in plan.site.devices][-2:] == ["node-7", "band-7"]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"node-7,dor,rs485-a,", "devices.csv: line 3: kind: Input should be 'door'"),
        (b",door,rs485-a,", "devices.csv: line 3: id: String should have at least 1 character"),
        (b"node-7,door,rs485-b,", "devices.csv: line 3: link: no link 'rs485-b'; did you mean \"rs485-a\"?"),
        (b"node-7,door,rs485-a,palm/9", "devices.csv: line 3: place: no flat, lane or exit 'palm/9'; "),
        (b"node-6,door,rs485-a,", "devices.csv: line 3: id: 'node-6' is there twice"),
        (b"node-00000101,door,rs485-a,", "devices.csv: line 3: id: 'node-00000101' is there twice"),
        (b"node-7,door,rs485-a,,more", "devices.csv: line 3: a column too many: unknown key; "),
        (b"node-7,\xff,rs485-a,", "devices.csv: is not UTF-8 text; save it as CSV UTF-8"),
    ],
)
def test_a_wrong_row(tmp_path: Path, row: bytes, said: str) -> None:
    path = with_rows(tmp_path, b"id,kind,link,place\nnode-6,door,rs485-a,\n" + row + b"\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    (line,) = caught.value.lines
    assert said in line


def test_a_wrong_heading_and_no_file(tmp_path: Path) -> None:
    path = with_rows(tmp_path, b"id,sort,link,place\nnode-6,door,rs485-a,\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert any("line 2: sort: unknown key" in line for line in caught.value.lines)
    (tmp_path / "devices.csv").unlink()
    with pytest.raises(ConfigError, match=r"line 1: devices_file: .*No such file"):
        load_config(path)


# the commands


def menshen(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "gateway", *arguments], capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("config"), RIGHT.replace("inn", "in").replace("number = 2", "number = 1"))


def test_check(tmp_path: Path) -> None:
    right = menshen("config", "check", "-c", str(written(tmp_path)))
    assert (right.returncode, right.stderr) == (0, "")
    assert right.stdout == f"{tmp_path}/menshen.toml: right; 2 links, 4 devices, 12 flats\n"
    as_json = menshen("config", "check", "--json", "-c", str(written(tmp_path)))
    assert json.loads(as_json.stdout)["right"] is True


def test_check_of_a_wrong_one(wrong: Path) -> None:
    said = f"{wrong}: line 26: compounds[0].gates[1].number: 1 is there twice"
    plain = menshen("config", "check", "-c", str(wrong))
    assert (plain.returncode, plain.stdout, plain.stderr) == (EXIT_CONFIG, "", said + "\n")
    as_json = menshen("config", "check", "--json", "-c", str(wrong))
    assert as_json.returncode == EXIT_CONFIG == 78
    assert json.loads(as_json.stdout) == {"file": str(wrong), "right": False, "faults": [said]}


def test_run_ends_with_78_and_no_traceback(wrong: Path) -> None:
    done = menshen("run", "-c", str(wrong))
    assert done.returncode == EXIT_CONFIG
    assert len(done.stderr.splitlines()) == 1


def test_schema_knows_every_driver_and_every_limit() -> None:
    schema = json.loads(menshen("config", "schema").stdout)
    assert set(schema["drivers"]) == set(drivers()) >= {"door_node", "serial_scanner", "qr_camera", "wristband"}
    assert set(schema["$defs"]["LimitsSection"]["properties"]) == set(Limits.__struct_fields__)


def test_show_fills_in_every_default(tmp_path: Path) -> None:
    shown = json.loads(menshen("config", "show", "-c", str(written(tmp_path))).stdout)
    assert shown["gateway"] == {
        "id": "palm-1",
        "data": "/var/lib/menshen",
        "profile": "ordinary",
        "inbox": 2000,
    }
    assert shown["limits"]["fever_readings"] == 3
    assert shown["limits"]["fever_celsius"] == 37.5
