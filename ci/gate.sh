#!/bin/sh
# The gate of a repository that keeps facts: one run of checker, reports for the service
# that it runs on, and checker's own exit code (0 nothing fails, 1 findings fail, 2 the
# input or the call is wrong, 70 checker's fault). Copy it. It needs a POSIX shell and
# checker, and git where CHECKER_CHANGED is set.
#
#   ci/gate.sh [ARGUMENT…]    what checker run takes: paths, and any further options
#
# Set in the environment, each optional:
#
#   CHECKER_COMMAND   the program to run; checker
#   CHECKER_REPORTS   the directory for junit.xml, checker.sarif, summary.md and
#                     report.json; checker-reports
#   CHECKER_CHANGED   fail only for findings that touch what has changed since a commit:
#                     its name, or “base” for where a pull or merge request leaves its
#                     target (elsewhere “base” does nothing)
#   CHECKER_BASELINE  fail only for findings that this report.json of an earlier run does
#                     not have
#   CHECKER_STRICT    “yes”: warnings fail too
#
# On GitHub the findings are annotations too, and the step's summary takes summary.md.
set -u

command=${CHECKER_COMMAND:-checker}
reports=${CHECKER_REPORTS:-checker-reports}

main() {
    mkdir -p -- "$reports" || exit 2
    # What an earlier run left must not pass for this one's.
    (cd -- "$reports" && rm -f junit.xml checker.sarif summary.md report.json \
        annotations.txt) || exit 2
    if [ -n "${CHECKER_CHANGED:-}" ]; then
        since=$(since "$CHECKER_CHANGED") || exit 2
        [ -z "$since" ] || set -- --changed "$since" "$@"
    fi
    [ -z "${CHECKER_BASELINE:-}" ] || set -- --baseline "$CHECKER_BASELINE" "$@"
    [ "${CHECKER_STRICT:-}" != yes ] || set -- --strict "$@"
    if [ "${GITHUB_ACTIONS:-}" = true ]; then
        github "$@"
    else
        run "$@"
    fi
    status=$?
    if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -f "$reports/summary.md" ]; then
        cat -- "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"
    fi
    exit "$status"
}

run() {
    "$command" run --format table --format "junit=$reports/junit.xml" \
        --format "sarif=$reports/checker.sarif" --format "markdown=$reports/summary.md" \
        --format "json=$reports/report.json" "$@"
}

# A line of output that looks like a command is one to GitHub, wherever it comes from. So
# that no quote in the table can give any, commands are off until a word that none can
# know; only the annotations, which are escaped, are read.
github() {
    word=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    [ -n "$word" ] || exit 2
    printf '::stop-commands::%s\n' "$word"
    run --format "github=$reports/annotations.txt" "$@"
    status=$?
    printf '\n::%s::\n' "$word"
    [ ! -f "$reports/annotations.txt" ] || cat -- "$reports/annotations.txt"
    return "$status"
}

# The commit that a name means; nothing for “base” where nothing is to be merged.
since() {
    if [ "$1" != base ]; then
        printf '%s\n' "$1"
    elif [ -n "${GITHUB_BASE_REF:-}" ]; then
        fork "origin/$GITHUB_BASE_REF"
    elif [ -n "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}" ]; then
        printf '%s\n' "$CI_MERGE_REQUEST_DIFF_BASE_SHA"
    fi
}

fork() {
    git merge-base -- "$1" HEAD && return
    printf 'gate: no common history with %s: check out all of it (fetch-depth: 0)\n' \
        "$1" >&2
    return 2
}

main "$@"
