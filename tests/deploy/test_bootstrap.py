"""A machine on which something is missing and cannot be installed gets one clear sentence with the way out."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WITHOUT_RABBITMQ = "mount -t tmpfs none /usr/lib/rabbitmq"


@pytest.fixture
def clone() -> Iterator[Path]:
    """A copy of what bootstrap reads, where any user may look; it must not get as far as writing anything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "deploy" / "native").mkdir(parents=True)
        shutil.copy(ROOT / "deploy" / "native" / "bootstrap.sh", folder / "deploy" / "native")
        yield folder
        assert not (folder / ".run").exists()


def bootstrap(clone: Path, *preparations: str, user: str = "") -> subprocess.CompletedProcess[str]:
    """Run it in a mount namespace of its own, in which the machine looks as prepared."""
    script = " && ".join([*preparations, f"exec {user} sh {clone}/deploy/native/bootstrap.sh"])
    return subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
    )


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may hide parts of the machine")


@needs_root
def test_not_being_on_debian_is_said_with_the_way_out(clone: Path) -> None:
    (clone / "os-release").write_text("ID=fedora\n", encoding="utf-8")
    done = bootstrap(clone, WITHOUT_RABBITMQ, f"mount --bind {clone}/os-release /etc/os-release")
    assert done.returncode == 1
    assert done.stderr.startswith("✗ Missing here: rabbitmq-server. Only on Debian can they be installed for you")
    assert "docker compose up" in done.stderr
    assert done.stderr.count("\n") == 1


@needs_root
def test_not_being_root_is_said_with_the_way_out(clone: Path) -> None:
    nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups"
    done = bootstrap(clone, WITHOUT_RABBITMQ, user=nobody)
    assert done.returncode == 1
    assert "Run this once as root, or 'sudo apt-get install --no-install-recommends rabbitmq-server'" in done.stderr
    assert "docker compose up" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_shell_understands_every_script() -> None:
    for script in ("deploy/native/bootstrap.sh", "deploy/postgres/prepare.sh", ".ci/run"):
        subprocess.run(["bash", "-n", str(ROOT / script)], check=True)
