package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the wrappers for LVM do before any volume is touched. The rest is in {@link GuestIT}. */
@Timeout(60)
class LvmWrapperIT {
  private static final String SERVE = "iblocksync-serve-lvm";
  private static final String RECEIVE = "iblocksync-receive-lvm";

  @TempDir Path folder;

  private static Program wrapper(String name, Object path) throws IOException {
    assumeTrue(Repository.isRoot(), "only root can use LVM");
    Commands.need("LVM", "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; command -v lvs");
    return Program.script(name, "--block", "4096", "--algo", "sha1", path);
  }

  /**
   * Whether the wrapper that put a tag on a volume counts as dead for the one that has this tag.
   */
  private static boolean isDead(String owner, String own) throws IOException {
    return Program.shell(
                ". \"$1\" && ibs_tag=$2 && ibs_owner_is_dead \"$3\"",
                Repository.script("lib/lvm.sh"),
                own,
                owner)
            .run()
            .status()
        == 0;
  }

  @Test
  void theUsageTellsTheVariables() throws IOException {
    for (String name : new String[] {SERVE, RECEIVE}) {
      String usage = Program.script(name, "--help").run().ended(0).output();
      assertTrue(usage.startsWith("usage: " + name + " --block N --algo NAME PATH\n"), usage);
      assertTrue(usage.contains("  IBLOCKSYNC_"), usage);
      assertEquals(usage, Program.script(name, "/dev/vg0/data").run().ended(2).errors());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"5X", "G", "-5G", "+5G", "1.2.3", "5,5G", "5G -n other", "%"})
  void whatIsNoSizeIsRefused(String size) throws IOException {
    String end = "'" + size + "', but must be a size (5G) or a part of the volume (20%)";
    wrapper(SERVE, "/dev/null")
        .with("IBLOCKSYNC_SNAPSHOT_SIZE", size)
        .run()
        .failed(2, SERVE + ": error: IBLOCKSYNC_SNAPSHOT_SIZE is " + end)
        .saidNothingElse();
    wrapper(RECEIVE, "/dev/null")
        .with("IBLOCKSYNC_KEEP_SIZE", size)
        .run()
        .failed(2, RECEIVE + ": error: IBLOCKSYNC_KEEP_SIZE is " + end)
        .saidNothingElse();
  }

  @Test
  void whatIsNoDeviceIsNoLogicalVolume() throws IOException {
    for (String name : new String[] {SERVE, RECEIVE}) {
      wrapper(name, folder)
          .run()
          .failed(name + ": error: " + folder + ": is no logical volume")
          .saidNothingElse();
      wrapper(name, folder + "/missing").run().failed("missing: No such file").saidNothingElse();
    }
  }

  @Test
  void anOwnerIsDeadOnlyIfThatIsCertain() throws IOException {
    long pid = ProcessHandle.current().pid();
    String start =
        Commands.run("sh", "-c", "sed 's/.*) //' /proc/" + pid + "/stat | cut -d ' ' -f 20");
    String own = "iblocksync-serve:host:b0-0t:402653:1:1";
    String here = "iblocksync-serve:host:b0-0t:402653:";
    assertEquals(false, isDead(here + pid + ":" + start, own), "it lives");
    assertEquals(true, isDead(here + pid + ":" + start + "1", own), "its number was used again");
    assertEquals(true, isDead(here + "4194305:" + start, own), "there is no such process");
    assertEquals(true, isDead("iblocksync-serve:host:b1:402653:" + pid + ":" + start, own), "boot");
    assertEquals(false, isDead("iblocksync-serve:host:b0-0t:402654:4194305:1", own), "container");
    assertEquals(false, isDead("iblocksync-serve:another:b1:402653:4194305:1", own), "machine");
  }

  /** That a volume is one of LVM does not matter for that. */
  @Test
  void aVolumeThatAnotherRunIsWritingToIsRefused() throws Exception {
    Images images = new Images(folder);
    Path source = images.random("source.img", 300_000);
    Wrapper stuck = Wrapper.ofSource(folder).stuckAfter(5_000);
    try (LoopDevice device = LoopDevice.ofSize(images.path("volume.img"), 1 << 20)) {
      assertEquals("served\n", look(device).run().ended(0).output());
      try (Running running =
          Program.iblocksync("-f", "-b", "512", source, device.path())
              .with("IBLOCKSYNC_SOURCE_EXEC", stuck.write())
              .start()) {
        String lock = ":" + Files.getAttribute(device.path(), "unix:ino") + " ";
        Await.until(
            "the target is locked", () -> Files.readString(Path.of("/proc/locks")).contains(lock));
        look(device)
            .run()
            .failed(SERVE + ": error: " + device.path() + ": another iblocksync is writing to it")
            .saidNothingElse();
        running.signal("TERM");
        running.await();
      }
      assertEquals("served\n", look(device).run().ended(0).output());
    }
  }

  private static Program look(LoopDevice device) {
    return Program.shell(
        ". \"$1\" && ibs_name=$2 && ibs_path=$3 &&"
            + " ibs_device=$(cat \"/sys/block/${3##*/}/dev\") && ibs_check_writer &&"
            + " echo served >&4",
        Repository.script("lib/lvm.sh"),
        SERVE,
        device.path());
  }
}
