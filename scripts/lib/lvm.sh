# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # Its variables come from and go to the files that source it.
# What the wrappers for LVM share. A wrapper sets ibs_name (its name), ibs_self (its own path) and ibs_usage, and sources
# this file, in a clone from scripts/lib/, in an installed copy from PREFIX/lib/iblocksync/.
#
# Standard input and output belong to the endpoint: they are put aside as 3 and 4 until it is started, and everything else
# reads nothing and writes to standard error. All variables begin with ibs_, because the shell hands on the new value of a
# variable that the caller has exported.

true 3>&2 || exec 2>/dev/null
{ true 3<&0; } 2>/dev/null || exec 0</dev/null
{ true 3>&1; } 2>/dev/null || exec 1>/dev/null
exec 3<&0 4>&1 </dev/null >&2

# That of cron and of a login without a terminal is shorter.
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin
export LVM_SUPPRESS_FD_WARNINGS=1

ibs_child=
ibs_caught=
ibs_signals=0

# Says on standard error what is wrong, in the program's own manner.
ibs_error() {
  printf '%s: error: %s\n' "$ibs_name" "$*" >&2
}

ibs_fail() {
  ibs_error "$@"
  exit 1
}

ibs_say() {
  printf '%s: %s\n' "$ibs_name" "$*" >&2
}

# Takes the arguments of an endpoint: sets ibs_block, ibs_algo and ibs_path.
ibs_arguments() {
  case "$#:${1-}:${3-}" in
    1:--help:)
      printf '%s\n' "$ibs_usage" >&4
      exit 0
      ;;
    5:--block:--algo)
      ibs_block=$2
      ibs_algo=$4
      ibs_path=$5
      ;;
    *)
      printf '%s\n' "$ibs_usage" >&2
      exit 2
      ;;
  esac
}

