# Writes a document in Markdown, of the kind that PROTOCOL.md is, as the body of a manual page: headings, paragraphs,
# lists, tables, code and bold words. Usage: awk -f roff.awk -f markdown.awk DOCUMENT >>PAGE

function flush(  text) {
  if (paragraph == "") return
  lines(marked(paragraph))
  paragraph = ""
}

# Code and bold words in bold, *others* in italics.
function marked(text,  out, end, font) {
  text = roff(text)
  while (match(text, /`[^`]+`|[*][*][^*]+[*][*]|[*][^* ]+[*]/)) {
    end = substr(text, RSTART, 2) == "**" ? 2 : 1
    font = substr(text, RSTART, 1) == "`" || end == 2 ? "\\fB" : "\\fI"
    out = out substr(text, 1, RSTART - 1) font substr(text, RSTART + end, RLENGTH - 2 * end) "\\fR"
    text = substr(text, RSTART + RLENGTH)
  }
  return out text
}

# A table's rows are kept until it is over: only then it is known which columns must be broken into lines.
function table(  i, j, format) {
  if (!rows) return
  print ".PP"
  print ".TS"
  for (j = 1; j <= columns; j++) format = format (j > 1 ? " " : "") (wide[j] ? "lx" : "l")
  head = format
  gsub(/l/, "lb", head)
  print head
  print format "."
  for (i = 1; i <= rows; i++) {
    for (j = 1; j <= columns; j++) {
      if (j > 1) printf "\t"
      if (wide[j] && i > 1) printf "T{\n%s\nT}", marked(cell[i, j])
      else printf "%s", marked(cell[i, j])
    }
    print ""
  }
  print ".TE"
  for (j = 1; j <= columns; j++) wide[j] = 0
  rows = 0
}

BEGIN { started = 1 } # As below a heading, where no macro begins a paragraph.

/^\|/ {
  flush()
  if ($0 ~ /^\|[-|]*$/) next
  rows++
  columns = split($0, parts, / *\| */) - 2
  for (j = 1; j <= columns; j++) {
    cell[rows, j] = parts[j + 1]
    if (length(parts[j + 1]) > 24) wide[j] = 1
  }
  next
}

{ table() }

/^# / { next } # The page has a name of its own.
/^## / {
  flush()
  print ".SH " toupper(marked(substr($0, 4)))
  started = 1
  next
}
/^### / {
  flush()
  print ".SS " marked(substr($0, 5))
  started = 1
  next
}
/^$/ {
  flush()
  blank = 1
  next
}
/^(-|[0-9]+\.) / {
  flush()
  print ($1 == "-" ? ".IP \\(bu 2" : ".IP " $1 " 4")
  paragraph = substr($0, index($0, " ") + 1)
  blank = 0
  next
}
/^ +[^ ]/ && paragraph != "" {
  sub(/^ +/, "")
  paragraph = paragraph " " $0
  next
}
{
  if (paragraph == "" && !started) print ".PP"
  paragraph = paragraph == "" ? $0 : paragraph " " $0
  started = 0
}

END {
  flush()
  table()
}
