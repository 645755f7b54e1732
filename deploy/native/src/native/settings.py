"""What an ENV file may say about a server, and what follows from it."""

import ipaddress
import json
import re
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from chassis.settings import is_public_name
from native.errors import Refusal

LOCAL_CA = "local-ca"
DEFAULT_NAME = "default"
KEYS = ("NAME", "DOMAIN", "LISTEN", "CERTIFICATE", "KEY", "EXTRA_CA_FILE", "ALLOWED_PRIVATE_NETWORKS")
PASSED_ON = "MURMURATION_"
RESERVED = ("ca", "bootstrap", "venv")


@dataclass(frozen=True)
class ServerSettings:
    """One server on this machine."""

    name: str = DEFAULT_NAME
    domain: str = "localhost:3000"
    listen: str = "127.0.0.1:3000"
    certificate: str | None = None
    """A file, or `local-ca`; without one the server speaks plain http."""
    key: str | None = None
    extra_ca_file: str | None = None
    allowed_private_networks: tuple[str, ...] = ()
    passed_on: dict[str, str] = field(default_factory=dict)
    """Further settings of the services, by their own names."""
    durable: bool = True
    """False only in tests: a crash of the machine may lose everything."""

    @property
    def is_public(self) -> bool:
        return is_public_name(self.domain)

    @property
    def base_url(self) -> str:
        return f"{'https' if self.certificate or self.is_public else 'http'}://{self.domain}"

    @property
    def host(self) -> str:
        """The domain without its port: what a certificate names."""
        return str(urlsplit(f"//{self.domain}").hostname)

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(f"//{self.listen}")
        return str(parts.hostname), int(parts.port or 0)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=2), encoding="utf-8")


def load(path: Path) -> ServerSettings:
    """What `save` wrote."""
    known = {entry.name for entry in fields(ServerSettings)}
    saved = json.loads(path.read_text(encoding="utf-8"))
    values = {key: value for key, value in saved.items() if key in known}
    values["allowed_private_networks"] = tuple(values["allowed_private_networks"])
    return ServerSettings(**values)


def read(path: Path) -> ServerSettings:
    """Read an ENV file, or say in one sentence what is wrong with it."""
    if not path.is_file():
        raise Refusal(f"There is no file {path}; deploy/native/example.env.example shows what one looks like.")
    values = _values(path)
    domain = values.get("DOMAIN") or _missing(path, "DOMAIN", "the part of a handle after the @")
    settings = ServerSettings(
        name=_name(path, values.get("NAME") or path.stem),
        domain=_domain(path, domain),
        listen=_listen(path, values.get("LISTEN") or _usual_address(domain, values)),
        certificate=_file(path, "CERTIFICATE", values.get("CERTIFICATE")),
        key=_file(path, "KEY", values.get("KEY")),
        extra_ca_file=_file(path, "EXTRA_CA_FILE", values.get("EXTRA_CA_FILE")),
        allowed_private_networks=_networks(path, values.get("ALLOWED_PRIVATE_NETWORKS", "")),
        passed_on={key: value for key, value in values.items() if key.startswith(PASSED_ON)},
    )
    return check(settings, str(path))


def check(settings: ServerSettings, where: str) -> ServerSettings:
    """Refuse combinations that cannot work or must not be."""
    own = settings.certificate not in (None, LOCAL_CA)
    if own and not settings.key:
        raise Refusal(f"{where}: CERTIFICATE names a file, so KEY must name the file with its key.")
    if settings.key and not own:
        raise Refusal(f"{where}: KEY is given, but CERTIFICATE names no file it could belong to.")
    development = {
        "CERTIFICATE=local-ca": settings.certificate == LOCAL_CA,
        "EXTRA_CA_FILE": settings.extra_ca_file,
        "ALLOWED_PRIVATE_NETWORKS": settings.allowed_private_networks,
    }
    offending = [key for key, is_set in development.items() if is_set]
    if settings.is_public and offending:
        raise Refusal(
            f"{where}: {settings.domain} is a public domain, and {' and '.join(offending)} "
            f"{'is' if len(offending) == 1 else 'are'} for development only."
        )
    return settings


def _values(path: Path) -> dict[str, str]:
    values: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        text = line.strip().removeprefix("export ")
        if not text or text.startswith("#"):
            continue
        key, equals, value = text.partition("=")
        if not equals:
            raise Refusal(f"{path}, line {number}: {text!r} is no KEY=value.")
        if key not in KEYS and not key.startswith(PASSED_ON):
            raise Refusal(
                f"{path}, line {number}: there is no key {key}; known are {', '.join(KEYS)} "
                f"and the services' own settings, which begin with {PASSED_ON}."
            )
        values[key] = _unquoted(value.strip())
    return values


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return re.sub(r"\s+#.*$", "", value)


def _missing(path: Path, key: str, meaning: str) -> str:
    raise Refusal(f"{path}: {key} is missing, {meaning}.")


def _name(path: Path, name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name) or name in RESERVED:
        raise Refusal(f"{path}: NAME {name!r} must be a word of small letters, digits and dashes.")
    return name


def _domain(path: Path, domain: str) -> str:
    if not re.fullmatch(r"(?!-)[a-z0-9.-]+(:[0-9]{1,5})?|\[[0-9a-f:]+\](:[0-9]{1,5})?", domain):
        raise Refusal(f"{path}: DOMAIN {domain!r} must be a name such as gamma.test, with :port if it has one.")
    return domain


def _usual_address(domain: str, values: dict[str, str]) -> str:
    port = urlsplit(f"//{domain}").port or (443 if values.get("CERTIFICATE") else 80)
    return f"127.0.0.1:{port}"


def _listen(path: Path, listen: str) -> str:
    if not _is_address(listen):
        raise Refusal(f"{path}: LISTEN {listen!r} must be an address and a port, such as 127.0.0.7:443.")
    return listen


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(f"//{text}")
        ipaddress.ip_address(parts.hostname or "")
        return bool(parts.port)
    except ValueError:
        return False


def _file(path: Path, key: str, value: str | None) -> str | None:
    if not value or (key == "CERTIFICATE" and value == LOCAL_CA):
        return value or None
    found = (path.parent / value).resolve()
    if not found.is_file():
        raise Refusal(f"{path}: {key} names {found}, which is no file.")
    return str(found)


def _networks(path: Path, value: str) -> tuple[str, ...]:
    networks = tuple(part.strip() for part in value.split(",") if part.strip())
    for network in networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            raise Refusal(f"{path}: ALLOWED_PRIVATE_NETWORKS: {network!r} is no network such as 127.0.0.0/8.") from None
    return networks
