#!/bin/sh
# Makes this machine and clone ready to run: Debian's packages, then a virtual environment with the
# pinned requirements and all packages of the workspace. `--dev` adds what tests and checks need.
# When nothing has changed since the last time it is done at once.
set -eu

cd "$(dirname "$0")/../.."
UV_VERSION=0.13.9
STATE=.run/bootstrap
KIND=runtime
REQUIREMENTS=requirements.txt
if [ "${1:-}" = --dev ]; then
    KIND=dev
    REQUIREMENTS=requirements-dev.txt
fi

if [ -t 1 ]; then GREEN='\033[32m' RED='\033[1;31m' PLAIN='\033[0m'; else GREEN='' RED='' PLAIN=''; fi
say() { printf "${GREEN}·${PLAIN} %s\n" "$1"; }
die() {
    printf "${RED}✗${PLAIN} %s\n" "$1" >&2
    exit 1
}

# The first Python that is new enough; Debian's own before whatever else is on the path.
find_python() {
    for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
        "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11)); ' 2>/dev/null || continue
        "$candidate" -c 'import sys; print(sys.executable)'
        return
    done
}

missing_packages() {
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || printf 'postgresql '
    [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || printf 'rabbitmq-server '
    for program in redis-server caddy ffmpeg; do
        command -v "$program" >/dev/null || printf '%s ' "$program"
    done
    [ "$KIND" != dev ] || [ -x /usr/sbin/pgbouncer ] || printf 'pgbouncer '
    [ "$KIND" != dev ] || command -v promtool >/dev/null || printf 'prometheus '
    command -v setpriv >/dev/null || printf 'util-linux '
    [ -n "$(find_python)" ] || /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null || printf 'python3 python3-venv '
}

fingerprint() {
    {
        pwd
        cat "$0" "$REQUIREMENTS" libs/*/pyproject.toml services/*/pyproject.toml cli/pyproject.toml deploy/native/pyproject.toml
    } | sha256sum | cut -d' ' -f1
}

is_debian() {
    command -v apt-get >/dev/null && [ -r /etc/os-release ] && grep -Eq '^ID(_LIKE)?=.*debian' /etc/os-release
}

# Installing a server on Debian starts it; ours are private, so the system's are kept from starting.
POLICY=/usr/sbin/policy-rc.d
forbid_starting() {
    if [ -e "$POLICY" ]; then mv "$POLICY" "$POLICY.murmuration"; fi
    trap allow_starting EXIT
    trap 'exit 130' INT HUP TERM
    printf '#!/bin/sh\nexit 101\n' >"$POLICY"
    chmod 755 "$POLICY"
}
allow_starting() {
    rm -f "$POLICY"
    if [ -e "$POLICY.murmuration" ]; then mv "$POLICY.murmuration" "$POLICY"; fi
    trap - EXIT INT HUP TERM
}

install_packages() {
    mkdir -p "$STATE"
    log=$STATE/apt.log
    export DEBIAN_FRONTEND=noninteractive
    say "Installing Debian's packages (a minute or two): $*"
    forbid_starting
    apt-get -q update >"$log" 2>&1 || { tail -n 5 "$log" >&2; die "apt-get update failed; $log says more."; }
    apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@" >>"$log" 2>&1 ||
        { tail -n 15 "$log" >&2; die "apt-get could not install $*; $log says more."; }
    allow_starting
    # Nor at the next boot: nobody asked for a web server on port 80.
    for package in "$@"; do
        case $package in
            rabbitmq-server) disable rabbitmq-server; disable epmd ;;
            postgresql | redis-server | caddy | prometheus | pgbouncer) disable "$package" ;;
        esac
    done
}

disable() {
    if command -v systemctl >/dev/null; then systemctl disable --quiet "$1"; else deb-systemd-helper disable "$1.service"; fi \
        >>"$STATE/apt.log" 2>&1 || true
}

check_system() {
    packages=$(missing_packages)
    [ -n "$packages" ] || return 0
    is_debian || die "Missing here: ${packages% }. Only on Debian can they be installed for you; install them yourself, or use Docker: cp deploy/compose.env.example .env && docker compose up"
    [ "$(id -u)" = 0 ] || die "Missing here: ${packages% }. Run this once as root, or 'sudo apt-get install --no-install-recommends ${packages% }' and then this again, or use Docker: cp deploy/compose.env.example .env && docker compose up"
    # shellcheck disable=SC2086 # a list of words
    install_packages $packages
}

make_environment() {
    mkdir -p "$STATE"
    python=$(find_python)
    uv=$STATE/venv/bin/uv
    if [ "$("$uv" --version 2>/dev/null | cut -d' ' -f2)" != "$UV_VERSION" ]; then
        say "Installing uv $UV_VERSION"
        rm -rf "$STATE/venv"
        "${python:-/usr/bin/python3}" -m venv "$STATE/venv"
        "$STATE/venv/bin/pip" install -qq --disable-pip-version-check "uv==$UV_VERSION"
    fi
    if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        say "Making .venv"
        "$uv" venv --quiet --clear --python "${python:-3.12}" .venv ||
            die "Python 3.11 or newer is needed and could not be had; Debian 12 and later bring it."
    fi
    say "Installing the pinned requirements and the packages of this workspace"
    members=
    for member in libs/* services/* cli deploy/native; do members="$members --editable $member"; done
    "$uv" pip install --quiet --python .venv/bin/python --requirements "$REQUIREMENTS"
    # shellcheck disable=SC2086 # a list of words
    "$uv" pip install --quiet --python .venv/bin/python --no-deps $members
}

check_system
wanted=$(fingerprint)
if [ -x .venv/bin/python ] && [ "$(cat "$STATE/$KIND" 2>/dev/null)" = "$wanted" ]; then exit 0; fi
make_environment
printf '%s\n' "$wanted" >"$STATE/$KIND"
