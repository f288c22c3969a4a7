# fish completion for l4d2ctl. The build writes the verbs from l4d2ctl's own table of them.

# __l4d2ctl_names KIND: l4d2ctl knows them. What may not be read without root is asked for by sudo,
# if that does not want a password now. A name is text, never code.
function __l4d2ctl_names
    set -l ask l4d2ctl
    fish_is_root_user; or set ask sudo -n l4d2ctl
    $ask names $argv[1] 2>/dev/null </dev/null | string match --regex -- '^[A-Za-z0-9][A-Za-z0-9._/-]*$'
end

# __l4d2ctl_at PLACE [VERB...]: whether the word that is typed is that one (1, 2, …) behind the
# verb; 0 is any, 1+ the first or a later one.
function __l4d2ctl_at
    set -l place $argv[1]
    set -l verb $argv
    set -e verb[1]
    set -l words (commandline --tokenize --cut-at-cursor --current-process)
    set -e words[1]
    for word in $verb
        test "$words[1]" = $word; or return 1
        set -e words[1]
    end
    test $place = 0; and return 0
    set -l now 1
    set -l value 0
    for word in $words
        if test $value = 1
            set value 0
        else if contains -- "$verb $word" $__l4d2ctl_valued
            set value 1
        else if not string match --quiet -- '-*' $word
            set now (math $now + 1)
        end
    end
    if string match --quiet -- '*+' $place
        test $now -ge (string trim --chars + $place)
    else
        test $now -eq $place
    end
end

complete -c l4d2ctl -f
#@VERBS@
