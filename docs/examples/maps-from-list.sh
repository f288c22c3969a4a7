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
order=()
"${fetch[@]}" --output "$work/list" "$list"
while IFS= read -r line || [[ $line ]]; do # the last one may have no end
    read -r url _ <<<"${line%$'\r'}"
    [[ $url && $url != '#'* ]] || continue
    name=${url##*/}
    name=${name//[^A-Za-z0-9._-]/_}
    name=$(sha256sum <<<"$url" | head -c 8)-${name:0:200} # two places, one name
    [[ -v wanted[$name] ]] || order+=("$name")
    wanted[$name]=$url
done <"$work/list"
((${#order[@]})) || { echo "the list is empty" >&2; exit 1; }

remove_addons_of() { # NAME
    [[ -f $known/$1.files ]] || return 0
    while read -r addon; do rm -f "$addons/$addon"; done <"$known/$1.files"
    rm -f "$known/$1.files" "$known/$1.etag"
}

add_addons_of() { # NAME, from what was unpacked; whole is false if others have one of them
    local file addon
    whole=true
    : >"$work/files"
    while IFS= read -rd '' file; do
        addon=${file##*/}
        if [[ -e $addons/$addon ]]; then
            echo "$1: $addon is there already, from elsewhere, and stays"
            whole=false
            continue
        fi
        mv "$file" "$addons/$addon"
        echo "$addon" >>"$work/files"
    done < <(find "$work/unpacked" -name '*.vpk' ! -name $'*\n*' -type f -print0 | sort -z)
    mv "$work/files" "$known/$1.files"
}

for file in "$known"/*.files; do
    name=$(basename "$file" .files)
    [[ -v wanted[$name] || ! -f $file ]] && continue
    echo "$name: is not on the list any more"
    remove_addons_of "$name"
done

for name in "${order[@]}"; do
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
    [[ $(find "$work/unpacked" -name '*.vpk' -type f -print -quit) ]] ||
        { echo "$name: there is no .vpk in it" >&2; exit 1; }
    remove_addons_of "$name"
    add_addons_of "$name"
    # One whose addons are not all there is fetched again the next time.
    if $whole && [[ -f $work/etag ]]; then
        mv "$work/etag" "$known/$name.etag"
    fi
done
