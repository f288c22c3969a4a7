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

# _l4d2ctl_names KIND PREFIX: l4d2ctl knows them. What may not be read without root is asked for by
# sudo, where that is on the line (_comp_root_command is what its completion sets) and does not
# want a password now. A name is text, never code: compgen -W would run what '$(...)' says.
_l4d2ctl_names() {
    local name LC_ALL=C
    local -a ask=(l4d2ctl)
    if ((EUID != 0)); then
        [[ ${_comp_root_command-} ]] || return
        ask=(sudo -n l4d2ctl)
    fi
    while IFS= read -r name; do
        [[ $name =~ ^[A-Za-z0-9][A-Za-z0-9._/-]*$ && $name == "$2"* ]] && COMPREPLY+=("$name")
    done < <("${ask[@]}" names "$1" 2>/dev/null </dev/null)
}

# _l4d2ctl_value KIND: completes $cur to such a value.
_l4d2ctl_value() {
    case $1 in
        server) _l4d2ctl_names servers "$cur" ;;
        layer) _l4d2ctl_names layers "$cur" ;;
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

complete -o nosort -F _l4d2ctl l4d2ctl
