# shellcheck shell=sh
# shellcheck disable=SC2016,SC2089,SC2090,SC2154 # Commands for other shells; pid comes from functions.sh.
# iblocksync-serve-lvm on classic and thin volumes. Where the endpoint does not matter, a stub stands beside the wrapper.

before_all() {
  vgcreate vg0 /dev/ubda
  lvcreate -y -n data -L 12M vg0
  lvcreate -y -L 64M -T vg0/pool -V 12M -n thin
  mkdir -p stub/lib
  cp "$SCRIPTS/iblocksync-serve-lvm" stub
  cp "$SCRIPTS/lib/lvm.sh" stub/lib
  # Holds the image open and ends when its input does.
  script stub/iblocksync-serve <<'END'
#!/bin/sh
exec 5<"$5"
echo "$*" >served
while read -r line; do :; done
exit 1
END
  # As ssh to another host: what runs there has no terminal and, when this is gone, no input.
  script rsh <<'END'
#!/bin/sh
shift 2
mkfifo there.in there.out
setsid sh -c "$*" <there.in >there.out 2>there.err &
cat <there.out &
echo $$ $! >connection
exec cat >there.in
END
}

before_each() {
  volumes_are data thin
  export IBLOCKSYNC_SOURCE_EXEC=iblocksync-serve-lvm IBLOCKSYNC_JAVA_OPTS=-XX:TieredStopAtLevel=1
  rm -f served hook in ./*.img
}

# Runs the wrapper with the stub in the place of the endpoint and an input that is at its end.
wrap() {
  ends_with "$1" stub/iblocksync-serve-lvm --block 1048576 --algo sha1 "$2"
}

# Starts a command that leads to the stub, and waits until that has opened the snapshot.
start_serving() {
  rm -f served
  start "$@"
  eventually test -s served
  snapshot=$(lvs --noheadings -o lv_name -S 'lv_name=~-iblocksync-[0-9]+' vg0 | tr -d ' ')
  volumes_are data thin "$snapshot"
}

# The same with the wrapper alone, whose input stays open.
start_wrapper() {
  rm -f in
  mkfifo in
  start_serving sh -c 'exec stub/iblocksync-serve-lvm --block 4096 --algo sha1 /dev/vg0/data <>in'
}

case_a_classic_volume_is_served_from_a_snapshot_of_the_size_that_is_asked_for() {
  random /dev/vg0/data 12
  cp /dev/vg0/data before.img
  export IBLOCKSYNC_SOURCE_EXEC='env IBLOCKSYNC_SNAPSHOT_SIZE=8M iblocksync-serve-lvm'
  export IBLOCKSYNC_PRE='test $(lvs --noheadings vg0/data | wc -l) = 1 && echo "$IBLOCKSYNC_VOLUME" >hook'
  export IBLOCKSYNC_POST='lvs --noheadings -o lv_size,lv_permissions,lv_role -S "lv_name=~iblocksync" >>hook
    dd if=/dev/urandom of=/dev/vg0/data bs=4k count=20 conv=notrunc,fsync status=none'
  ends_with 0 iblocksync /dev/vg0/data target.img
  said_nothing
  equal before.img target.img
  ! cmp -s before.img /dev/vg0/data || fail "the hook has not written"
  [ "$(cat hook)" = "vg0/data
  8.00m read-only public,snapshot,thicksnapshot" ] || fail "$(cat hook)"
  volumes_are data thin
}

case_a_thin_volume_is_served_from_a_thin_snapshot_by_a_link_to_its_name_in_dev_mapper() {
  random /dev/vg0/thin 12
  cp /dev/vg0/thin before.img
  ln -s /dev/mapper/vg0-thin link
  export IBLOCKSYNC_POST='lvs --noheadings -o lv_size,lv_permissions,lv_role -S "lv_name=~iblocksync" >hook
    dd if=/dev/urandom of=/dev/vg0/thin bs=4k count=20 conv=notrunc,fsync status=none'
  ends_with 0 iblocksync link target.img
  said_nothing
  equal before.img target.img
  ! cmp -s before.img /dev/vg0/thin || fail "the hook has not written"
  [ "$(cat hook)" = "  12.00m read-only public,snapshot,thinsnapshot" ] || fail "$(cat hook)"
  volumes_are data thin
}

case_a_volume_that_another_run_is_writing_to_is_not_served() {
  random other.img 12
  half_source 6M
  IBLOCKSYNC_SOURCE_EXEC=$PWD/half start iblocksync -b 4096 other.img /dev/vg0/data
  eventually cmp -s -n 2097152 other.img /dev/vg0/data
  wrap 1 /dev/mapper/vg0-data
  said "iblocksync-serve-lvm: error: /dev/mapper/vg0-data: another iblocksync is writing to it (process $pid)"
  [ ! -e served ] || fail "it was served"
  volumes_are data thin
  end_half
}

case_a_target_that_fails_leaves_no_snapshot() {
  export IBLOCKSYNC_TARGET_EXEC=false
  ends_with 1 iblocksync /dev/mapper/vg0-data target.img
  said 'iblocksync-receive: error: ended with status 1'
  volumes_are data thin
}

case_a_snapshot_that_overflows_makes_the_run_fail_and_is_removed() {
  export IBLOCKSYNC_SNAPSHOT_SIZE=4M
  export IBLOCKSYNC_POST='dd if=/dev/urandom of=/dev/vg0/data bs=1M count=12 conv=notrunc oflag=direct status=none'
  ends_with 1 iblocksync /dev/vg0/data target.img
  said 'iblocksync-serve-lvm: error: the snapshot of vg0/data overflowed'
  said 'Input/output error'
  volumes_are data thin
}

case_a_coordinator_that_is_ended_by_a_signal_leaves_no_snapshot() {
  export IBLOCKSYNC_SOURCE_EXEC=stub/iblocksync-serve-lvm
  # SIGTERM ends those below.
  start_serving iblocksync /dev/vg0/data target.img
  kill -INT "$pid"
  started_ends_with 130
  volumes_are data thin
}

case_an_endpoint_that_hangs_leaves_no_snapshot() {
  export IBLOCKSYNC_SOURCE_EXEC=stub/iblocksync-serve-lvm
  IBLOCKSYNC_JAVA_OPTS="$IBLOCKSYNC_JAVA_OPTS -Diblocksync.term=2 -Diblocksync.kill=20"
  start_serving iblocksync /dev/vg0/data target.img
  pkill -STOP -f 'stub/iblocksync-serve --block'
  kill -TERM "$pid"
  started_ends_with 143
  volumes_are data thin
  # Only SIGKILL ends this one.
  cp stub/iblocksync-serve kept
  script stub/iblocksync-serve <<'END'
#!/bin/sh
exec 5<"$5"
trap '' TERM
echo "$*" >served
exec sleep 1000
END
  start_serving iblocksync /dev/vg0/data target.img
  kill -TERM "$pid"
  started_ends_with 143
  mv kept stub/iblocksync-serve
  volumes_are data thin
}

case_a_coordinator_that_is_killed_leaves_no_snapshot() {
  export IBLOCKSYNC_SOURCE_EXEC=stub/iblocksync-serve-lvm
  start_serving iblocksync /dev/vg0/data target.img
  kill -KILL "$pid"
  eventually volumes_are data thin
}

case_a_connection_that_drops_leaves_no_snapshot() {
  export IBLOCKSYNC_SOURCE_EXEC="$PWD/stub/iblocksync-serve-lvm" IBLOCKSYNC_SOURCE_RSH="$PWD/rsh"
  start_serving iblocksync there:/dev/vg0/data target.img
  # shellcheck disable=SC2046 # Those that only pass on what comes and goes.
  kill -KILL $(cat connection)
  started_ends_with 1
  eventually volumes_are data thin
}

case_an_input_that_is_closed_leaves_no_snapshot() {
  wrap 1 /dev/vg0/data
  grep -q -x -e '--block 1048576 --algo sha1 /dev/vg0/data-iblocksync-[0-9]*' served
  volumes_are data thin
}

case_a_wrapper_that_is_ended_by_a_signal_leaves_no_snapshot() {
  for signal in TERM:143 HUP:129; do
    start_wrapper
    kill "-${signal%:*}" "$pid"
    started_ends_with "${signal#*:}"
    volumes_are data thin
  done
}

case_what_a_killed_wrapper_leaves_is_removed_at_the_next_start_and_nothing_else_is() {
  start_wrapper
  kill -KILL "$pid"
  started_ends_with 137
  tag=$(lvs --noheadings -o lv_tags "vg0/$snapshot" | tr -d ' ')
  # Before the orphan ends: the run goes on, and says at its end that the snapshot could not be removed.
  wrap 1 /dev/vg0/thin
  said "cannot remove the snapshot vg0/$snapshot"
  pkill -f 'stub/iblocksync-serve --block'
  # A name without a tag, a tag without a name, one that lives; and one that was left before the machine was started anew.
  lvcreate -y -s -n thin-iblocksync-1 vg0/thin
  lvcreate -y -s --addtag "$tag" -n other vg0/thin
  lvcreate -y -s --addtag "${tag%:*:*}:1:$(cut -d ' ' -f 22 /proc/1/stat)" -n thin-iblocksync-2 vg0/thin
  lvcreate -y -s --addtag "iblocksync-serve:none:0-0:1:1:1" -n thin-iblocksync-3 vg0/thin
  wrap 1 /dev/vg0/thin
  said "removing vg0/$snapshot, which an earlier run has left behind"
  said "removing vg0/thin-iblocksync-3, which"
  volumes_are data thin thin-iblocksync-1 other thin-iblocksync-2
  lvremove -y vg0/thin-iblocksync-1 vg0/other vg0/thin-iblocksync-2
}

case_the_hook_after_the_snapshot_runs_once_whatever_fails() {
  export IBLOCKSYNC_PRE='echo pre >>hook' IBLOCKSYNC_POST='echo post >>hook'
  wrap 1 /dev/vg0/data
  [ "$(tr '\n' ' ' <hook)" = 'pre post ' ] || fail "$(cat hook)"
  rm hook
  export IBLOCKSYNC_PRE='echo pre >>hook; exit 3'
  wrap 1 /dev/vg0/data
  said 'error: IBLOCKSYNC_PRE ended with status 3'
  [ "$(tr '\n' ' ' <hook)" = 'pre post ' ] || fail "$(cat hook)"
  rm hook served
  export IBLOCKSYNC_PRE='echo pre >>hook'
  lvcreate -y -l 100%FREE -n rest vg0
  wrap 1 /dev/vg0/data
  lvremove -y vg0/rest
  said 'error: cannot make a snapshot of vg0/data'
  [ "$(tr '\n' ' ' <hook)" = 'pre post ' ] || fail "$(cat hook)"
  export IBLOCKSYNC_POST='echo post; exit 4'
  wrap 1 /dev/vg0/data
  said 'error: IBLOCKSYNC_POST ended with status 4'
  [ ! -e served ] || fail "served with a hook that failed"
  volumes_are data thin
}

case_what_is_no_active_volume_is_refused() {
  lvchange -an vg0/thin
  for path in "/dev/ubda: is no logical volume" "/dev/mapper/vg0-thin: the logical volume is not active" \
    "/dev/vg0/nothing: No such file"; do
    wrap 1 "${path%%: *}"
    said "iblocksync-serve-lvm: error: $path"
  done
  lvchange -ay vg0/thin
  [ ! -e served ] || fail "served"
}
