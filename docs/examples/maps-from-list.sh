#!/bin/bash
# Addons from the archives that a list on the web names: the layer has those of the
# archives on the list, and none else. Archives that did not change are not fetched again.
#
#   cp /usr/share/doc/left4me/examples/maps-from-list.sh .    # and change the next line
#   sudo l4d2ctl overlay build maps/community -f maps-from-list.sh --daily
list=https://example.org/maps.txt # an address of a .zip, .7z or .tar.* in each line
#
# Needs curl and bsdtar (package libarchive-tools) on the host.
set -euo pipefail

addons=left4dead2/addons
known=.maps-from-list # of each archive: NAME.etag, its version, and NAME.files, its addons
work=.work            # not /tmp, which is memory
mkdir -p "$addons" "$known" "$work"
trap 'rm -rf "$OVERLAY/$work"' EXIT
fetch=(curl --fail --location --silent --show-error --retry 3 --connect-timeout 30)

declare -A wanted
"${fetch[@]}" --output "$work/list" "$list"
while read -r url _; do
    [[ $url && $url != '#'* ]] || continue
    name=${url##*/}
    name=${name//[^A-Za-z0-9._-]/_}
    wanted[$name]=$url
done <"$work/list"

remove_addons_of() { # NAME
    [[ -f $known/$1.files ]] || return 0
    while read -r addon; do rm -f "$addons/$addon"; done <"$known/$1.files"
    rm -f "$known/$1.files" "$known/$1.etag"
}

for file in "$known"/*.files; do
    name=$(basename "$file" .files)
    [[ -v wanted[$name] || ! -f $file ]] && continue
    echo "$name: is not on the list any more"
    remove_addons_of "$name"
done

for name in "${!wanted[@]}"; do
    rm -rf "$work/archive" "$work/etag" "$work/unpacked"
    touch "$known/$name.etag"
    "${fetch[@]}" --etag-compare "$known/$name.etag" --etag-save "$work/etag" \
        --output "$work/archive" "${wanted[$name]}"
    if [[ ! -f $work/archive ]]; then
        echo "$name: did not change"
        continue
    fi
    echo "$name: unpacking"
    mkdir "$work/unpacked"
    bsdtar --no-same-permissions -C "$work/unpacked" -xf "$work/archive"
    remove_addons_of "$name"
    find "$work/unpacked" -name '*.vpk' -type f -printf '%f\n' | sort >"$work/files"
    [[ -s $work/files ]] || { echo "$name: there is no .vpk in it" >&2; exit 1; }
    find "$work/unpacked" -name '*.vpk' -type f -exec mv -t "$addons" {} +
    mv "$work/files" "$known/$name.files"
    [[ ! -f $work/etag ]] || mv "$work/etag" "$known/$name.etag"
done
