#!/bin/bash
# Addons by a list of checksums: the layer has the files of the list, each of which has the
# content that the list says, and none else. What is there is not fetched again.
#
#   cp /usr/share/doc/left4me/examples/maps-by-checksum.sh .  # and change the next line
#   sudo l4d2ctl overlay build maps/curated -f maps-by-checksum.sh --daily
list=https://example.org/maps.sha256 # in each line a SHA-256 sum and the address of a .vpk
#
# Needs curl on the host.
set -euo pipefail

addons=left4dead2/addons
known=.maps-by-checksum # the addons that are the list's
work=.work              # not /tmp, which is memory
mkdir -p "$addons" "$work"
touch "$known" "$work/names"
trap 'rm -rf "$OVERLAY/$work"' EXIT
fetch=(curl --fail --location --silent --show-error --retry 3 --connect-timeout 30)
refuse() { echo "the list $1" >&2; exit 1; }

"${fetch[@]}" --output "$work/list" "$list"
while IFS= read -r line || [[ $line ]]; do # the last one may have no end
    read -r sum url _ <<<"${line%$'\r'}"
    [[ $sum && $sum != '#'* ]] || continue
    sum=${sum,,}
    name=${url##*/}
    [[ $sum =~ ^[0-9a-f]{64}$ && $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]*\.vpk$ ]] ||
        refuse "has a line that is no sum and address of a .vpk: $line"
    ! grep -qxF "$name" "$work/names" || refuse "has two files with the name $name"
    echo "$name" >>"$work/names"
    if [[ -f $addons/$name ]] && sha256sum --check --status <<<"$sum  $addons/$name"; then
        echo "$name: is there"
        continue
    fi
    echo "$name: fetching"
    "${fetch[@]}" --output "$work/$name" "$url"
    sha256sum --check --quiet <<<"$sum  $work/$name"
    mv "$work/$name" "$addons/$name"
done <"$work/list"
[[ -s $work/names ]] || refuse "is empty"

sort "$work/names" -o "$work/names"
while read -r name; do
    echo "$name: is not on the list any more"
    rm -f "$addons/$name"
done < <(comm -23 "$known" "$work/names")
mv "$work/names" "$known"
