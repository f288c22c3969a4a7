# Shared by the scripts in ci/: steps on the screen, what the machine needs,
# and podman as it works on this machine. Sourced, never run.
# shellcheck shell=bash disable=SC2034

set -euo pipefail

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$project/.cache             # build trees and results; git ignores it
run_dir=/run/left4me-ci           # the mount namespace of hybrid machines
names=localhost/left4me           # prefix of every image made here
suite=trixie
checkout=$(sha256sum <<<"$project" | cut -c1-8) # tells the images and volumes of checkouts apart
# Containers are left4me-demo, left4me-test, …; with LEFT4ME_CI=NAME left4me-NAME-demo …,
# so that two checkouts can be at work on one machine.
container_prefix=left4me-${LEFT4ME_CI:+$LEFT4ME_CI-}
# Build trees outlive the containers, one for each checkout; the compiler's cache
# is for all of them.
build_volumes=(--volume "left4me-build-$checkout:/build"
    --volume left4me-ccache:/ccache)

# Podman needs root to boot an image with systemd, nftables and BPF filters. By env, for
# whom sudo lets run all commands it may still forbid to keep the environment.
if ((EUID != 0)); then
    kept=()
    for variable in LEFT4ME_CI LEFT4ME_TEST_ROUNDS BASE_IMAGE DEBIAN_SOURCES; do
        [[ ! -v $variable ]] || kept+=("$variable=${!variable}")
    done
    exec sudo -- env "${kept[@]}" "$0" "$@"
fi
mkdir -p "$cache"

