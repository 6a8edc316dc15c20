# Reads what iblocksync --help prints and writes it as a part of a manual page or as a shell's completion, so that an
# option that is told there stands everywhere. Usage: awk -v format=FORMAT -f roff.awk -f options.awk HELP [TEMPLATE], FORMAT being
# man (fills the lines @arguments@, @options@, @environment@, @exit@ and @notes@ of the template), bash, zsh or fish.
#
# The help's entries begin in column 3 with what they are about, and go on in column 25. What is said a second time about
# an option, its value ("HASH_ALGO"), one of its values ("-p full") or an argument is added to what was said before.

FNR == 1 { file++ }

file == 1 && /^[^ ]/ { end_entry() }
file == 1 && /^[A-Z].*:$/ { section = $0 }

file == 1 && /^  [^ ]/ {
  end_entry()
  term = substr($0, 3)
  text = ""
  if (match(term, /  +/)) {
    text = substr(term, RSTART + RLENGTH)
    term = substr(term, 1, RSTART - 1)
  }
}

file == 1 && /^                        / && term != "" {
  line = substr($0, 25)
  text = text == "" ? line : text " " line
}

file == 2 && term != "" { end_entry() }
file == 2 && /^@[a-z]+@$/ {
  fill($0)
  next
}
file == 2 { print }

END {
  end_entry()
  if (!options) {
    print "options.awk: error: no options are in the help" >"/dev/stderr"
    exit 1
  }
  if (format == "bash") bash()
  if (format == "zsh") zsh()
  if (format == "fish") fish()
}

function end_entry() {
  if (term != "") entry(term, text)
  term = ""
}

function entry(term, text,  names, count, i, words, known) {
  if (section ~ /^Exit status/) {
    add("exit", term, text)
    return
  }
  if (term !~ /^-/) {
    count = split(term, names, ", ")
    for (i = 1; i <= count; i++) {
      if (names[i] in option_of) {
        about[option_of[names[i]]] = about[option_of[names[i]]] "\n" text
      } else {
        add(section ~ /^Arguments/ || ("arguments", names[i]) in said ? "arguments" \
          : names[i] ~ /^[A-Z]+_[A-Z_]+$/ ? "environment" : "notes", names[i], text)
      }
    }
    return
  }
  # "-a HASH_ALGO, --algo HASH_ALGO" or "--algo HASH_ALGO" or "-f, --force"; "-p full" is about one value.
  count = split(term, names, ", ")
  for (i = 1; i <= count; i++) {
    split(names[i], words, /[ =]/)
    if (words[1] in option_of) known = option_of[words[1]]
  }
  if (known) {
    if (words[2] ~ /^[a-z]/) {
      if (index(" " choices[known] " ", " " words[2] " ") == 0) choices[known] = choices[known] " " words[2]
      text = words[2] ": " text
    }
    about[known] = about[known] "\n" text
    return
  }
  options++
  for (i = 1; i <= count; i++) {
    words[2] = ""
    split(names[i], words, /[ =]/)
    option_of[words[1]] = options
    if (words[1] ~ /^--/) long[options] = substr(words[1], 3)
    else short[options] = substr(words[1], 2)
    if (words[2] != "") {
      value[options] = words[2]
      option_of[words[2]] = options
    }
  }
  about[options] = text
  choices[options] = supported(text)
}

function add(list, name, text) {
  if ((list, name) in said) {
    said[list, name] = said[list, name] "\n" text
    return
  }
  said[list, name] = text
  name_of[list, ++size[list]] = name
}

# The quoted words behind "supported:", to the end of the sentence.
function supported(text,  at, words, count, i, found) {
  if (!(at = index(text, "supported:"))) return ""
  text = substr(text, at)
  if (at = index(text, "'. ")) text = substr(text, 1, at)
  count = split(text, words, "'")
  for (i = 2; i <= count; i += 2) found = found " " words[i]
  return substr(found, 2)
}

# --- the manual page

function paragraphs(text,  parts, count, i) {
  count = split(text, parts, "\n")
  for (i = 1; i <= count; i++) {
    if (i > 1) print ".IP"
    lines(roff(parts[i]))
  }
}

