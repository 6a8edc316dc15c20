# shellcheck shell=sh
# shellcheck disable=SC2154 # Its variables come from the launcher.
# The launchers' common part. A launcher sets ibs_name (the program) and ibs_self (its own path) and sources this file, in
# a clone from scripts/, in an installed copy from PREFIX/lib/iblocksync/. It ends by turning into Java (exec).
#
# A sync starts three of these, so what happens on every start is built into the shell, but for readlink (where is Java?)
# and, in a clone, find (is the build older than the sources?). Standard output is the wire: nothing here writes to it.
# All variables begin with ibs_, because the shell hands on the new value of a variable that the caller has exported.

# A descriptor that the caller closed would become the number of the first file that Java opens.
true 3>&2 || exec 2>/dev/null
{ true 3<&0; } 2>/dev/null || exec 0</dev/null
{ true 3>&1; } 2>/dev/null || exec 1>/dev/null

# shellcheck source=scripts/java.sh
. "$ibs_lib/java.sh"

# A folder's real path, also when it is relative, begins with a dash or ends in a newline. (With CDPATH cd would print.)
case $ibs_self in /*) ;; *) ibs_self=./$ibs_self ;; esac
ibs_bin=$(CDPATH='' cd -P -- "${ibs_self%/*}/" && printf '%s.' "$PWD") || ibs_fail "cannot enter ${ibs_self%/*}"
ibs_bin=${ibs_bin%.}

# Java cannot start in a folder that was removed, and says so with a stack trace.
if [ -z "${PWD-}" ] || [ ! -e "$PWD/." ]; then
  ibs_fail "the current folder is not there any more"
fi

# Programs, libraries and archives lie as scripts/build leaves them, in the installed copy too.
if [ -x "$ibs_lib/build" ]; then
  ibs_root=${ibs_bin%/*}
  ibs_app=$ibs_root/target/iblocksync
  # A folder is as new as the last file that was made in it or removed from it.
  if [ ! -e "$ibs_app/built" ] || [ -n "$(find "$ibs_root/pom.xml" "$ibs_root"/iblocksync-*/pom.xml \
    "$ibs_root"/iblocksync-*/src/main -newer "$ibs_app/built" 2>/dev/null)" ]; then
    "$ibs_bin/build" "$ibs_name" </dev/null >&2 || exit 1
  fi
else
  ibs_app=${ibs_bin%/*}/lib/iblocksync
fi

ibs_find_java || {
  [ -z "${JAVA_HOME-}" ] || ibs_fail "JAVA_HOME is $JAVA_HOME, but no Java is there:" \
    "correct it, or unset it and install the Debian package openjdk-17-jre-headless (or default-jre-headless)"
  ibs_fail "Java 17 or newer is missing: install the Debian package openjdk-17-jre-headless (or default-jre-headless)"
}
ibs_java_version "$ibs_java_home"
[ "$ibs_feature" -ge 17 ] || ibs_fail "$ibs_java is Java ${ibs_version:-of an unknown version}, but 17 or newer is" \
  "needed: install the Debian package openjdk-17-jre-headless (or default-jre-headless), or set JAVA_HOME"

# From here on the positional parameters are Java's: what the user gave stays last, and options are put in before.
# The three programs share one class path (the manifest of iblocksync.jar names lib/).
case $ibs_name in
  iblocksync-serve) ibs_main=serve ;;
  iblocksync-receive) ibs_main=receive ;;
  *) ibs_main=cli ;;
esac
set -- -cp "$ibs_app/iblocksync.jar" "io.iblocksync.$ibs_main.Main" "$@"

# Java 17 cannot tell which descriptors are terminals.
ibs_tty=
[ ! -t 0 ] || ibs_tty=0
[ ! -t 1 ] || ibs_tty=${ibs_tty}1
if [ -t 2 ]; then
  ibs_tty=${ibs_tty}2
  if [ "$ibs_name" = iblocksync ]; then
    ibs_columns=$(stty size <&2 2>/dev/null)
    [ "${ibs_columns#* }" -gt 0 ] 2>/dev/null && set -- "-Diblocksync.columns=${ibs_columns#* }" "$@"
  fi
fi
set -- "-Diblocksync.bin=$ibs_bin" "-Diblocksync.tty=$ibs_tty" "$@"

# Java takes the encoding of file names and arguments from the locale. It always gets C.UTF-8: a locale that says UTF-8
# may not be installed, and then counts as ASCII; and the system's error texts come in English, as the program expects
# them. The caller's own value is left for the program to restore for its children: "=" and the value, or nothing.
if [ "${LC_ALL-}" != C.UTF-8 ]; then
  if [ -n "${LC_ALL+set}" ]; then
    export IBLOCKSYNC_LC_ALL="=$LC_ALL"
  else
    unset IBLOCKSYNC_LC_ALL
  fi
  export LC_ALL=C.UTF-8
  set -- -Diblocksync.locale=forced "$@"
fi

# What scripts/archive has kept of the loaded classes takes a third off the start-up. An archive that was made by another
# Java or for other files is ignored, silently (ibs_quiet). Nothing is made here but for scripts/archive, which says where.
ibs_archive=$ibs_app/$ibs_name-$ibs_feature
if [ "$ibs_feature" -ge 25 ]; then
  ibs_quiet='cds*=off,aot*=off'
  if [ -n "${IBLOCKSYNC_TRAIN-}" ]; then
    set -- "-XX:AOTCacheOutput=$IBLOCKSYNC_TRAIN/${ibs_archive##*/}.aot" "$@"
  elif [ -e "$ibs_archive.aot" ]; then
    set -- "-XX:AOTCache=$ibs_archive.aot" "$@"
  fi
