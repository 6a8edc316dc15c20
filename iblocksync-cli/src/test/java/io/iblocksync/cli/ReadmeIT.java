package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What README.md shows is what the programs say, and the wrapper in it works. */
@Timeout(60)
class ReadmeIT {
  /** Copies where LVM makes a snapshot. It takes all of its standard input, as a rude one would. */
  private static final String LVCREATE =
      """
      #!/bin/sh
      echo "lvcreate $*" >>"${0%/*}/log"
      cat >/dev/null
      [ "$1 $2 $4" = "-s -L -n" ] || exit 3
      if [ -e "${6%/*}/$5" ]; then echo "Logical Volume $5 already exists" >&2; exit 5; fi
      cp "$6" "${6%/*}/$5"
      echo "Logical volume $5 created."
      """;

  private static final String LVREMOVE =
      """
      #!/bin/sh
      echo "lvremove $*" >>"${0%/*}/log"
      cat >/dev/null
      if [ -e "$2.busy" ]; then echo "Logical volume in use." >&2; exit 5; fi
      rm "$2"
      echo "Logical volume successfully removed"
      """;

  @TempDir Path folder;
  private Path volume;
  private Path snapshot;
  private Path target;

  @BeforeEach
  void makeWrapper() throws IOException {
    volume = new Images(folder).random("data", 300_000);
    snapshot = folder.resolve("data-iblocksync");
    target = folder.resolve("target.img");
    write("lvcreate", LVCREATE);
    write("lvremove", LVREMOVE);
    write("iblocksync-serve-lvm", block("#!/bin/sh\n"));
  }

  private void write(String name, String script) throws IOException {
    Path file = Files.writeString(folder.resolve(name), script);
    assertTrue(file.toFile().setExecutable(true));
  }

  /** The block of code in README.md that begins like this. */
  private static String block(String start) throws IOException {
    String readme = Files.readString(Repository.scripts().resolveSibling("README.md"));
    int at = readme.indexOf("\n" + start) + 1;
    assertTrue(at > 0 && readme.lastIndexOf("```", at) > 0, "no block that begins with " + start);
    return readme.substring(at, readme.indexOf("\n```\n", at) + 1);
  }

  private Program wrapped() {
    return Program.iblocksync(volume, target)
        .with("PATH", folder + ":" + Repository.scripts() + ":/usr/bin:/bin")
        .with("IBLOCKSYNC_SOURCE_EXEC", "iblocksync-serve-lvm");
  }

  private void assertMadeAndRemovedOnce() throws IOException {
    assertEquals(
        List.of(
            "lvcreate -s -L 5G -n data-iblocksync " + volume,
            "lvremove -f " + folder + "/data-iblocksync"),
        Files.readAllLines(folder.resolve("log")));
    assertFalse(Files.exists(snapshot));
  }

  @Test
  void theUsageIsWhatTheProgramPrints() throws IOException {
    Result help = Program.iblocksync("--help").run().ended(0);
    assertEquals(help.output(), block("usage: iblocksync "));
  }

  @Test
  void theWrapperIsFreeOfWhatShellcheckFinds() throws IOException {
    assertEquals("", Commands.run("shellcheck", folder + "/iblocksync-serve-lvm"));
  }

  @Test
  void theWrapperServesASnapshotAndRemovesIt() throws IOException {
    wrapped().run().ended(0);
    Images.assertEqual(volume, target);
    assertMadeAndRemovedOnce();
  }

  @Test
  void theWrapperRemovesTheSnapshotWhenTheTargetFails() throws IOException {
    target = folder.resolve("missing/target.img");
    wrapped().run().failed("No such file or directory");
    assertMadeAndRemovedOnce();
  }

  /** Stopped, and such that no SIGTERM ends it. */
  @ParameterizedTest
  @ValueSource(strings = {"kill -STOP $$", "trap '' TERM; exec sleep 600"})
  void theWrapperRemovesTheSnapshotOfAnEndpointThatHangs(String hang) throws Exception {
    write("iblocksync-serve", "#!/bin/sh\n" + hang + "\n");
    try (Running running =
        wrapped().with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=2 -Diblocksync.kill=1").start()) {
      Await.until("the snapshot is there", () -> Files.exists(snapshot));
      Await.pause(500);
      running.signal("TERM");
      running.await().ended(143);
    }
    assertMadeAndRemovedOnce();
  }

  @Test
  void theWrapperLeavesASnapshotThatIsNotItsOwn() throws IOException {
    Files.writeString(snapshot, "of another run");
    Result result = wrapped().run().failed("ended with status 5 before it answered");
    assertTrue(result.errors().contains("already exists"), result.description());
    assertEquals("of another run", Files.readString(snapshot));
    assertFalse(Files.exists(target));
  }

  @Test
  void aSnapshotThatCannotBeRemovedMakesTheRunFail() throws IOException {
    Files.createFile(folder.resolve("data-iblocksync.busy"));
    Result result = wrapped().run().failed("ended with status 1");
    assertTrue(result.errors().contains("in use"), result.description());
    Images.assertEqual(volume, target);
  }
}
