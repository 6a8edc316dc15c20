# shellcheck shell=sh
# What a target's disk holds after its power has failed, in a run or when that has ended. All that a run writes is logged, and
# later written again to the disk as it was before, but for what the disk was never told to flush.

before_all() {
  # The kernel writes nothing of its own accord: what is on the disk was brought there by the program.
  echo 360000 >/proc/sys/vm/dirty_writeback_centisecs
  vgcreate vg0 /dev/ubda
  lvcreate -y -n disk -L 4M vg0
  lvcreate -y -n files -L 12M vg0
  lvcreate -y -n log -L 12M vg0
  random old.img 4
  random new.img 4
  export IBLOCKSYNC_JAVA_OPTS=-XX:TieredStopAtLevel=1

  dd if=old.img of=/dev/vg0/disk bs=1M conv=fsync status=none
  log_writes_to disk
  ends_with 0 iblocksync new.img /dev/mapper/logged
  end_log device

  make_file_system ext4
  mount /dev/vg0/files /mnt
  cp old.img /mnt/image
  umount /mnt
  log_writes_to files
  mount /dev/mapper/logged /mnt
  ends_with 0 iblocksync new.img /mnt/image
  end_log file

  make_file_system ext4
  log_writes_to files
  mount /dev/mapper/logged /mnt
  ends_with 0 iblocksync new.img /mnt/image
  end_log new

  # ext4 brings a new file's name to the disk with the file, ext2 does not.
  make_file_system ext2
  mount -t ext2 /dev/vg0/files /mnt
  mkdir /mnt/new /mnt/empty
  umount /mnt
  log_writes_to files
  mount -t ext2 /dev/mapper/logged /mnt
  truncate -s 4M /mnt/empty/image
  ends_with 0 iblocksync new.img /mnt/empty/image
  ends_with 0 iblocksync new.img /mnt/new/image
  end_log names

  make_file_system ext4
  log_writes_to files
  mount /dev/mapper/logged /mnt
  half_source 2M
  IBLOCKSYNC_SOURCE_EXEC=$PWD/half start iblocksync new.img /mnt/image
  eventually cmp -s -n 1048576 new.img /mnt/image
  # As the kernel does in a longer run: a part goes to the disk, then what the file system knows of it.
  dd if=/mnt/image of=direct bs=1M count=1 iflag=direct status=none
  dd if=/dev/zero of=/mnt/other bs=1 count=1 conv=fsync status=none
  # The first mark counts.
  dmsetup message logged 0 mark ended
  end_half
  end_log half
}

before_each() {
  ! mountpoint -q /mnt || umount /mnt
  export IBLOCKSYNC_JAVA_OPTS=-XX:TieredStopAtLevel=1
  seed=$(od -A n -N 4 -t u4 /dev/urandom | tr -d ' ')
}

make_file_system() {
  "mkfs.$1" -q -F -E lazy_itable_init=0 /dev/vg0/files
}

# From here on all writes to /dev/mapper/logged, which is the volume $1, are logged.
log_writes_to() {
  cp "/dev/vg0/$1" before
  dmsetup create --noudevsync logged \
    --table "0 $(blockdev --getsz "/dev/vg0/$1") log-writes /dev/vg0/$1 /dev/vg0/log"
  dmsetup mknodes logged
}

# A run has ended: keeps the log, and how the volume was before, under the name $1. The mark comes before all that was not flushed.
end_log() {
  dmsetup message logged 0 mark ended
  ! mountpoint -q /mnt || umount /mnt
  dmsetup remove --noudevsync logged
  dmsetup mknodes
  mv before "$1.before"
  cp /dev/vg0/log "$1.log"
}

# Makes of the volume $1 what it held if, in the run that was logged as $2, the power failed after $3 percent of the writes;
# pieces of what was not flushed by then are there or lost at random. Without $3, at the end, and all of it is lost.
lose_power() {
  dd if="$2.before" of="/dev/vg0/$1" bs=1M conv=fsync status=none
  "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -cp "$CLASSES" io.iblocksync.cli.it.WriteLog \
    "$2.log" "/dev/vg0/$1" ended ${3:+"$3" "$seed"}
}

# The next run, with nobody to ask, makes the target $1 equal. Counts in "harmed" when there was something to do.
is_repaired() {
  cmp -s new.img "$1" || harmed=$((harmed + 1))
  ends_with 0 iblocksync new.img "$1"
  equal new.img "$1"
}

is_repaired_wherever_it_was_lost() {
  harmed=0
  for percent in 30 70; do
    lose_power "$1" "$2" "$percent"
    [ "$1" = disk ] || mount /dev/vg0/files /mnt
    is_repaired "$3"
    [ "$1" = disk ] || umount /mnt
  done
  [ "$harmed" -gt 0 ] || fail "the loss of power has never done harm"
}

case_a_device_that_was_synced_stays_so_without_power() {
  lose_power disk device
  equal new.img /dev/vg0/disk
}

case_a_file_that_was_synced_stays_so_without_power() {
  lose_power files file
  mount /dev/vg0/files /mnt
  equal new.img /mnt/image
}

case_a_new_file_that_was_synced_stays_so_without_power() {
  lose_power files new
  mount /dev/vg0/files /mnt
  equal new.img /mnt/image
}

case_the_name_of_a_file_that_was_synced_stays_too() {
  lose_power files names
  e2fsck -f -y /dev/vg0/files || [ $? = 1 ]
  mount -t ext2 /dev/vg0/files /mnt
  equal new.img /mnt/new/image
  equal new.img /mnt/empty/image
}

case_a_device_is_made_equal_after_the_power_was_lost_in_a_run() {
  is_repaired_wherever_it_was_lost disk device /dev/vg0/disk
}

case_a_file_is_made_equal_after_the_power_was_lost_in_a_run() {
  is_repaired_wherever_it_was_lost files file /mnt/image
}

case_a_new_file_is_made_equal_after_the_power_was_lost_in_a_run() {
  is_repaired_wherever_it_was_lost files new /mnt/image
}

case_a_new_file_of_which_a_part_was_on_the_disk_is_made_equal_without_a_question() {
  lose_power files half
  mount /dev/vg0/files /mnt
  stat -c %s /mnt/image
  harmed=0
  is_repaired /mnt/image
  [ "$harmed" = 1 ] || fail "the run had ended"
}
