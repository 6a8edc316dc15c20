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
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What README.md shows is what the program prints, and the script in WRAPPERS.md works. */
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

  private static String page(String name) throws IOException {
    return Files.readString(Repository.scripts().resolveSibling(name));
  }

  /** The block of code in WRAPPERS.md that begins like this. */
  private static String block(String start) throws IOException {
    String page = page("scripts/WRAPPERS.md");
    int at = page.indexOf("\n" + start) + 1;
    assertTrue(at > 0 && page.lastIndexOf("```", at) > 0, "no block that begins with " + start);
    return page.substring(at, page.indexOf("\n```\n", at) + 1);
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

  /** The lines of blocks in README.md that a run prints as its summary. */
  private static List<String> summaries() throws IOException {
    List<String> summaries = new ArrayList<>();
    List<String> before = new ArrayList<>();
    for (String line : page("README.md").split("\n")) {
      String last = before.isEmpty() ? "" : before.get(before.size() - 1);
      if (last.startsWith("# iblocksync ") || last.equals("```text") && line.contains(" blocks")) {
        summaries.add(line);
      } else if (summaries.contains(last) && line.contains(" blocks")) {
        summaries.add(line);
      }
      before.add(line);
    }
    assertEquals(3, summaries.size(), summaries.toString());
    return summaries;
  }

  /** A summary without what differs from machine to machine: its seconds. */
  private static String steady(String summary) {
    return summary.strip().replaceAll("[0-9.]+ s\\b", "N s");
  }

  @Test
  void theSummariesInReadmeAreThoseOfTheProgram() throws IOException {
    int block = 1 << 20;
    Path source = Files.write(folder.resolve("disk.img"), new byte[64 * block]);
    Path copy = folder.resolve("copy.img");
    String first = Program.iblocksync(source, copy).run().ended(0).output();
    new Images(folder).change(source, block, 1, 60);
    String second = Program.iblocksync(source, copy).run().ended(0).output();
    assertEquals(steady(summaries().get(1)), steady(first));
    assertEquals(steady(summaries().get(2)), steady(second));
    String form =
        steady(second)
            .replaceAll("[0-9]+", "1")
            .replace("copy.img", "mail.img")
            .replace(" MB)", " MB, 1.1 MB sent)");
    assertEquals(form, steady(summaries().get(0)).replaceAll("[0-9]+", "1"));
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
