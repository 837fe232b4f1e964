function __validator_completion
    set -l token (commandline -ct)
    set -l line (commandline -cp | string collect)
    for answer in (env _VALIDATOR_COMPLETE=fish _VALIDATOR_LINE=$line validator 2>/dev/null)
        set -l parts (string split -m 2 \t -- $answer)
        set -l before (string match -r -- '^[^=]*=' $token; or echo '')
        set -l typed (string replace -r -- '^[^=]*=' '' $token)
        switch $parts[1]
            case plain part
                printf '%s\t%s\n' $parts[2] $parts[3]
            case dir
                for found in (__fish_complete_directories $typed)
                    echo $before$found
                end
            case file
                for found in (__fish_complete_path $typed)
                    echo $before$found
                end
        end
    end
end
complete --command validator --no-files --arguments '(__validator_completion)'
