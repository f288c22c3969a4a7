# fish completion for l4d2ctl. The build writes the verbs from l4d2ctl's own table of them.

# Only names by the grammar are taken: user left4me may make any name in there.
function __l4d2ctl_servers
    for path in /var/lib/left4me/instances/*/
        string match --regex -- '^[a-z0-9][a-z0-9_-]{0,63}$' (basename $path)
    end
end

# A directory with left4dead2 or a file in it is a layer, one of directories alone is on the
# way to others.
function __l4d2ctl_layers --argument-names below
    for path in "/var/lib/left4me/overlays/$below"*/
        set -l name (basename $path)
        string match --quiet --regex -- '^[A-Za-z0-9][A-Za-z0-9._-]*$' $name; or continue
        if test -d $path/left4dead2; or test -n "$(find $path -maxdepth 1 -type f -print -quit)"
            echo "$below$name"
        else
            __l4d2ctl_layers "$below$name/"
        end
    end
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
        else if contains -- $word $__l4d2ctl_valued
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
