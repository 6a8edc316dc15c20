# shellcheck shell=sh
# What iblocksync-receive dares to write to where device-mapper is in play.

before_all() {
  vgcreate vg0 /dev/ubda
  lvcreate -y -n used -L 12M vg0
  random new.img 12
  export IBLOCKSYNC_JAVA_OPTS=-XX:TieredStopAtLevel=1
}

before_each() {
  volumes_are used
  cp /dev/vg0/used before.img
}

# The target $1 is refused because of $2, and stays as it was.
is_refused() {
  ends_with 1 iblocksync -f --force-empty new.img "$1"
  said "$1"
  said "$2"
  equal before.img /dev/vg0/used
}

case_a_physical_volume_is_refused() {
  is_refused /dev/ubda 'held by the device '
}

case_a_volume_below_another_device_is_refused() {
  dmsetup create --noudevsync top --table "0 24576 linear /dev/vg0/used 0"
  is_refused /dev/vg0/used 'held by the device '
  dmsetup remove --noudevsync top
}

case_the_hidden_device_below_a_volume_with_a_snapshot_is_refused_and_the_volume_is_not() {
  lvcreate -y -s -L 16M -n snap vg0/used
  is_refused /dev/mapper/vg0-used-real 'held by the device '
  ends_with 0 iblocksync new.img /dev/vg0/used
  equal new.img /dev/vg0/used
  equal before.img /dev/vg0/snap
  lvremove -y vg0/snap
}

# Makes a running RAID, a mirror, of vg0/used and vg0/other, which are equal.
start_raid() {
  lvcreate -y -n other -L 12M vg0
  dd if=before.img of=/dev/vg0/other bs=1M conv=fsync status=none
  echo md9 >/sys/module/md_mod/parameters/new_array
  raid=/sys/block/md9/md
  echo raid1 >"$raid"/level
  echo 2 >"$raid"/raid_disks
  echo 12288 >"$raid"/component_size
  for volume in used other; do
    dmsetup info -c --noheadings -o major,minor "vg0-$volume" >"$raid"/new_dev
  done
  slot=0
  for member in "$raid"/dev-*; do
    echo $slot >"$member/slot"
    slot=$((slot + 1))
  done
  # Clean: there is nothing to copy from one to the other.
  echo none >"$raid"/resync_start
  echo active >"$raid"/array_state
  grep '^md9 : active raid1' /proc/mdstat
}

stop_raid() {
  echo clear >"$raid"/array_state
  lvremove -y vg0/other
}

case_a_member_of_a_running_raid_is_refused_and_the_raid_is_not() {
  start_raid
  is_refused /dev/vg0/used 'a member of the running RAID md9; stop that one first, or sync to it instead'
  equal before.img /dev/vg0/other
  ends_with 0 iblocksync new.img /dev/md9
  equal new.img /dev/vg0/used
  equal new.img /dev/vg0/other
  stop_raid
}

case_a_member_of_a_running_raid_is_written_to_only_if_just_that_is_forced() {
  random new.img 12
  start_raid
  ends_with 0 iblocksync --force-in-use new.img /dev/vg0/used
  said '/dev/vg0/used is a member of the running RAID md9, and is overwritten all the same'
  equal new.img /dev/vg0/used
  # The mirror is not what it was: this is what was asked for.
  equal before.img /dev/vg0/other
  stop_raid
}

case_a_mounted_volume_is_refused() {
  mkfs.ext4 -q /dev/vg0/used
  # Else the kernel would write to it meanwhile.
  mount -o ro /dev/vg0/used /mnt
  cp /dev/vg0/used before.img
  is_refused /dev/mapper/vg0-used 'mounted on /mnt'
  umount /mnt
}
