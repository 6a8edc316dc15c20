# shellcheck shell=sh
# What the scenarios have in common. They run with "set -e": a command that fails is a case that fails.

fail() {
  [ ! -s err ] || sed 's/^/err: /' err
  echo "FAILED: $*" >&2
  exit 1
}

# Waits until a command succeeds. (To look more often takes the time of what is waited for.)
eventually() {
  # shellcheck disable=SC2016 # For that shell.
  timeout 300 sh -eu -c '. "$1"; . "$2"; shift 2; until ("$@") >/dev/null 2>&1; do sleep 0.5; done' sh \
    "$FUNCTIONS" "$SCENARIO" "$@" || fail "in vain waited for: $*"
}

# Runs a command that must end with the status $1. What it prints is in the files out and err.
ends_with() {
  ends_with_expected=$1
  shift
  ends_with_status=0
  "$@" >out 2>err || ends_with_status=$?
  cat out err
  [ "$ends_with_status" = "$ends_with_expected" ] ||
    fail "ended with $ends_with_status instead of $ends_with_expected: $*"
}

# Starts a command in the background, with the default signal actions, in a process group of its own: sets pid.
start() {
  setsid env --default-signal "$@" >out 2>err &
  pid=$!
}

# Waits for what was started; it must end with the status $1.
started_ends_with() {
  started_status=0
  wait "$pid" || started_status=$?
  cat out err
  [ "$started_status" = "$1" ] || fail "ended with $started_status instead of $1"
}

# The last command wrote this text to standard error.
said() {
  grep -qF -e "$1" err || fail "standard error lacks: $1"
}

# It wrote nothing there, but for what tells that this machine is slow.
said_nothing() {
  ! grep -v '^iblocksync: waiting for ' err || fail "standard error is not empty"
}

equal() {
  cmp "$1" "$2" || fail "$1 differs from $2"
}

# The logical volumes in vg0, without the pool and hidden ones, are these.
volumes_are() {
  volumes=$(lvs --noheadings -o lv_name -S 'lv_name!=pool' vg0 | sort | tr -d '\n ')
  expected=$(printf '%s\n' "$@" | sort | tr -d '\n ')
  [ "$volumes" = "$expected" ] || fail "the volumes are $volumes instead of $expected"
}

random() {
  dd if=/dev/urandom of="$1" bs=64k count=$(($2 * 16)) conv=notrunc status=none
}

# Writes a script $1 with the lines from standard input.
script() {
  cat >"$1"
  chmod 755 "$1"
}

# Writes the script "half": a source that stands still after $1 bytes, and does not end before the file "over" is there.
half_source() {
  rm -f over
  script half <<END
#!/bin/sh
iblocksync-serve "\$@" | { stdbuf -o 0 head -c $1; until [ -e over ]; do sleep 0.5; done; exec cat >/dev/null; }
END
}

# Ends the run that was started with that source.
end_half() {
  kill -TERM "$pid"
  : >over
  started_ends_with 143
}
