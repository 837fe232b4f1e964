#compdef validator
_validator() {
    local kind value about
    local -a plain described parts
    while IFS=$'\t' read -r kind value about; do
        case $kind in
            plain) if [[ -n $about ]]; then described+=("${value//:/\\:}:$about"); else plain+=("$value"); fi ;;
            part) parts+=("$value") ;;
            dir) compset -P '*='; _files -/ ;;
            file) compset -P '*='; _files ;;
        esac
    done < <(_VALIDATOR_COMPLETE=zsh _VALIDATOR_LINE="${(j: :)words[1,CURRENT-1]} $PREFIX" validator 2>/dev/null)
    (( $#described )) && _describe -V 'validator' described -U
    (( $#plain )) && compadd -U -V validator -a plain
    (( $#parts )) && compadd -U -V validator -S '' -a parts
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _validator "$@"
else
    compdef _validator validator
fi
