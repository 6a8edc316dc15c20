# Completion of iblocksync for bash.

_iblocksync() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  # Bash takes --algo=sha1 for three words.
  if [[ $word == '=' ]]; then
    word=
  elif [[ $before == '=' ]]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  [[ $word != ':' && $before != ':' ]] || return # a path on another machine
  local words
  case $before in
    -a | --algo)
      words='adler32 crc32 md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512 xxh128'
      ;;
    -p | --progress) words='none dot full json' ;;
    -b | --block | --bwlimit | --timeout) return ;;
    *)
      if [[ $word != -* ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
      fi
      words='-a --algo -b --block --bwlimit --discard --existing -f --force --force-empty --force-in-use -h --help
        --json --keep-rest -n --dry-run -p --progress --sparse --timeout -v --verbose --verify --version -z --compress'
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _iblocksync iblocksync
