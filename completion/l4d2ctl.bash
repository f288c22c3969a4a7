# bash completion for l4d2ctl                              -*- shell-script -*-
# shellcheck shell=bash

# The verbs in their order, and of each the kinds of its words ("layer*": any number of
# them) and its options, those with a value as OPTION=KIND. The build writes them from
# l4d2ctl's own table of verbs.
declare -ga _l4d2ctl_verbs=()
declare -gA _l4d2ctl_words=() _l4d2ctl_options=()

_l4d2ctl_verb() {
    _l4d2ctl_verbs+=("$1")
    _l4d2ctl_words[$1]=$2
    _l4d2ctl_options[$1]=$3
}
#@VERBS@

# User left4me may make any name below /var/lib/left4me, and compgen -W would run what a
# name like '$(...)' says, as whoever pressed Tab: only names by the grammar are taken, and
# they are compared as text.
_l4d2ctl_servers() {
    local instances=/var/lib/left4me/instances path name LC_ALL=C
    [[ -r $instances && -x $instances ]] || return
    for path in "$instances"/*; do
        name=${path##*/}
        [[ $name =~ ^[a-z0-9][a-z0-9_-]{0,63}$ && $name == "$1"* ]] && COMPREPLY+=("$name")
    done
}

# _l4d2ctl_layers PREFIX [BELOW]: a directory with left4dead2 or a file in it is a layer,
# one of directories alone is on the way to others.
_l4d2ctl_layers() {
    local path name ref entry layer LC_ALL=C
    for path in "/var/lib/left4me/overlays/${2-}"*/; do
        path=${path%/} name=${path##*/} ref=${2-}$name layer=
        [[ -d $path && ! -L $path && $name =~ ^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$ ]] || continue
        [[ $ref == "$1"* || $1 == "$ref"/* ]] || continue
        for entry in "$path"/*; do
            [[ ${entry##*/} == left4dead2 || -f $entry ]] && layer=1 && break
        done
        if [[ $layer ]]; then
            [[ $ref == "$1"* ]] && COMPREPLY+=("$ref")
        else
            _l4d2ctl_layers "$1" "$ref/"
        fi
    done
}

# _l4d2ctl_value KIND: completes $cur to such a value.
_l4d2ctl_value() {
    case $1 in
        server) _l4d2ctl_servers "$cur" ;;
        layer) _l4d2ctl_layers "$cur" ;;
        spec) _filedir '@(yaml|yml)' ;;
        file) _filedir ;;
        *'|'*) mapfile -t COMPREPLY < <(compgen -W "${1//|/ }" -- "$cur") ;;
    esac
}

# _l4d2ctl_next GROUP: the words that come next, after a group of verbs ("overlay ") or none.
_l4d2ctl_next() {
    local verb next=
    for verb in "${_l4d2ctl_verbs[@]}"; do
        [[ $verb == "$1"* ]] || continue
        verb=${verb#"$1"}
        [[ " $next " == *" ${verb%% *} "* ]] || next+=" ${verb%% *}"
    done
    mapfile -t COMPREPLY < <(compgen -W "$next --help $2" -- "$cur")
}

_l4d2ctl_is_group() {
    local verb
    for verb in "${_l4d2ctl_verbs[@]}"; do
        [[ $verb == "$1 "* ]] && return
    done
    return 1
}

_l4d2ctl() {
    local cur prev words cword
    _init_completion || return

    local verb=${words[1]} first=2
    ((cword == 1)) && { _l4d2ctl_next '' --version; return; }
    if _l4d2ctl_is_group "$verb"; then
        ((cword == 2)) && { _l4d2ctl_next "$verb " ''; return; }
        verb+=" ${words[2]}" first=3
    fi
    local options kinds option place=0 i
    read -ra options <<<"${_l4d2ctl_options[$verb]-} --help"
    read -ra kinds <<<"${_l4d2ctl_words[$verb]-}"
    for option in "${options[@]}"; do
        [[ $option == "$prev="* ]] && { _l4d2ctl_value "${option#*=}"; return; }
    done
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "${options[*]%%=*}" -- "$cur")
        return
    fi
    # Which of the verb's words is it? Options may come before it, with their values.
    for ((i = first; i < cword; i++)); do
        if [[ " ${options[*]} " == *" ${words[i]}="* ]]; then
            ((++i))
        elif [[ ${words[i]} != -* ]]; then
            ((++place))
        fi
    done
    local kind=${kinds[place]-}
    [[ ! $kind && ${#kinds[@]} -gt 0 && ${kinds[-1]} == *'*' ]] && kind=${kinds[-1]}
    _l4d2ctl_value "${kind%'*'}"
}

complete -F _l4d2ctl l4d2ctl
