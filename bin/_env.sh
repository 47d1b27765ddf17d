# Sourced by bin/run and bin/test. Makes what they need inside the checkout: uv in .tools, and the
# environment in .venv, with the Python that is installed. Does nothing where all is there.
# shellcheck shell=bash

unset PYTHONDONTWRITEBYTECODE # compiled once, each later start is seconds faster
UV_VERSION=0.13.9
OLDEST_PYTHON="3, 11"

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

can_install() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# apt_install PACKAGE...: as root on Debian and Ubuntu; visible, since it takes a while
apt_install() {
    say "Installing $* (apt-get) …"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update >&2 && apt-get install -y --no-install-recommends "$@" >&2
}

is_new_enough() { "$1" -c "import sys; sys.exit(sys.version_info < ($OLDEST_PYTHON))" 2>/dev/null; }

find_python() {
    local name
    if ! command -v python3 >/dev/null; then
        if can_install; then apt_install python3; fi
        command -v python3 >/dev/null ||
            fail "python3 (3.11 or newer) is missing: apt-get install python3"
    fi
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        python=$(command -v "$name") && is_new_enough "$python" && return
    done
    fail "python3 is $(python3 -V 2>&1 | cut -d' ' -f2), and rundum needs 3.11 or newer."
}

install_uv() {
    if ! "$python" -m pip --version >/dev/null 2>&1; then
        if can_install; then apt_install python3-pip; fi
        "$python" -m pip --version >/dev/null 2>&1 ||
            fail "pip for $python is missing: apt-get install python3-pip"
    fi
    say "Fetching uv $UV_VERSION into .tools …"
    "$python" -m pip install --disable-pip-version-check --root-user-action ignore \
        --upgrade --target .tools "uv==$UV_VERSION" >&2 ||
        fail "uv could not be fetched (pip's words are above)."
}

# make_environment [uv sync's options]
make_environment() {
    find_python
    mkdir -p .tools
    if command -v flock >/dev/null; then # two at once in a fresh checkout: one after the other
        exec 9>.tools/lock
        flock 9
    fi
    [ "$(.tools/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ] || install_uv
    if [ -f /etc/ssl/certs/ca-certificates.crt ]; then # also a company's own authority
        export UV_SYSTEM_CERTS=true
    fi
    [ -x .venv/bin/rundum ] || say "Making the environment in .venv …"
    # An environment that works is kept, whichever Python it has: something may be running in it.
    is_new_enough .venv/bin/python || set -- -p "$python" "$@"
    env -u VIRTUAL_ENV -u UV_PROJECT_ENVIRONMENT UV_PYTHON_DOWNLOADS=never \
        .tools/bin/uv sync --frozen "$@" ||
        fail "The environment could not be made (uv's words are above)."
    exec 9>&-
}
