"""The six services and the edge before them, as components of a server."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from native import authority, caddyfile, postgres, rabbitmq, redis, routes
from native.errors import Refusal
from native.home import REPOSITORY, Home, write_private
from native.probes import answers, listens
from native.process import SYSTEM_PATH, Component
from native.settings import LOCAL_CA, ServerSettings

SERVICES = ("api-gateway", "inbox", "delivery", "timeline", "media", "moderation")
# What runs from the virtual environment may still call Debian's programs, such as ffmpeg.
PYTHON_PATH = f"{REPOSITORY / '.venv' / 'bin'}:{SYSTEM_PATH}"


def environment(
    settings: ServerSettings, home: Home, ports: Mapping[str, int], secrets: Mapping[str, str]
) -> dict[str, str]:
    """What every service and the operator's command line need to know."""
    local = "127.0.0.1"
    return {
        "PATH": PYTHON_PATH,
        "HOME": str(home.folder),
        "PYTHONUNBUFFERED": "1",
        "MURMURATION_DOMAIN": settings.domain,
        "MURMURATION_BASE_URL": settings.base_url,
        "MURMURATION_DATABASE_URL": postgres.url(home, ports["postgres"], "murmuration"),
        "MURMURATION_DATABASE_PASSWORD": secrets["database"],
        "MURMURATION_AMQP_URL": f"amqp://{rabbitmq.USER}:{secrets['rabbitmq']}@{local}:{ports['rabbitmq']}/",
        "MURMURATION_REDIS_URL": redis.url(home, ports["redis"], secrets["redis"]),
        "MURMURATION_HTTP_HOST": local,
        "MURMURATION_INBOX_URL": f"http://{local}:{ports['inbox']}",
        "MURMURATION_DELIVERY_URL": f"http://{local}:{ports['delivery']}",
        "MURMURATION_MEDIA_URL": f"http://{local}:{ports['media']}",
        "MURMURATION_INTERNAL_SECRET": secrets["internal"],
        "MURMURATION_SECRET_KEY": secrets["key"],
        "MURMURATION_MEDIA_ROOT": str(home.make("media")),
        "MURMURATION_DEVELOPMENT": "false" if settings.is_public else "true",
        "MURMURATION_ALLOWED_PRIVATE_NETWORKS": ",".join(settings.allowed_private_networks),
        "MURMURATION_EXTRA_CA_FILE": _trusted(settings, home),
        "MURMURATION_LOG_LEVEL": "INFO",
        "MURMURATION_LOG_FORMAT": "json",
        **settings.passed_on,
    }


def _trusted(settings: ServerSettings, home: Home) -> str:
    """One bundle of the local authority and whatever the server's file names; empty if neither."""
    files = [Path(settings.extra_ca_file)] if settings.extra_ca_file else []
    if settings.certificate == LOCAL_CA:
        files.append(authority.certificate_file())
    if not files:
        return ""
    bundle = home.make("tls") / "trusted.pem"
    bundle.write_bytes(b"\n".join(file.read_bytes() for file in files))
    return str(bundle)


def components(
    settings: ServerSettings, home: Home, ports: Mapping[str, int], secrets: Mapping[str, str]
) -> list[Component]:
    """Migrations once, then the services, and the edge as soon as it can."""
    known = environment(settings, home, ports, secrets)
    return [
        *_migrations(known, ports, secrets),
        *(_service(name, known, ports[name]) for name in SERVICES),
        _edge(settings, home, ports),
    ]


def _migrations(known: dict[str, str], ports: Mapping[str, int], secrets: Mapping[str, str]) -> list[Component]:
    """The database while RabbitMQ is still starting, then the queues."""
    return [
        Component(
            name="migrate",
            command=(sys.executable, "-m", "chassis.migrate", "database"),
            environment=known,
            needs=("postgres",),
            prepare=lambda: postgres.prepare_database(ports["postgres"], secrets["postgres"], secrets["database"]),
            once=True,
        ),
        Component(
            name="queues",
            command=(sys.executable, "-m", "native.queues", str(ports["rabbitmq"])),
            environment=known,
            # It waits for RabbitMQ by itself.
            needs=("migrate",),
            once=True,
        ),
    ]


def _service(name: str, known: dict[str, str], port: int) -> Component:
    return Component(
        name=name,
        command=(sys.executable, "-m", name.replace("-", "_")),
        environment=known | {"MURMURATION_HTTP_PORT": str(port)},
        needs=("queues", "rabbitmq", "redis"),
        ready=lambda: answers(f"http://127.0.0.1:{port}/ready"),
    )


def _edge(settings: ServerSettings, home: Home, ports: Mapping[str, int]) -> Component:
    program = shutil.which("caddy", path=SYSTEM_PATH)
    if program is None:
        raise Refusal("Caddy is not installed; make up installs it on Debian.")
    folder = home.make("caddy")
    host, port = settings.address
    return Component(
        name="caddy",
        command=(program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"),
        environment={"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)},
        prepare=lambda: write_private(folder / "Caddyfile", edge_configuration(settings, home, ports)),
        ready=lambda: listens(host, port),
    )


def edge_configuration(settings: ServerSettings, home: Home, ports: Mapping[str, int]) -> str:
    host, port = settings.address
    certificate, key = settings.certificate, settings.key
    if certificate == LOCAL_CA:
        certificate, key = map(str, authority.issue(home, settings.host))
    scheme, name = ("https", settings.host) if certificate else ("http", "")
    edge = caddyfile.Edge(f"{scheme}://{name}:{port}", bind=host, certificate=certificate, key=key)
    upstreams = {service: f"127.0.0.1:{ports[service]}" for service in SERVICES}
    return caddyfile.render(edge, routes.load(), upstreams)
