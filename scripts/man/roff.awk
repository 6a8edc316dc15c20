# What both makers of manual pages need.

# Plain text for roff, in ASCII.
function roff(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  gsub(/'/, "\\(aq", text)
  gsub(/"/, "\\(dq", text)
  gsub(/\^/, "\\(ha", text)
  gsub(/~/, "\\(ti", text)
  gsub(/…/, "...", text)
  text = ascii(text)
  if (text ~ /^[.]/) text = "\\\\&" text
  return text
}

# Writes each character beyond ASCII as groff names it, \\[u2192], for not every reader of roff takes UTF-8. It counts bytes,
# so the locale must be C.
function ascii(text,  out, i, byte, code, left) {
  if (text !~ /[\200-\377]/) return text
  if (!(1 in octets)) for (i = 1; i < 256; i++) {
    octets[i] = 1
    octet[sprintf("%c", i)] = i
  }
  for (i = 1; i <= length(text); i++) {
    byte = octet[substr(text, i, 1)]
    if (byte < 128) out = out substr(text, i, 1)
    else if (byte < 192) {
      code = code * 64 + byte - 128
      if (--left == 0) out = out sprintf("\\[u%04X]", code)
    } else {
      left = byte < 224 ? 1 : byte < 240 ? 2 : 3
      code = byte < 224 ? byte - 192 : byte < 240 ? byte - 224 : byte - 240
    }
  }
  return out
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