# What is needed before anything is changed. $1 is the endpoint: the one beside this wrapper comes before those on PATH.
ibs_prepare() {
  for ibs_tool in lvs lvcreate lvremove dmsetup; do
    command -v "$ibs_tool" >/dev/null || ibs_fail "there is no $ibs_tool on $(uname -n): install the Debian package lvm2"
  done
  [ "$(id -u)" = 0 ] || ibs_fail "only root can use LVM"
  ibs_endpoint=${ibs_self%/*}/$1
  [ -x "$ibs_endpoint" ] || ibs_endpoint=$(command -v "$1") || ibs_fail "there is no $1 beside $ibs_self nor on PATH"

  # Whose a volume is: kind, host, boot, process id namespace, process id and when the process started.
  ibs_tag=$1:$(uname -n | tr -cd 'A-Za-z0-9._-'):$(cat /proc/sys/kernel/random/boot_id)
  ibs_tag=$ibs_tag:$(readlink /proc/self/ns/pid | tr -cd 0-9):$$
  ibs_stat_of $$ || ibs_fail "cannot read /proc/$$/stat"
  ibs_tag=$ibs_tag:$ibs_start

  # A lost connection makes messages fail, but must not end a clean-up. Whoever started this may have INT and HUP ignored.
  trap '' PIPE
  trap 'ibs_signal 1' HUP
  trap 'ibs_signal 2' INT
  trap 'ibs_signal 3' QUIT
  trap 'ibs_signal 15' TERM
}

# A signal ends the endpoint, and so the wrapper goes on to its clean-up. While LVM or a hook is at work it has to wait.
ibs_signal() {
  ibs_caught=${ibs_caught:-$1}
  ibs_signals=$((ibs_signals + 1))
  [ -z "$ibs_child" ] || kill "$ibs_child" 2>/dev/null
}

# Ends the wrapper, by way of its clean-up, if a signal has come.
ibs_end_if_caught() {
  [ -z "$ibs_caught" ] || exit $((128 + ibs_caught))
}

# Runs a command of LVM's whole, whatever signals come. What it prints is shown only if it fails: cron would mail it.
ibs_lvm() {
  ibs_output=$(
    trap '' HUP INT QUIT TERM
    exec "$@" 2>&1 3<&- 4>&-
  ) && return
  printf '%s\n' "$ibs_output" >&2
  return 1
}

# Prints logical volumes, one a line, of the fields $1, separated by "|". The rest are further arguments of lvs.
ibs_lvs() {
  ibs_fields=$1
  shift
  (
    trap '' HUP INT QUIT TERM
    exec lvs --noheadings --separator '|' -o "$ibs_fields" "$@" 3<&- 4>&-
  )
}

# Sets ibs_vg, ibs_lv and ibs_layout if the path leads to a logical volume, by whatever name; if it leads to anything else,
# fails with a message. Returns 1 if there is nothing.
ibs_find_volume() {
  [ -e "$ibs_path" ] || return 1
  ibs_vg=
  if [ -b "$ibs_path" ]; then
    ibs_device=$(stat -L -c '%t %T' -- "$ibs_path") || exit 1
    ibs_device=$((0x${ibs_device% *})):$((0x${ibs_device#* }))
    ibs_found=$(ibs_lvs vg_name,lv_name,lv_layout \
      -S "lv_kernel_major=${ibs_device%:*} && lv_kernel_minor=${ibs_device#*:}") || ibs_fail "lvs has failed"
    IFS='| ' read -r ibs_vg ibs_lv ibs_layout <<END
$ibs_found
END
  fi
  [ -n "$ibs_vg" ] || ibs_fail "$ibs_path: is no logical volume"
}

# Fails if an iblocksync is writing to the volume that was found: what a snapshot of it holds would be a mixture. The lock
# that it has is one of the device's node that has the kernel's name, and the kernel tells of it where it tells of its file.
ibs_check_writer() {
  ibs_node=$(readlink -f -- "/sys/dev/block/$ibs_device") && ibs_node=/dev/${ibs_node##*/}
  [ -b "$ibs_node" ] || ibs_node=$ibs_path
  ibs_number=$(stat -L -c '%d %i' -- "$ibs_node") || exit 1
  ibs_fs=${ibs_number% *}
  ibs_number=$(printf '%02x:%02x:%s' $((ibs_fs >> 8 & 0xfff)) $((ibs_fs & 0xff | ibs_fs >> 12 & 0xffffff00)) "${ibs_number#* }")
  grep -q " WRITE .* $ibs_number 0 EOF\$" /proc/locks || return 0
  ibs_holders=$(grep -ls "^lock:.* WRITE .* $ibs_number 0 EOF\$" /proc/[0-9]*/fdinfo/*)
  for ibs_one in $ibs_holders; do
    ibs_one=${ibs_one#/proc/}
    ibs_one=${ibs_one%%/*}
    if grep -qs 'io\.iblocksync\.' "/proc/$ibs_one/cmdline"; then
      ibs_fail "$ibs_path: another iblocksync is writing to it (process $ibs_one)"
    fi
  done
}

# Sets ibs_vg and ibs_lv by a path at which there is nothing, if it is the name of a logical volume; else they are empty.
ibs_name_volume() {
  ibs_vg=
  ibs_lv=
  ibs_place=$(readlink -m -- "$ibs_path")
  case $ibs_place in
    /dev/mapper/?*-?*)
      IFS='| ' read -r ibs_vg ibs_lv <<END
$(dmsetup splitname --noheadings --separator '|' -o vg_name,lv_name "${ibs_place#/dev/mapper/}")
END
      ;;
    /dev/?*/?*/* | /dev/mapper/*) ;;
    /dev/?*/?*)
      ibs_lv=${ibs_place##*/}
      ibs_vg=${ibs_place#/dev/}
      ibs_vg=${ibs_vg%/*}
      ;;
  esac
  case $ibs_vg/$ibs_lv in
    /* | */ | -* | */-* | */*/* | *[!A-Za-z0-9+_./-]*)
      ibs_vg=
      ibs_lv=
      ;;
  esac
}

# Whether there is a logical volume $1/$2, active or not.
ibs_exists() {
  ibs_found=$(ibs_lvs lv_name -S "vg_name=$1 && lv_name=$2") || ibs_fail "lvs has failed"
  [ -n "$ibs_found" ]
}

# Fails, with status 2, if the value $2 of the variable $1 is no size for LVM (5G, 1.5t, 300M). $3 is "%" if it may also be
# a part of the volume.
ibs_check_size() {
  ibs_number=${2%[bBsSkKmMgGtTpPeE]}
  [ -z "${3-}" ] || ibs_number=${ibs_number%"$3"}
  case $ibs_number in
    '' | *[!0-9.]* | *.*.* | .* | *.) ;;
    *) return ;;
  esac
  ibs_error "$1 is '$2', but must be a size (5G)${3:+ or a part of the volume (20%)}"
  exit 2
}

# Sets ibs_extent to the option by which lvcreate takes the size $1 of a snapshot.
ibs_extent() {
  case $1 in
    *%) ibs_extent=-l${1}ORIGIN ;;
    *) ibs_extent=-L$1 ;;
  esac
}

# Whether the volume that was found is thin: then a snapshot takes no size.
ibs_is_thin() {
  case ,$ibs_layout, in
    *,thin,*) ;;
    *) return 1 ;;
  esac
}

# Sets ibs_state and ibs_start of the process $1; fails if there is none.
ibs_stat_of() {
  { read -r ibs_line <"/proc/$1/stat"; } 2>/dev/null || return 1
  # The name in brackets may hold blanks and brackets. The state is the third field, the start the twenty-second.
  # shellcheck disable=SC2086 # Split into fields.
  set -- ${ibs_line##*) }
  ibs_state=$1
  ibs_start=${20}
}

# Whether the wrapper that put this tag on a volume has certainly ended: this machine was started anew since, or there is no
# such process. Of another machine's or container's nothing can be told: it counts as alive.
ibs_owner_is_dead() {
  ibs_tag_pid=${1%:*}
  ibs_tag_space=${ibs_tag_pid%:*}
  ibs_tag_pid=${ibs_tag_pid##*:}
  ibs_own_space=${ibs_tag%:*:*}
  ibs_tag_boot=${ibs_tag_space%:*}
  ibs_own_boot=${ibs_own_space%:*}
  [ "${ibs_tag_boot%:*}" = "${ibs_own_boot%:*}" ] || return 1
  [ "$ibs_tag_boot" = "$ibs_own_boot" ] || return 0
  [ "$ibs_tag_space" = "$ibs_own_space" ] || return 1
  ibs_stat_of "$ibs_tag_pid" || return 0
  case $ibs_state in
    [ZX]) return 0 ;;
  esac
  [ "${1##*:}" != "$ibs_start" ]
}

# Sets ibs_owner to the one of the tags $1, separated by commas, that a wrapper of this kind has put; fails if there is none.
ibs_owner_in() {
  ibs_tags=$1,
  while [ -n "$ibs_tags" ]; do
    ibs_owner=${ibs_tags%%,*}
    ibs_tags=${ibs_tags#*,}
    case $ibs_owner in
      "${ibs_tag%%:*}":*:*:*:*:*) return 0 ;;
    esac
  done
  return 1
}

# Removes the logical volume with the UUID $1 from the volume group; it is no error if it is gone. LVM itself tries for
# some seconds if it is still in use.
ibs_remove() {
  ibs_lvm lvremove -y -S "lv_uuid=$1" "$ibs_vg"
}

# Runs the endpoint on the image $1 to its end and sets ibs_status. It runs in the background, so that a signal is noticed
# at once: a shell's traps wait for what is in the foreground.
ibs_run() {
  ibs_end_if_caught
  "$ibs_endpoint" --block "$ibs_block" --algo "$ibs_algo" "$1" <&3 >&4 3<&- 4>&- &
  ibs_child=$!
  # Only the endpoint holds the wire: when it has ended, the coordinator sees so before the clean-up.
  exec 3<&- 4>&-
  [ -z "$ibs_caught" ] || kill "$ibs_child" 2>/dev/null
  while :; do
    ibs_before=$ibs_signals
    wait "$ibs_child"
    ibs_status=$?
    [ "$ibs_before" != "$ibs_signals" ] || break
  done
  ibs_child=
}
