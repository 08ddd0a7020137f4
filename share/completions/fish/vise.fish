# fish completion for vise: the program itself knows what may stand where (vise complete).
function __vise_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (command $words[1] complete -- $words[2..-1] 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path $words[-1]
        else
            echo $line
        end
    end
end
complete -c vise -f -a '(__vise_complete)'
