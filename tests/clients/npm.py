"""What npm installs for a client that runs on Node."""

import fcntl
import hashlib
import subprocess
from pathlib import Path


def install(folder: Path) -> None:
    """Install what package-lock.json says, unless that was done; safe to call at once."""
    lock, stamp = folder / "package-lock.json", folder / "node_modules" / ".installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    with lock.open() as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True)
        stamp.write_text(wanted)
