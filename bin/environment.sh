# Read by the commands beside it, with $root set. Needs nothing but a POSIX shell and Python.
#
#   prepare run   the environment can run checker
#   prepare dev   and can test, check and build it
#
# Where there is nothing to do it does nothing and says nothing. The environment is .venv-checker in the checkout
# (or $CHECKER_VENV); $PYTHON says which Python makes it.

environment=${CHECKER_VENV:-$root/.venv-checker}

prepare() {
    # What the environment was made for: it cannot be moved, and what is installed is said above the first [tool].
    key="$root $(sed '/^\[tool/,$d' "$root/pyproject.toml" | cksum)"
    ready "$1" && return
    ready run || create
    case $1 in
        dev) install_with dev && browser && java && printf '%s\n' "$key" >"$environment/ready-dev" ;;
        run) install_with ;;
    esac
    printf '%s\n' "$key" >"$environment/ready-run"
}

# Written last of all, so that what was interrupted is made anew.
ready() {
    [ -x "$environment/bin/python" ] && [ "$(cat "$environment/ready-$1" 2>/dev/null)" = "$key" ]
}

create() {
    python=$(find_python) || fail "checker needs Python 3.11 or later, and found none (PYTHON=… says where one is)"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "$python has no venv: install it (Debian and Ubuntu: apt install python3-venv)"
    say "making an environment in $environment (once, about a minute)"
    "$python" -m venv --clear "$environment" >&2 || fail "$python could not make an environment in $environment"
}

# The real file of the first Python that is new enough: a link to it breaks, and is seen to, when it is replaced.
find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        "$candidate" -c '
import os, sys
sys.version_info >= (3, 11) or sys.exit(1)
print(os.path.realpath(sys.executable))' 2>/dev/null && return
    done
    return 1
}

# All at once where that works; else each extra by itself, so that one that is not to be had takes no other with it.
install_with() {
    pip_install "$root[durable,html,tables${1:+,$1}]" 2>"$environment/extras.log" && return
    pip_install "$root${1:+[$1]}" || fail "the installation failed; the messages above are pip's"
    extra durable "durable_rules could not be built (it needs a C compiler)" "the plain engine gives the same results"
    extra html "what draws charts could not be installed" "there is no --format html"
    extra tables "DuckDB could not be installed" "there are no tables"
}

extra() {
    log=$environment/$1.log
    pip_install "$root[$1]" 2>"$log" || say "$2; see $log: $3"
}

# The page is tested in a real browser. Where there is none those tests are skipped, but in CI they fail.
browser() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null && return
    { command -v apt-get && [ "$(id -u)" -eq 0 ]; } >/dev/null || return 0
    say "installing chromium, in which the page is tested"
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends chromium; } >"$environment/chromium.log" 2>&1 ||
        say "chromium could not be installed (see $environment/chromium.log)"
}

# Spark is tested on one machine. Where there is no Java those tests are skipped, but in CI they fail.
java() {
    command -v java >/dev/null && return
    { command -v apt-get && [ "$(id -u)" -eq 0 ]; } >/dev/null || return 0
    say "installing Java, in which Spark is tested"
    { apt-get -qq update && apt-get -qq install --yes --no-install-recommends default-jre-headless; } >"$environment/java.log" 2>&1 ||
        say "Java could not be installed (see $environment/java.log)"
}

pip_install() {
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$1" >&2
}

say() {
    printf 'checker: %s\n' "$1" >&2
}

fail() {
    say "$1"
    exit 2
}
