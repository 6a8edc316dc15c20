# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # Its variables come from and go to the files that source it.
# Finding Java: functions for the launchers and for scripts/build, which set ibs_name and source this file.

# Says on standard error what is wrong, in the program's own manner, and ends.
ibs_fail() {
  printf '%s: error: %s\n' "$ibs_name" "$*" >&2
  exit 1
}

# Sets ibs_java to the java to run, symbolic links followed, and ibs_java_home to its home. Fails if there is none.
ibs_find_java() {
  if [ -n "${JAVA_HOME-}" ]; then
    ibs_java=$JAVA_HOME/bin/java
  else
    ibs_java=$(readlink -f -- "$(command -v java)" 2>/dev/null)
  fi
  ibs_java_home=${ibs_java%/bin/java}
  [ -x "$ibs_java" ] && [ ! -d "$ibs_java" ]
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
    ibs_version=$("$1/bin/java" -version 2>&1 </dev/null)
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