else
  ibs_quiet='cds*=off'
  if [ -n "${IBLOCKSYNC_TRAIN-}" ]; then
    set -- "-XX:ArchiveClassesAtExit=$IBLOCKSYNC_TRAIN/${ibs_archive##*/}.jsa" "$@"
  elif [ -e "$ibs_archive.jsa" ]; then
    set -- "-XX:SharedArchiveFile=$ibs_archive.jsa" "$@"
  fi
fi

# Later versions of Java would warn when JNA loads its library, should it be of use.
[ "$ibs_feature" -lt 22 ] || set -- --enable-native-access=ALL-UNNAMED "$@"

# Measured: the serial collector starts 7 ms sooner than G1 on Java 25, and 10 ms later on 17. Two collectors are an error.
case "$ibs_feature ${IBLOCKSYNC_JAVA_OPTS-}" in
  1* | 20* | 21* | 22* | 23* | 24* | *-XX:+Use*GC*) ;;
  *) set -- -XX:+UseSerialGC "$@" ;;
esac

# What hashes or compares does so at once and at full speed only if the JVM compiles the inner loops soon: measured, that
# takes a quarter off the CPU time of hashing 64 MiB. Of what a digest ends with, too, or the JVM makes code of it four
# times, for 0.2 s, without the processor's own instructions. ("quiet" first: else the JVM tells of it.)
for ibs_hot in 'sun.security.provider.DigestBase::*' 'sun.security.provider.*::implCompress' \
  'sun.security.provider.*::implDigest' 'java.nio.BufferMismatch::*' \
  'jdk.internal.misc.ScopedMemoryAccess::vectorizedMismatch*'; do
  set -- "-XX:CompileCommand=CompileThresholdScaling,$ibs_hot,0.001" "$@"
done
set -- -XX:CompileCommand=quiet "$@"

# The heap holds no block bytes: those are in direct buffers, for two endpoints some blocks of up to 1 GiB. The
# small young generation keeps it from being filled with garbage. What the JVM itself has to
# say (warnings, a thread dump after SIGQUIT) would go to standard output. C2 stays, for it brings the fast SHA-1.
set -f
# shellcheck disable=SC2086 # The user's options come after ours and so win; they are split at blanks, nothing else.
set -- -Xmx256m -Xmn16m -XX:MaxDirectMemorySize=10g -XX:-UsePerfData -XX:+DisplayVMOutputToStderr \
  -Xlog:disable "-Xlog:all=warning,$ibs_quiet:stderr" ${IBLOCKSYNC_JAVA_OPTS-} "$@"

exec "$ibs_java" "$@"
