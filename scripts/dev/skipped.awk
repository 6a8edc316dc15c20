# Prints the skipped tests of the XML reports of JUnit's runners, a line for each: its class, its name, and the whole reason.

function attribute(line, name) {
  if (!match(line, " " name "=\"[^\"]*\"")) return ""
  return decoded(substr(line, RSTART + length(name) + 3, RLENGTH - length(name) - 4))
}

function decoded(text) {
  gsub(/&lt;/, "<", text)
  gsub(/&gt;/, ">", text)
  gsub(/&quot;/, "\"", text)
  gsub(/&apos;/, "'", text)
  gsub(/&#10;/, " ", text)
  gsub(/&amp;/, "\\&", text)
  return text
}

function end() {
  gsub(/[ \t]+/, " ", why)
  sub(/^ ?([a-zA-Z0-9_]+\.)+[A-Za-z]+(Exception|Error)(: ?|$)/, "", why)
  sub(/^ /, "", why)
  sub(/ $/, "", why)
  print "  " class "." test (why == "" ? "" : ": " why)
  inside = 0
}

/^ *<testcase / {
  class = attribute($0, "classname")
  test = attribute($0, "name")
}

/^ *<skipped/ {
  inside = 1
  why = attribute($0, "message")
  trace = why != ""
  last = $0 ~ /^ *<skipped[^>]*\/>/
  sub(/^ *<skipped[^>]*>(<!\[CDATA\[)?/, "")
}

# Without a message it is what stands before the stack trace.
inside {
  if ($0 ~ /<\/skipped>/) last = 1
  if ($0 ~ /^\tat / || $0 ~ /^Caused by: /) trace = 1
  sub(/(\]\]>)?<\/skipped>.*/, "")
  if (!trace) why = why " " $0
  if (last) end()
}
