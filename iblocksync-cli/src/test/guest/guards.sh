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
  ends_with 1 iblocksync -f new.img "$1"
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

case_a_mounted_volume_is_refused() {
  mkfs.ext4 -q /dev/vg0/used
  # Else the kernel would write to it meanwhile.
  mount -o ro /dev/vg0/used /mnt
  cp /dev/vg0/used before.img
  is_refused /dev/mapper/vg0-used 'mounted on /mnt'
  umount /mnt
}
