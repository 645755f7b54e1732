"""Both storages keep the same promises."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from media.storage import S3, Disk, NoSuchFile, StorageAway
from media.storage.model import Key, Storage, as_key, new_key, read_all

CONTENT = bytes(range(256)) * 1000


@pytest.fixture(scope="session")
def s3_port() -> Iterator[int]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    yield server.get_host_and_port()[1]
    server.stop()


@pytest.fixture(params=["disk", "s3"])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    if request.param == "disk":
        yield Disk(tmp_path / "files")
    else:
        yield an_s3(request.getfixturevalue("s3_port"))


def an_s3(port: int) -> S3:
    return S3(
        f"http://127.0.0.1:{port}", bucket="media", access_key="a", secret_key="b", region="us-east-1", secure=None
    )


async def test_what_was_put_can_be_read(storage: Storage) -> None:
    key = new_key("attachments", "jpg")
    await storage.put(key, CONTENT)
    assert await storage.size_of(key) == len(CONTENT)
    assert await read_all(storage, key) == CONTENT


async def test_a_part_can_be_read(storage: Storage) -> None:
    key = new_key("attachments", "jpg")
    await storage.put(key, CONTENT)
    assert b"".join([chunk async for chunk in storage.read(key, 70_001, 100_000)]) == CONTENT[70_001:170_001]


async def test_what_is_not_there_is_no_file(storage: Storage) -> None:
    key = new_key("attachments", "jpg")
    with pytest.raises(NoSuchFile):
        await storage.size_of(key)
    with pytest.raises(NoSuchFile):
        [chunk async for chunk in storage.read(key, 0, 1)]


async def test_removing_twice_is_removing_once(storage: Storage) -> None:
    key = new_key("attachments", "jpg")
    await storage.put(key, CONTENT)
    await storage.remove(key)
    await storage.remove(key)
    with pytest.raises(NoSuchFile):
        await storage.size_of(key)


async def test_it_says_that_it_is_ready(storage: Storage) -> None:
    assert await storage.is_ready()


async def test_an_s3_that_is_away_says_so() -> None:
    with pytest.raises(StorageAway):
        await an_s3(1).put(new_key("attachments", "jpg"), b"x")


async def test_a_disk_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    with pytest.raises(StorageAway):
        await Disk(tmp_path / "files").put(new_key("attachments", "jpg"), b"x")


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


async def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageAway):
        await Disk(tmp_path).put(new_key("attachments", "jpg"), b"x")
    assert files_below(tmp_path) == []


def test_keys_cannot_be_guessed() -> None:
    assert len({new_key("attachments", "jpg") for _ in range(1000)}) == 1000
    assert as_key(new_key("avatars", "webp")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "../../etc/passwd",
        "attachments/../../etc/passwd",
        "attachments/ab/cd/../../../x.jpg",
        "attachments/ab/cd/abcd0000000000000000000000000000.jpg/..",
        "attachments/ab/cd/ffff0000000000000000000000000000.jpg",
        "attachments/ab/cd/abcd0000000000000000000000000000.svg",
        "attachments/ab/cd/abcd0000000000000000000000000000.html",
        "/attachments/ab/cd/abcd0000000000000000000000000000.jpg",
        "attachments/ab/cd/abcd0000000000000000000000000000.jpg\n",
        "attachments\\ab\\cd\\abcd0000000000000000000000000000.jpg",
    ],
)
async def test_what_is_no_key_leads_nowhere(text: str, tmp_path: Path) -> None:
    assert as_key(text) is None
    with pytest.raises(NoSuchFile):
        await Disk(tmp_path).size_of(Key(text))