function fill(mark,  list, i, j, name) {
  list = substr(mark, 2, length(mark) - 2)
  if (list == "options") {
    # --help and --version come last, as in the help of 1.0.1.
    for (j = 1; j <= 2 * options; j++) {
      i = j > options ? j - options : j
      if ((long[i] ~ /^(help|version)$/) != (j > options)) continue
      print ".TP"
      name = ""
      if (i in short) name = "\\fB\\-" roff(short[i]) "\\fR" (i in value ? " \\fI" value[i] "\\fR" : "")
      if (i in short && i in long) name = name ", "
      if (i in long) name = name "\\fB\\-\\-" roff(long[i]) "\\fR" (i in value ? " \\fI" value[i] "\\fR" : "")
      print name
      paragraphs(about[i])
    }
    return
  }
  for (i = 1; i <= size[list]; i++) {
    name = name_of[list, i]
    print ".TP"
    print (list == "arguments" ? ".I " : ".B ") roff(name)
    paragraphs(said[list, name])
  }
}

# --- completions

# The first sentence, without what a shell would read as something else.
function brief(i,  text) {
  text = about[i]
  sub(/\n.*/, "", text)
  sub(/\. .*/, "", text)
  gsub(/[\\'"`$:\[\]]/, "", text)
  return text
}

function bash(  i, all, cases, pattern) {
  for (i = 1; i <= options; i++) {
    if (i in short) all = all " -" short[i]
    if (i in long) all = all " --" long[i]
    if (i in value) {
      pattern = i in short ? "-" short[i] : ""
      if (i in long) pattern = (pattern == "" ? "" : pattern " | ") "--" long[i]
      cases = cases "    " pattern ")\n      COMPREPLY=($(compgen -W '" choices[i] "' -- \"$word\"))\n      return\n      ;;\n"
    }
  }
  print "# Completion of iblocksync for bash; made from what iblocksync --help prints.\n"
  print "_iblocksync() {"
  print "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}"
  print "  COMPREPLY=()"
  print "  # Bash takes --algo=sha1 for three words."
  print "  if [[ $word == '=' ]]; then"
  print "    word="
  print "  elif [[ $before == '=' ]]; then"
  print "    before=${COMP_WORDS[COMP_CWORD - 2]}"
  print "  fi"
  print "  [[ $word != ':' && $before != ':' ]] || return # on another host"
  print "  # shellcheck disable=SC2207 # None of these words has a blank."
  print "  case $before in"
  printf "%s", cases
  print "  esac"
  print "  if [[ $word == -* ]]; then"
  print "    # shellcheck disable=SC2207"
  print "    COMPREPLY=($(compgen -W '" substr(all, 2) "' -- \"$word\"))"
  print "    return"
  print "  fi"
  print "  compopt -o filenames 2>/dev/null"
  print "  mapfile -t COMPREPLY < <(compgen -f -- \"$word\")"
  print "}"
  print "complete -F _iblocksync iblocksync"
}

function zsh(  i, names, rest) {
  print "#compdef iblocksync"
  print "# Completion of iblocksync for zsh; made from what iblocksync --help prints.\n"
  print "_arguments -s -S \\"
  for (i = 1; i <= options; i++) {
    rest = "[" brief(i) "]"
    if (i in value) rest = rest ":" value[i] ":" (choices[i] == "" ? "" : "(" choices[i] ")")
    if (i in short && i in long) {
      names = i in value ? "{-" short[i] "+,--" long[i] "=}" : "{-" short[i] ",--" long[i] "}"
      # What counts how often it was given (-vv) may be given again.
      print "  '" (repeats(i) ? "*" : "(-" short[i] " --" long[i] ")") "'" names "'" rest "' \\"
    } else if (i in long) {
      print "  '--" long[i] (i in value ? "=" : "") rest "' \\"
    } else {
      print "  '-" short[i] (i in value ? "+" : "") rest "' \\"
    }
  }
  print "  '1:SOURCE:_files' \\"
  print "  '2:TARGET:_files'"
}

function repeats(i) {
  return long[i] == "verbose"
}

function fish(  i, line) {
  print "# Completion of iblocksync for fish; made from what iblocksync --help prints.\n"
  for (i = 1; i <= options; i++) {
    line = "complete -c iblocksync"
    if (i in short) line = line " -s " short[i]
    if (i in long) line = line " -l " long[i]
    if (i in value) line = line " -x" (choices[i] == "" ? "" : " -a '" choices[i] "'")
    print line " -d '" brief(i) "'"
  }
}
