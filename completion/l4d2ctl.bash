# bash completion for l4d2ctl                              -*- shell-script -*-
# shellcheck shell=bash

# User left4me may make any name in there, and compgen -W would run what a name
# like '$(...)' says, as whoever pressed Tab: only names by the grammar are
# taken, and they are compared as text.
_l4d2ctl_instances() {
    local instances=/var/lib/left4me/instances path name LC_ALL=C
    [[ -r $instances && -x $instances ]] || return
    for path in "$instances"/*; do
        name=${path##*/}
        [[ $name =~ ^[a-z0-9][a-z0-9_-]{0,63}$ && $name == "$1"* ]] && COMPREPLY+=("$name")
    done
}

_l4d2ctl() {
    local cur prev words cword
    _init_completion || return

    if ((cword == 1)); then
        mapfile -t COMPREPLY < <(compgen -W \
            'initialize start stop delete reset status logs overlay install update workshop doctor --help --version' -- "$cur")
        return
    fi
    case ${words[1]}:$prev in
        initialize:-f | initialize:--file)
            _filedir '@(yaml|yml)'
            return
            ;;
        overlay:-f | overlay:--file)
            _filedir
            return
            ;;
        overlay:overlay)
            mapfile -t COMPREPLY < <(compgen -W 'list show create build refresh forget import delete history rollback --help' -- "$cur")
            return
            ;;
        logs:--lines | install:--user | update:--user) return ;;
        workshop:workshop)
            mapfile -t COMPREPLY < <(compgen -W 'add refresh list remove --help' -- "$cur")
            return
            ;;
    esac
    if [[ ${words[1]} == overlay && ${words[2]} == import ]] && ((cword == 4)); then
        _filedir
        return
    fi
    if [[ $cur == -* ]]; then
        local options='--help'
        case ${words[1]} in
            initialize) options+=' --file' ;;
            overlay)
                case ${words[2]} in
                    build) options+=' --file --multiarch --daily' ;;
                    list | show | history) options+=' --json' ;;
                esac
                ;;
            status | doctor) options+=' --json' ;;
            logs) options+=' --lines --follow --no-follow' ;;
            install | update) options+=' --user --validate' ;;
            workshop) [[ ${words[2]} == list ]] && options+=' --json' ;;
        esac
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        return
    fi
    # One name, in any place: options may come before it.
    local word i
    for ((i = 2; i < cword; i++)); do
        word=${words[i]}
        [[ $word == -* || ${words[i - 1]} =~ ^(-f|--file|--lines)$ ]] || return
    done
    case ${words[1]} in
        initialize | start | stop | delete | reset | status | logs) _l4d2ctl_instances "$cur" ;;
    esac
}

complete -F _l4d2ctl l4d2ctl
