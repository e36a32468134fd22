"""Refusing archives: bombs, paths that leave, links, passwords, lies about sizes."""

import stat
import struct
import zipfile

import pytest

from verifier.formats import archive
from verifier.formats.archive import Archive, ArchiveError


def write(path, entries, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as target:
        for name, data in entries:
            target.writestr(name, data)
    return path


def refused(path):
    with pytest.raises(ArchiveError) as caught:
        Archive(path)
    assert caught.value.code == "ARCHIVE_REFUSED"
    return caught.value.detail


@pytest.mark.parametrize("top", ["", "database/"])
def test_the_common_top_folder_is_stripped(tmp_path, top):
    with Archive(write(tmp_path / "a.zip", [(top + "processes/1.json", "{}"), (top + "flows/2.json", "[]")])) as found:
        assert found.names("processes") == ["processes/1.json"]
        assert found.read("flows/2.json") == b"[]"
        assert "flows/3.json" not in found


def test_an_archive_of_processes_alone_keeps_its_folder(tmp_path):
    with Archive(write(tmp_path / "a.zip", [("processes/1.json", "{}")])) as found:
        assert found.names("processes") == ["processes/1.json"]


@pytest.mark.parametrize("name", ["../x.json", "/etc/x.json", "a/../../x.json", "C:/x.json", "a\\..\\x.json"])
def test_paths_that_leave_the_archive(tmp_path, name):
    assert "leaves the archive" in refused(write(tmp_path / "a.zip", [(name, "{}")]))


def test_a_bomb_by_ratio(tmp_path):
    assert "unpacks more than" in refused(write(tmp_path / "a.zip", [("processes/1.json", b"0" * 10**7)]))


def test_too_many_entries(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MAX_ENTRIES", 2)
    assert "3 entries" in refused(write(tmp_path / "a.zip", [(f"processes/{i}.json", "{}") for i in range(3)]))


def test_too_large_an_entry_a_sum_and_a_file(tmp_path, monkeypatch):
    path = write(
        tmp_path / "a.zip", [("processes/1.json", "x" * 100), ("processes/2.json", "x" * 100)], zipfile.ZIP_STORED
    )
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 150)
    assert "together" in refused(path)
    monkeypatch.setattr(archive, "MAX_ENTRY_BYTES", 50)
    monkeypatch.setattr(archive, "MAX_TOTAL_BYTES", 1000)
    assert "100 bytes" in refused(path)
    monkeypatch.setattr(archive, "MAX_ARCHIVE_BYTES", 10)
    assert "bytes" in refused(path)


def test_links_and_passwords(tmp_path):
    link = zipfile.ZipInfo("processes/1.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "link" in refused(write(tmp_path / "a.zip", [(link, "target")]))
    path = write(tmp_path / "b.zip", [("processes/1.json", "{}")])
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    path.write_bytes(data)
    assert "encrypted" in refused(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_twice(tmp_path):
    assert "twice" in refused(write(tmp_path / "a.zip", [("processes/1.json", "{}"), ("processes/1.json", "[]")]))


def test_no_zip_at_all(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 but no more")
    assert "no zip" in refused(path)


def test_a_size_that_is_a_lie(tmp_path):
    """An entry that unpacks to more than its directory says is not read beyond that."""
    path = write(tmp_path / "a.zip", [("processes/1.json", "x" * 1000)])
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.index(signature) + offset
        data[at : at + 4] = struct.pack("<I", 10)
    path.write_bytes(data)
    with Archive(path) as found, pytest.raises(ArchiveError):
        found.read("processes/1.json")


def test_damaged_bytes(tmp_path):
    path = write(tmp_path / "a.zip", [("processes/1.json", "abcdefgh" * 50)], zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(b"abcdefgh")] ^= 1
    path.write_bytes(data)
    with Archive(path) as found, pytest.raises(ArchiveError) as caught:
        found.read("processes/1.json")
    assert "damaged" in caught.value.detail
