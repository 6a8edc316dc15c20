# shellcheck shell=sh
# shellcheck disable=SC2154 # Its variables come from the launcher.
# The launchers' common part. A launcher sets ibs_name (the program) and ibs_self (its own path) and sources this file, in
# a clone from scripts/lib/, in an installed copy from PREFIX/lib/iblocksync/. It ends by turning into Java (exec).
#
# A sync starts three of these, so what happens on every start is built into the shell, but for readlink (where is Java?)
# and, in a clone, find (is the build older than the sources?). Standard output is the wire: nothing here writes to it.
# All variables begin with ibs_, because the shell hands on the new value of a variable that the caller has exported.

# A descriptor that the caller closed would become the number of the first file that Java opens.
true 3>&2 || exec 2>/dev/null
{ true 3<&0; } 2>/dev/null || exec 0</dev/null
{ true 3>&1; } 2>/dev/null || exec 1>/dev/null

# shellcheck source=scripts/lib/java.sh
. "$ibs_lib/java.sh"

# A folder's real path, also when it is relative, begins with a dash or ends in a newline. (With CDPATH cd would print.)
case $ibs_self in /*) ;; *) ibs_self=./$ibs_self ;; esac
ibs_bin=$(CDPATH='' cd -P -- "${ibs_self%/*}/" && printf '%s.' "$PWD") || ibs_fail "cannot enter ${ibs_self%/*}"
ibs_bin=${ibs_bin%.}

# Java cannot start in a folder that was removed, and says so with a stack trace.
if [ -z "${PWD-}" ] || [ ! -e "$PWD/." ]; then
  ibs_fail "the current directory is not there any more"
fi

# Programs, libraries and archives lie as scripts/build leaves them, in the installed copy too.
case $ibs_lib in */../lib/iblocksync) ibs_root= ;; *) ibs_root=${ibs_bin%/*} ;; esac
if [ -n "$ibs_root" ]; then
  ibs_app=$ibs_root/target/iblocksync
  # A folder is as new as the last file that was made in it or removed from it.
  if [ ! -e "$ibs_app/built" ] || [ -n "$(find "$ibs_root/pom.xml" "$ibs_root"/iblocksync-*/pom.xml \
    "$ibs_root"/iblocksync-*/src/main -newer "$ibs_app/built" 2>/dev/null)" ]; then
    "$ibs_bin/build" "$ibs_name" </dev/null >&2 || exit 1
  fi