step() { printf '\e[1m==> [%4ds] %s\e[0m\n' "$SECONDS" "$*" >&2; }
note() { printf '    %s\n' "$*" >&2; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# quietly LOG COMMAND...: the command's output goes to a file, and to the
# screen only when it fails.
quietly() {
    local log=$cache/log/$1
    shift
    mkdir -p "${log%/*}"
    if ! "$@" >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        die "failed: $* (all of its output: $log)"
    fi
}

# need_packages PACKAGE...: of Debian and its kin. Elsewhere the program of a package's name is
# looked for, and installing it is left to whoever knows that system.
need_packages() {
    local package missing=()
    if ! command -v apt-get >/dev/null; then
        for package in "$@"; do
            [[ $package == *-* ]] || command -v "$package" >/dev/null || missing+=("$package")
        done
        ((${#missing[@]} == 0)) || die "install on this machine: ${missing[*]}"
        return
    fi
    local known
    known=$'\n'$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>&1 || true)$'\n'
    for package in "$@"; do
        [[ $known == *$'\n'"$package installed"$'\n'* ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    step "installing on this machine: ${missing[*]}"
    quietly apt-update.log apt-get update
    DEBIAN_FRONTEND=noninteractive quietly apt-install.log \
        apt-get install -y --no-install-recommends "${missing[@]}"
}

# files_of_git PATH... : names of the project's files below these paths, each ended by NUL: tracked
# ones and new ones that are not ignored, so that build trees and editors' files do not count.
files_of_git() {
    (cd "$project" &&
        git -c safe.directory='*' ls-files -z --cached --others --exclude-standard -- "$@" |
        sort -zu | while IFS= read -rd '' file; do
            [[ ! -e $file ]] || printf '%s\0' "$file"
        done)
}

# hash_of PATH... : short digest of what is in these files, of their names and modes.
hash_of() {
    (
        set -o pipefail
        cd "$project" && files_of_git "$@" | xargs -0 stat -c '%A %n' &&
            files_of_git "$@" | xargs -0 sha256sum
    ) | sha256sum | cut -c1-16
}

# --- 32-bit programs ---------------------------------------------------------

# runs_32_bit: whether this machine starts the smallest 32-bit program: exit(0).
runs_32_bit() {
    local program=$cache/exit32 status=0
    base64 --decode >"$program" <<'END'
f0VMRgEBAQAAAAAAAAAAAAIAAwABAAAAVIAECDQAAAAAAAAAAAAAADQAIAABAAAAAAAAAAEAAAAA
AAAAAIAECACABAhdAAAAXQAAAAUAAAAAEAAAuAEAAAAx282A
END
    chmod +x "$program"
    "$program" 2>/dev/null || status=$?
    case $status in
        0) return 0 ;;
        126) return 1 ;; # a shell's word for ENOEXEC
        *) die "cannot tell whether this machine runs 32-bit programs: $program ended with $status" ;;
    esac
}

by_qemu=/proc/sys/fs/binfmt_misc/left4me-i386

# kernel_runs_32_bit: itself, and not qemu.
kernel_runs_32_bit() { [[ ! -e $by_qemu ]] && runs_32_bit; }

# The game is a 32-bit program. There are virtual machines whose kernel runs 64-bit code alone:
# there qemu runs it, in every container too, for its interpreter is opened here and once. What
# the tests find out of 32-bit programs' system calls is not found out there: they say so.
need_32_bit_programs() {
    local misc=${by_qemu%/*} head='\x7fELF\x01\x01\x01' zeros='\x00\x00\x00\x00'
    runs_32_bit && return
    step 'this kernel runs no 32-bit programs: qemu is to run them'
    need_packages qemu-user-static
    mountpoint -q "$misc" || mount -t binfmt_misc binfmt_misc "$misc"
    printf '%s' ":left4me-i386:M::$head\x00$zeros$zeros\x02\x00\x03\x00:" \
        '\xff\xff\xff\xff\xff\xfe\xfe\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff' \
        ':/usr/bin/qemu-i386-static:F' >"$misc/register"
    runs_32_bit || die 'no 32-bit program runs on this machine, not even by qemu'
}

# --- podman ------------------------------------------------------------------

unified_cgroups() { [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; }

# On a machine with cgroup v1 or hybrid cgroups crun refuses to work. There every
# podman call is made inside one private mount namespace whose /sys/fs/cgroup is
# a cgroup2 mount; nothing outside of it changes. (A container made inside and
# removed outside would leave its network namespace behind: hence one for all.)
enter_cgroup2() {
    local namespace=$run_dir/mnt
    if ! nsenter --mount="$namespace" true 2>&1; then
        mkdir -p "$run_dir"
        mountpoint -q "$run_dir" || mount --bind "$run_dir" "$run_dir"
        mount --make-private "$run_dir"
        : >"$namespace"
        unshare --mount="$namespace" --propagation private \
            sh -ec 'umount --recursive /sys/fs/cgroup; mount -t cgroup2 cgroup2 /sys/fs/cgroup'
    fi >/dev/null
}

podman() {
    if unified_cgroups; then
        command podman "$@"
    else
        enter_cgroup2
        nsenter --mount="$run_dir/mnt" podman --cgroup-manager=cgroupfs "$@"
    fi
}

# Callers without CAP_SYS_RESOURCE may only lower limits, and crun's defaults
# lie above what such a machine has.
container_limits=(--ulimit nofile=4096:4096 --ulimit nproc=1024:1024)

# beside_podman COMMAND...: with the mounts that podman has.
beside_podman() {
    if unified_cgroups; then
        "$@"
    else
        enter_cgroup2
        nsenter --mount="$run_dir/mnt" "$@"
    fi
}

# How a container of these images is run: root in it may do what root here may,
# because systemd, overlayfs, nftables and BPF filters are what is tested.
container_options=(--privileged --pids-limit=0 "${container_limits[@]}")

image_exists() { podman image exists "$1"; }

# drop_older KIND KEY: the images of that kind that another key made.
drop_older() {
    local image
    podman images --format '{{.Repository}}:{{.Tag}}' | grep -F "$names-$1:" |
        while read -r image; do
            [[ $image == "$names-$1:$2" ]] || podman rmi "$image" >/dev/null 2>&1 ||
                note "$image is still in use and stays"
        done
}

place_of_state() { podman volume inspect --format '{{.Mountpoint}}' "$1-state"; }

# keep_state_in_memory NAME: that of a container which is to be made; it is there after reboots, too.
keep_state_in_memory() {
    podman volume create "$1-state" >/dev/null
    beside_podman mount -t tmpfs -o mode=0755 left4me-state "$(place_of_state "$1")"
}

# remove_container NAME: with its state.
remove_container() {
    local place
    if podman container exists "$1"; then
        podman rm --force --time 0 "$1" >/dev/null
    fi
    if podman volume exists "$1-state"; then
        place=$(place_of_state "$1")
        ! beside_podman mountpoint -q "$place" || beside_podman umount "$place"
        podman volume rm "$1-state" >/dev/null
    fi
}

# wait_until_booted NAME: until systemd has started everything, and well.
wait_until_booted() {
    local try state=
    for ((try = 0; try < 300; try++)); do
        state=$(podman exec "$1" systemctl is-system-running --wait 2>&1) && break
        [[ $state == degraded ]] && break
        sleep 0.1
    done
    if [[ $state != running ]]; then
        podman exec "$1" systemctl --failed --no-pager --no-legend >&2
        die "$1 did not boot: it is $state"
    fi
    # PID 1 shares its mounts with later units on a real host, but not in a container.
    podman exec "$1" mount --make-rshared /
}

# reboot_container NAME: all processes end as at a shutdown, and systemd starts again. /run,
# /tmp and the journal in memory are new.
reboot_container() {
    podman exec "$1" systemctl --no-block start reboot.target
    podman wait "$1" >/dev/null
    podman start "$1" >/dev/null
    wait_until_booted "$1"
}

# --- audit records -----------------------------------------------------------

# begin_audit CONTAINER PART: counts from now on seccomp's audit records of programs
# whose path has PART in it. With the image of that container, but in the kernel's first
# network namespace, because they go nowhere else.
begin_audit() {
    local image line
    image=$(podman inspect --format '{{.ImageName}}' "$1")
    coproc AUDIT { podman run --rm --interactive --network=host "${container_options[@]}" \
        --volume "$project/tests:/tests:ro" "$image" \
        sh -c 'python3 /tests/syscalls/audit.py "$1" 2>&1 >/counts; status=$?; cat /counts; exit $status' sh "$2"; }
    audit_reader=$AUDIT_PID
    read -r -t 30 line <&"${AUDIT[0]}" || line=
    [[ $line == listening ]] || die "audit records cannot be read here: $line"
}

# end_audit FILE: writes the counts there.
end_audit() {
    local from=${AUDIT[0]} to=${AUDIT[1]}
    exec {to}>&-
    cat <&"$from" >"$1"
    wait "$audit_reader" || die 'the audit records are not whole'
}
