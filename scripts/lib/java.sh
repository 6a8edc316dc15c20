# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # Its variables come from and go to the files that source it.
# Finding Java: functions for the launchers and for scripts/build, which set ibs_name and source this file.

# Says on standard error what is wrong, in the program's own manner, and ends.
ibs_fail() {
  printf '%s: error: %s\n' "$ibs_name" "$*" >&2
  exit 1
}

# Sets ibs_java to the java to run, symbolic links followed, ibs_java_home to its home, and ibs_version and ibs_feature as
# ibs_java_version does: JAVA_HOME's, if it is of at least 17, else the one on PATH. If neither is, fails and sets ibs_why.
ibs_find_java() {
  ibs_why=
  if [ -n "${JAVA_HOME-}" ]; then
    ibs_take_java "$JAVA_HOME/bin/java" && return
    ibs_why="JAVA_HOME is $JAVA_HOME, ${ibs_fault:-where no java is}, and "
  fi
  ibs_take_java "$(readlink -f -- "$(command -v java)" 2>/dev/null)" && return
  if [ -n "$ibs_fault" ]; then
    ibs_why="$ibs_why$ibs_java, $ibs_fault, is the java on PATH"
  else
    ibs_why="${ibs_why}there is no java on PATH"
  fi
  return 1
}

# Takes this file as the java to run if it can be. Else fails and sets ibs_fault, which is empty if there is no such file.
ibs_take_java() {
  ibs_fault=
  ibs_java=$1
  ibs_java_home=${1%/bin/java}
  [ -x "$1" ] && [ ! -d "$1" ] || return 1
  ibs_java_version "$ibs_java_home"
  [ "$ibs_feature" -lt 17 ] || return 0
  ibs_fault="which is Java ${ibs_version:-of an unknown version}"
  return 1
}

# Sets ibs_version to the version of the Java home $1 ("17.0.15") and ibs_feature to its first number. The file "release"
# that every JDK has costs nothing to read; only where it is missing is the JVM asked, which takes as long as a start.
ibs_java_version() {
  ibs_version=
  if [ -r "$1/release" ]; then
    while IFS='="' read -r ibs_key ibs_skip ibs_value ibs_skip; do
      if [ "$ibs_key" = JAVA_VERSION ]; then
        ibs_version=$ibs_value
        break
      fi
    done <"$1/release"
  fi
  if [ -z "$ibs_version" ]; then
    ibs_version=$(
      unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS
      "$1/bin/java" -version 2>&1 </dev/null
    )
    case $ibs_version in
      *' version "'*)
        ibs_version=${ibs_version#*' version "'}
        ibs_version=${ibs_version%%'"'*}
        ;;
      *) ibs_version= ;;
    esac
  fi
  ibs_feature=${ibs_version%%[!0-9]*}
  : "${ibs_feature:=0}"
}

# Of what the JVM has to say, its first line that holds a reason.
ibs_reason() {
  printf '%s\n' "$1" | sed -e 's/^# *//' -e 's/^Error: //' -e '/^$/d' -e '/^\[/d' -e '/ VM warning: /d' -e '/^Error occurred during init/d' \
    -e '/^Could not create the Java Virtual Machine/d' -e '/^A fatal exception has occurred/d' \
    -e '/^There is insufficient memory for the Java/d' | head -n 1
}

# Tries whether the JVM starts with those of the arguments that stand before -cp. If not, says why and ends.
ibs_try_start() {
  ibs_left=$#
  while [ $# != 0 ] && [ "$1" != -cp ]; do
    set -- "$@" "$1"
    shift
    ibs_left=$((ibs_left - 1))
  done
  shift "$ibs_left"
  # The program needs some more memory than a start.
  [ -z "$ibs_small" ] || set -- "$@" -XX:CompressedClassSpaceSize=128m
  # Not its last command, so that the death by a signal is told there, too.
  ibs_said=$(
    exec </dev/null 2>&1
    "$ibs_java" "$@" -XX:ErrorFile=/dev/null -version
    exit $?
  ) && return
  ibs_why=$(ibs_reason "$ibs_said")
  [ -z "${IBLOCKSYNC_JAVA_OPTS-}" ] || ibs_why="$ibs_why (IBLOCKSYNC_JAVA_OPTS is '$IBLOCKSYNC_JAVA_OPTS')"
  [ -z "$ibs_small" ] || ibs_why="$ibs_why (ulimit -v or -d lets it have $ibs_small KiB; 1000000 are enough)"
  ibs_fail "Java cannot start: $ibs_why"
}