else
  ibs_app=${ibs_bin%/*}/lib/iblocksync
fi

ibs_find_java || ibs_fail "Java 17 or newer is missing: $ibs_why;" \
  "install the Debian package default-jre-headless, or set JAVA_HOME"

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
# shellcheck disable=SC3013 # dash, bash and busybox have it.
[ ! /proc/self/fd/0 -ef /dev/null ] || ibs_tty=n
[ ! -t 1 ] || ibs_tty=${ibs_tty}1
if [ -t 2 ]; then
  ibs_tty=${ibs_tty}2
  if [ "$ibs_name" = iblocksync ]; then
    ibs_columns=$(stty size <&2 2>/dev/null)
    [ "${ibs_columns#* }" -gt 0 ] 2>/dev/null && set -- "-Diblocksync.columns=${ibs_columns#* }" "$@"
  fi
fi
set -- "-Diblocksync.bin=$ibs_bin" "-Diblocksync.tty=$ibs_tty" "$@"

# Gives the variable $1 another value for Java, $2, or none; the program restores what it was for its children.
ibs_changed=
ibs_change() {
  eval "ibs_value=\${$1-} ibs_is_set=\${$1+set}"
  unset "IBLOCKSYNC_$1"
  [ -z "$ibs_is_set" ] || export "IBLOCKSYNC_$1=$ibs_value"
  if [ $# = 2 ]; then export "$1=$2"; else unset "$1"; fi
  ibs_changed=$ibs_changed${ibs_changed:+,}$1
}

# Java takes the encoding of file names and arguments from the locale. It always gets C.UTF-8: a locale that says UTF-8
# may not be installed, and then counts as ASCII; and the system's error texts come in English, as the program expects them.
[ "${LC_ALL-}" = C.UTF-8 ] || ibs_change LC_ALL C.UTF-8

# Options that are meant for other Java programs can keep this one from starting.
for ibs_key in JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS; do
  eval "ibs_is_set=\${$ibs_key+set}"
  [ -z "$ibs_is_set" ] || ibs_change "$ibs_key"
done

# Java starts with fewer descriptors than this, but not all of the program does.
ibs_read_limits() {
  ibs_files=${1:-unlimited}
  ibs_small=
  # Below 4 GiB of address space (KiB here) the JVM may not start with what it would reserve.
  for ibs_limit in "${2:-unlimited}" "${3:-unlimited}"; do
    [ "$ibs_limit" = unlimited ] || [ "$ibs_limit" -ge 4194304 ] || ibs_small=$ibs_limit
  done
}
# shellcheck disable=SC2046,SC3045 # Three words. (The JVM itself raises the first limit from the soft to the hard one.)
ibs_read_limits $(ulimit -Hn && ulimit -v && ulimit -d)
[ "$ibs_files" = unlimited ] || [ "$ibs_files" -ge 32 ] ||
  ibs_fail "only $ibs_files files can be open at once, but 32 are needed: raise the limit (ulimit -n)"
# The C library would reserve 128 MiB for each thread.
[ -z "$ibs_small" ] || ibs_change MALLOC_ARENA_MAX 1

# What scripts/lib/archive has kept of the loaded classes takes a third off the start-up. An archive that was made by
# another Java or for other files is ignored, silently (ibs_quiet). Only for scripts/lib/archive, which says where, is one
# made here.
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

# Measured: the serial collector starts 7 ms sooner than G1 on Java 25, and 10 ms later on 17. It needs less address space.
# Two collectors are an error.
case "$ibs_small $ibs_feature ${IBLOCKSYNC_JAVA_OPTS-}" in
  *-XX:+Use*GC* | ' 1'* | ' 20 '* | ' 21 '* | ' 22 '* | ' 23 '* | ' 24 '*) ;;
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

[ -z "$ibs_changed" ] || set -- "-Diblocksync.changed=$ibs_changed" "$@"

# The heap holds no block bytes: those are in direct buffers, for two endpoints some blocks of up to 1 GiB. The
# small young generation keeps it from being filled with garbage. What the JVM itself has to
# say (warnings, a thread dump after SIGQUIT) would go to standard output. C2 stays, for it brings the fast SHA-1.
# Address space: 1 GiB would be reserved for classes and 240 MiB for code. A full heap can leave threads that neither go on
# nor end, so it ends the JVM, with status 3. The report of a crash of the JVM is not for the current directory. That a thread
# cannot be started the program says itself, and the JVM's own warning would be a second line (os+thread).
set -f
# shellcheck disable=SC2086 # The user's options come after ours and so win; they are split at blanks, nothing else.
set -- -Xmx256m -Xmn16m -XX:MaxDirectMemorySize=10g -XX:CompressedClassSpaceSize=32m -XX:ReservedCodeCacheSize=48m \
  -XX:+ExitOnOutOfMemoryError "-XX:ErrorFile=${TMPDIR:-/tmp}/hs_err_pid%p.log" -XX:-UsePerfData \
  -XX:+DisplayVMOutputToStderr -Xlog:disable "-Xlog:all=warning,os+thread=off,$ibs_quiet:stderr" ${IBLOCKSYNC_JAVA_OPTS-} "$@"

# A JVM that cannot start says so in its own manner, when no shell is there any more to say it in ours. So where that is
# likely, after options of the user's and with little address space, a start without the program is tried first.
ibs_try=$ibs_small
for ibs_word in ${IBLOCKSYNC_JAVA_OPTS-}; do
  case $ibs_word in -D*) ;; *) ibs_try=1 ;; esac
done
[ -z "$ibs_try" ] || ibs_try_start "$@"

exec "$ibs_java" "$@"
