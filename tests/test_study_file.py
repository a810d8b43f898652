import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from civicreach.errors import OutputError, StudyError, nearest
from civicreach.inputs.files import decode, matching_files
from civicreach.inputs.study_faults import keys_at
from civicreach.inputs.study_file import read_profiles, read_standards, read_study
from civicreach.inputs.study_template import write_template
from civicreach.inputs.toml_lines import line_at, lines_of
from little_study import write

SAMPLE = Path(__file__).resolve().parents[1] / "data" / "sample"

GOOD = """
[study]
name = "清川市"
year = 2026
[roads]
file = "roads.osm.pbf"
[demand]
method = "points"
groups = ["people", "elderly"]
file = "data/homes.csv"
x = "lon"
y = "lat"
crs = "EPSG:4326"
[[services]]
id = "elder_centre"
name = "养老服务中心"
file = "data/facilities.csv"
where = { service = "elder_centre" }
profile = "elder"
minutes = 15
group = "elderly"
standard = "circle.15min.walk"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("roads.osm.pbf", "data/homes.csv", "data/facilities.csv"):
        write(tmp_path / name, "x")
    return tmp_path


def study_with(folder: Path, *changes: tuple[str, str], encoding: str = "utf-8") -> Path:
    text = GOOD
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return write(folder / "study.toml", text, encoding)


def faults_of(path: Path) -> list[str]:
    with pytest.raises(StudyError) as caught:
        read_study(path)
    return [str(fault) for fault in caught.value.faults]


def test_a_good_study_has_absolute_paths_and_all_profiles_and_standards(folder: Path) -> None:
    study = read_study(study_with(folder))
    assert study.study.name == "清川市"
    assert study.folder == folder.resolve()
    assert study.roads.file == folder.resolve() / "roads.osm.pbf"
    assert study.services[0].file == folder.resolve() / "data" / "facilities.csv"
    assert set(study.profiles) == set(read_profiles()) >= {"adult", "elder", "frail", "wheelchair", "drive"}
    assert set(study.standards) == set(read_standards())
    assert study.limit(study.services[0]) == 15


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_usual_encoding_is_read(folder: Path, encoding: str) -> None:
    assert read_study(study_with(folder, encoding=encoding)).study.name == "清川市"


def test_the_place_of_the_folder_does_not_change_the_fingerprint(folder: Path, tmp_path_factory) -> None:
    other = tmp_path_factory.mktemp("另 一处")
    for name in ("roads.osm.pbf", "data/homes.csv", "data/facilities.csv"):
        write(other / name, "x")
    assert read_study(study_with(folder)).fingerprint() == read_study(study_with(other)).fingerprint()


def test_windows_separators_are_understood(folder: Path) -> None:
    study = read_study(study_with(folder, ('"data/homes.csv"', "'data\\homes.csv'")))
    assert study.demand.file == folder.resolve() / "data" / "homes.csv"


def test_a_missing_study_names_the_nearest_file(folder: Path) -> None:
    study_with(folder)
    assert faults_of(folder / "studi.toml") == [f"no such file: {folder / 'studi.toml'}. Did you mean study.toml?"]
    assert "The folder" in faults_of(folder / "nowhere" / "study.toml")[0]
    assert "a folder, not a study file" in faults_of(folder)[0]


def test_text_that_is_no_toml_names_line_and_column(folder: Path) -> None:
    (fault,) = faults_of(study_with(folder, ("year = 2026", "year 2026")))
    assert re.search(r"not valid TOML: .*line 3, column 6", fault)
    (fault,) = faults_of(study_with(folder, ('"data/homes.csv"', '"data\\homes.csv"')))
    assert fault.endswith("Write paths with / instead of \\.")
    (folder / "study.toml").write_bytes(b"\x00\xff\xfe\x00")
    assert "not a text file" in faults_of(folder / "study.toml")[0]


def test_a_path_broken_by_a_backslash_is_told(folder: Path) -> None:
    # "\f" is a form feed in TOML, so data\facilities.csv quietly becomes another name
    faults = faults_of(study_with(folder, ('"data/facilities.csv"', '"data\\facilities.csv"')))
    assert len(faults) == 1
    assert "services[1].file" in faults[0]
    assert "control sign" in faults[0]


def test_every_fault_is_told_at_once_in_plain_sentences(folder: Path) -> None:
    path = study_with(
        folder,
        ("year = 2026", "yaer = 2026\nminutes = [5, 3]"),
        ('file = "roads.osm.pbf"', 'file = "raods.osm.pbf"\nprivate_access = "close"\nmax_snap_m = -2'),
        ('id = "elder_centre"', 'id = "Elder"'),
        ("minutes = 15", "minuts = 15"),
        ('name = "养老服务中心"', "name = 5"),
    )
    told = "\n".join(faults_of(path))
    for sentence in (
        "study.toml, line 3: study.yaer: unknown key. Did you mean year?",
        "services[1].minuts: unknown key. Did you mean minutes?",
        "study: minutes must rise",
        "roads.private_access: 'close' isn't known. Did you mean closed? There are residents, closed, open.",
        "roads.max_snap_m: -2 must be greater than 0",
        "services[1].id: 'Elder' must be small letters, digits and _",
        "services[1].name: must be text in quotes, not 5",
        "Did you mean roads.osm.pbf?",
    ):
        assert sentence in told
    assert len(told.splitlines()) == 8
    for jargon in ("pydantic", "http", "Input should", "type=", "Value error", "ValidationError"):
        assert jargon not in told


def test_unknown_names_tell_the_nearest(folder: Path) -> None:
    told = faults_of(
        study_with(
            folder,
            (
                'groups = ["people", "elderly"]',
                'groups = ["people", "elderly"]\nlabels = { eldrely = "老人", people = "人" }',
            ),
            ('profile = "elder"', 'profile = "eldr"'),
            ('"circle.15min.walk"', '"circle.15min.wlak"'),
            ('group = "elderly"', 'group = "elderley"'),
        )
    )
    service = "study.toml: service elder_centre: "
    groups = "(there are people, elderly). Did you mean elderly?"
    profiles = "(there are adult, elder, frail, wheelchair, drive). Did you mean elder?"
    assert told == [
        f"study.toml: demand.labels: demand has no group 'eldrely' {groups}",
        f"{service}demand has no group 'elderley' {groups}",
        f"{service}no profile 'eldr' {profiles}",
        f"{service}no standard 'circle.15min.wlak' in data/standards. Did you mean circle.15min.walk?",
    ]


def test_labels_of_groups_are_taken(folder: Path) -> None:
    more = 'groups = ["people", "elderly"]\nlabels_en = { elderly = "retired people" }'
    study = read_study(study_with(folder, ('groups = ["people", "elderly"]', more)))
    assert study.demand.labels_en == {"elderly": "retired people"}


def test_demand_needs_a_group(folder: Path) -> None:
    told = faults_of(study_with(folder, ('groups = ["people", "elderly"]', "groups = []")))
    assert told == ["study.toml: demand.groups: must hold at least one entry"]


def test_a_limit_that_a_standard_supplies_is_looked_at_too(folder: Path) -> None:
    path = study_with(folder, ("minutes = 15\n", ""))
    text = path.read_text(encoding="utf-8")
    path.write_text(f'{text}[standards."circle.15min.walk"]\nvalue = 9000\n', encoding="utf-8")
    assert faults_of(path) == [
        'study.toml: service elder_centre: standards."circle.15min.walk".value: 9000 must be from 0.1 to 1,440'
    ]


def test_selectors_are_looked_at_with_the_study(folder: Path) -> None:
    file = 'file = "data/facilities.csv"\nwhere = { service = "elder_centre" }'
    told = faults_of(study_with(folder, (file, 'osm = ["amenity", "a!=b"]')))
    assert len(told) == 2
    assert all(fault.startswith("study.toml: services[1].osm: ") for fault in told)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_study_explains_labels_weights_statuses_and_where(tmp_path: Path, language: str) -> None:
    text = write_template(tmp_path, language).read_text(encoding="utf-8")
    for key in ("labels = {", "labels_en = {", "weight_note = ", "where = {"):
        assert key in text
    words = ("现状", "规划", "备选", "关闭") if language == "zh" else ("existing", "planned", "candidate", "closed")
    assert all(word in text for word in words)


def test_a_misspelt_section_is_checked_as_the_one_it_stands_for(folder: Path) -> None:
    path = study_with(
        folder,
        ("[[services]]", "[[servces]]"),
        ("minutes = 15", "minuts = 15"),
        ('file = "data/f', 'file = "f'),
    )
    told = faults_of(path)
    assert len(told) == 3
    assert told[0].startswith("study.toml, line 13: servces: unknown key. Did you mean services?")
    assert told[1].startswith("study.toml, line 19: servces[1].minuts: unknown key. Did you mean minutes?")
    assert "services[1].file: no such file" in told[2]


def test_names_that_do_not_meet_are_told_beside_other_faults(folder: Path) -> None:
    path = study_with(
        folder,
        ("year = 2026", "year = 2026\nplace = 1"),
        ('profile = "elder"', 'profile = "eldr"'),
        ('group = "elderly"', 'group = "elder"'),
    )
    told = "\n".join(faults_of(path))
    assert "study.place: unknown key" in told
    assert "service elder_centre: no profile 'eldr'" in told
    assert "service elder_centre: demand has no group 'elder' (there are people, elderly)" in told


def test_missing_sections_and_keys_are_told(folder: Path) -> None:
    path = study_with(folder, ('[roads]\nfile = "roads.osm.pbf"\n', ""), ("year = 2026\n", ""))
    assert faults_of(path) == ["study.toml, line 1: study.year: is missing", "study.toml: roads: is missing"]


def test_a_profile_of_the_study_is_laid_over_the_one_of_the_package(folder: Path) -> None:
    path = study_with(folder, ("[[services]]", "[profiles.elder]\nspeed_mps = 0.9\n[[services]]"))
    elder = read_study(path).profiles["elder"]
    assert (elder.speed_mps, elder.slope) == (0.9, "tobler")
    # the source of the package's speed says nothing about another speed
    assert (elder.source, elder.confidence) == ("study.toml", "unverified")
    path = study_with(folder, ("[[services]]", "[profiles.runner]\nspeed_mps = 3\nsource = 'a race'\n[[services]]"))
    assert read_study(path).profiles["runner"].source == "a race"
    path = study_with(folder, ("[[services]]", "[profiles.elder]\nsped_mps = 0.9\n[[services]]"))
    assert "profiles.elder.sped_mps: unknown key. Did you mean speed_mps?" in faults_of(path)[0]


def test_every_source_of_the_package_has_both_languages() -> None:
    for each in (*read_standards().values(), *read_profiles().values()):
        assert re.search("[a-z]", each.source)
        assert re.search("[\u4e00-\u9fff]", each.source_zh), each
        assert not re.search("[\u4e00-\u9fff]", each.source + getattr(each, "clause", ""))
    relief = read_standards()["relief.hours"].cited
    assert relief == "Wuhan civil affairs plan 2016-2020 4(1)5: the plan [verified]"
    assert relief.zh == "武汉市民政事业发展十三五规划 四(一)5：规划原文 [verified]"


def test_a_source_of_the_study_takes_the_place_of_both_of_the_packages(folder: Path) -> None:
    more = '\n[standards."relief.hours"]\nsource = "市应急预案"\n'
    path = study_with(folder)
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    cited = read_study(path).standards["relief.hours"].cited
    assert cited.zh == "武汉市民政事业发展十三五规划 四(一)5：市应急预案 [verified]"
    assert cited.endswith("4(1)5: 市应急预案 [verified]")


def test_a_standard_of_the_study_is_laid_over_the_one_of_the_package(folder: Path) -> None:
    key = '[standards."circle.15min.walk"]\n'
    path = study_with(folder, ("[[services]]", f"{key}value = 12\n[[services]]"), ("minutes = 15\n", ""))
    study = read_study(path)
    standard = study.standards["circle.15min.walk"]
    assert study.limit(study.services[0]) == 12
    assert (standard.clause, standard.confidence, standard.name_en) == (
        "",
        "unverified",
        read_standards()["circle.15min.walk"].name_en,
    )
    path = study_with(folder, ("[[services]]", f"{key}name_zh = '步行'\n[[services]]"))
    assert read_study(path).standards["circle.15min.walk"].confidence == "verified"
    path = study_with(folder, ("[[services]]", "[standards.circle.15min.walk]\nvalue = 12\n[[services]]"))
    assert "A name with dots stands in quotes" in faults_of(path)[0]


def test_keys_that_are_no_keys_of_a_study_file(folder: Path) -> None:
    path = study_with(folder, ("[study]", "folder = 'x'\n[study]"))
    assert "folder or file_name: unknown key" in faults_of(path)[0]
    path = study_with(folder, ("[[services]]", "[profiles.elder]\nname = 'x'\n[[services]]"))
    assert "profiles.elder.name: unknown key" in faults_of(path)[0]


def test_tags_need_an_extract(folder: Path) -> None:
    write(folder / "roads.gpkg", "x")
    tags = 'osm = ["amenity=clinic"]'
    path = study_with(folder, ('file = "data/facilities.csv"', tags), ("roads.osm.pbf", "roads.gpkg"))
    assert "roads.gpkg is no OpenStreetMap extract" in faults_of(path)[0]
    assert read_study(study_with(folder, ('file = "data/facilities.csv"', tags))).services[0].osm


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_lacks_nothing_but_data_files(tmp_path: Path, language) -> None:
    path = write_template(tmp_path / "新 study", language)
    told = faults_of(path)
    assert len(told) == 3
    assert all("no such file" in fault or "no raster" in fault for fault in told)
    for name in ("roads.osm.pbf", "areas.gpkg"):
        write(path.parent / name, "x")
    write(path.parent / "population" / "chn_ppp_2020.tif", "x")
    study = read_study(path)
    assert study.study.language == language
    assert study.services[0].file == path.parent.resolve() / "template.xlsx"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_explains_every_key(tmp_path: Path, language) -> None:
    text = write_template(tmp_path, language).read_text(encoding="utf-8")
    sections = [("study",), ("roads",), ("areas",), ("demand",), ("services", 0)]
    sections += [("circle",), ("circle", "rings", 0), ("elder",), ("shelters",), ("scenarios", 0), ("relief",)]
    sections += [("area",), ("programmes", 0), ("siting", 0), ("siting", "quotas", 0)]
    for section in sections:
        for key in keys_at(section):
            assert (
                re.search(rf"^(# )?\[*{key}(\.\w+)?(\]+| =)", text, re.MULTILINE) or f"[{section[0]}.{key}]" in text
            ), key


@pytest.mark.parametrize(("language", "mark"), [("zh", "示例"), ("en", "EXAMPLE")])
def test_the_workbook_has_the_columns_that_the_study_names(tmp_path: Path, language, mark: str) -> None:
    path = write_template(tmp_path, language)
    for name in ("roads.osm.pbf", "areas.gpkg", "population/a.tif"):
        write(tmp_path / name, "x")
    study = read_study(path)
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    service, demand = study.services[0], study.demand
    facilities = [cell.value for cell in book[service.layer][1]]
    assert {service.x, service.y, service.id_column, service.name_column, service.capacity} <= set(facilities)
    assert set(service.where) <= set(facilities)
    communities = [cell.value for cell in book[demand.layer][1]]
    assert set(demand.columns.values()) <= set(communities)
    for page in book:
        assert page.max_row == 2
        assert any(mark in str(cell.value) for cell in page[2])


def test_init_never_writes_over_a_study(tmp_path: Path) -> None:
    write_template(tmp_path, "zh")
    before = (tmp_path / "study.toml").read_bytes()
    with pytest.raises(OutputError, match=r"there is a study\.toml already"):
        write_template(tmp_path, "en")
    assert (tmp_path / "study.toml").read_bytes() == before
    write(tmp_path / "file", "x")
    with pytest.raises(OutputError, match="can't be written"):
        write_template(tmp_path / "file", "zh")


def test_nearest_word() -> None:
    assert nearest("minuts", ["metres", "minutes"]) == "minutes"
    assert nearest("代码", ["社区名称", "社区代码"]) == "社区代码"
    assert nearest("zzz", ["minutes"]) is None
    assert nearest("Beds", ["BEDS"]) == "BEDS"


def test_files_of_a_folder_or_a_pattern(tmp_path: Path) -> None:
    for name in ("a/1.tif", "a/2.TIF", "a/3.txt", "b/1.tif"):
        write(tmp_path / name, "x")
    names = lambda pattern: [p.relative_to(tmp_path).as_posix() for p in matching_files(pattern, (".tif",))]  # noqa: E731
    assert names(tmp_path / "a") == ["a/1.tif", "a/2.TIF"]
    assert names(tmp_path / "*" / "1.tif") == ["a/1.tif", "b/1.tif"]
    assert names(tmp_path / "a" / "1.tif") == ["a/1.tif"]
    assert names(tmp_path / "c" / "*.tif") == []
    write(tmp_path / "[2020] 武汉" / "1.tif", "x")
    assert names(tmp_path / "[2020] 武汉" / "*.tif") == ["[2020] 武汉/1.tif"]


def test_short_text_is_utf8_before_it_is_gb18030() -> None:
    assert decode("养老".encode(), "x") == "养老"
    assert decode("养老".encode("gbk"), "x") == "养老"


def test_lines_of_keys() -> None:
    lines = lines_of('[a]\nb = 1\n[[c]]\nd.e = 1\n[[c]]\n"f g" = 1\n[c.h]\ni = 2\n')
    assert lines["a", "b"] == 2
    assert lines["c", 0, "d", "e"] == 4
    assert lines["c", 1, "f g"] == 6
    assert lines["c", 1, "h", "i"] == 8
    assert line_at(lines, ("c", 1, "nothing", "here")) == 5
    assert line_at(lines, ("nothing",)) is None


def test_standards_of_a_section_must_be_in_its_unit_and_range(tmp_path: Path) -> None:
    text = (SAMPLE / "study.toml").read_text("utf-8")
    text = text.replace("[elder]", '[elder]\nbeds_per_1000 = "circle.15min.walk"')
    text = text.replace('populations = ["people", "people_by_day"]', "populations = []")
    text = text.replace('stations = ["community_station"]', 'stations = ["community_station", "community_station"]')
    text += '\n[standards."relief.hours"]\nvalue = 0\n[standards."elder.nursing_bed_share"]\nvalue = 150\n'
    shutil.copytree(SAMPLE, tmp_path / "s")
    (tmp_path / "s" / "study.toml").write_text(text, "utf-8")
    with pytest.raises(StudyError) as raised:
        read_study(tmp_path / "s" / "study.toml")
    said = str(raised.value)
    for part in (
        "elder.beds_per_1000: standard 'circle.15min.walk' is in min, not in beds",
        "elder.stations: names community_station twice",
        "shelters.populations: must hold at least one entry",
        'standards."relief.hours".value: 0 must be above 0',
        'standards."elder.nursing_bed_share".value: 150 must be from 1 to 100 percent (60, not 0.6)',
    ):
        assert part in said, said


def test_bfca_alone_and_homes_paired_with_themselves_are_refused(tmp_path: Path) -> None:
    text = (SAMPLE / "study.toml").read_text("utf-8")
    text = text.replace('access_methods = ["e2sfca", "2sfca", "3sfca"]', 'access_methods = ["bfca"]')
    shutil.copytree(SAMPLE, tmp_path / "s")
    (tmp_path / "s" / "study.toml").write_text(text, "utf-8")
    with pytest.raises(StudyError, match="a BFCA score is no number of beds"):
        read_study(tmp_path / "s" / "study.toml")
    text = (
        (SAMPLE / "study.toml").read_text("utf-8").replace('primary_care = "clinic"', 'primary_care = "elder_centre"')
    )
    (tmp_path / "s" / "study.toml").write_text(text, "utf-8")
    with pytest.raises(StudyError, match="elder_centre serves as homes or stations too: it would pair with itself"):
        read_study(tmp_path / "s" / "study.toml")


def test_the_sample_has_one_fingerprint_wherever_it_lies(tmp_path: Path) -> None:
    shutil.copytree(SAMPLE, tmp_path / "copy")
    assert read_study(tmp_path / "copy" / "study.toml").fingerprint() == read_study(SAMPLE / "study.toml").fingerprint()
