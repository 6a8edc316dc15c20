# What both makers of manual pages need.

# Plain text for roff, in ASCII.
function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/'/, "\\(aq", text)
  gsub(/"/, "\\(dq", text)
  gsub(/\^/, "\\(ha", text)
  gsub(/~/, "\\(ti", text)
  gsub(/→/, "\\(->", text)
  gsub(/−/, "\\(mi", text)
  gsub(/…/, "...", text)
  if (text ~ /^[.]/) text = "\\\\&" text
  return text
}

# A sentence begins a line, as roff wants it, and none is wider than a terminal.
function lines(text,  words, count, i, line) {
  count = split(text, words, " ")
  for (i = 1; i <= count; i++) {
    if (line == "") line = words[i]
    else if (length(line " " words[i]) > 78 || (line ~ /([a-z)]|\\fR)[.]$/ && line !~ /[.][a-z][.]$/)) {
      print line
      line = words[i]
    } else line = line " " words[i]
  }
  if (line != "") print line
}
