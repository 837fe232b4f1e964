_validator_completion() {
    local kind value about
    COMPREPLY=()
    while IFS=$'\t' read -r kind value about; do
        case $kind in
            plain) COMPREPLY+=("$value") ;;
            part) COMPREPLY+=("$value"); compopt -o nospace 2>/dev/null ;;
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
        esac
    done < <(_VALIDATOR_COMPLETE=bash _VALIDATOR_LINE="${COMP_LINE:0:COMP_POINT}" \
        _VALIDATOR_BREAKS="$COMP_WORDBREAKS" validator 2>/dev/null)
}
# Before bash 4.4, names of files are offered wherever nothing else is, and everything is sorted.
complete -o nosort -F _validator_completion validator 2>/dev/null ||
    complete -o default -F _validator_completion validator
