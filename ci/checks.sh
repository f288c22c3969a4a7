# Shared by the scripts that check without GoogleTest: they say it in its words, which ci/test
# counts. Sourced, never run; suite names the checks, failed is 1 after one of them failed.
# shellcheck shell=bash disable=SC2034,SC2154

failed=0

# check NAME COMMAND...: the command says what is wrong, and ends with another status than 0.
check() {
    local name=$suite.$1 verdict='       OK'
    shift
    echo "[ RUN      ] $name"
    local begin=${EPOCHREALTIME//[^0-9]/}
    "$@" || verdict='  FAILED '
    echo "[$verdict ] $name ($(((${EPOCHREALTIME//[^0-9]/} - begin) / 1000)) ms)"
    if [[ $verdict == *FAILED* ]]; then
        failed=1
    fi
}

# skip NAME REASON: a check that this machine cannot make.
skip() { printf '[ RUN      ] %s\n%s\n[  SKIPPED ] %s (0 ms)\n' "$suite.$1" "$2" "$suite.$1"; }
