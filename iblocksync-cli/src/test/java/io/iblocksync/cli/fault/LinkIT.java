package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.Sshd;
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A line that is cut after N bytes, for N over all of a run: within ssh's own greeting, among
 * hashes, in the middle of blocks, and after the last word. {@code -Dlink.cuts} makes more of them.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class LinkIT {
  private static final int CUTS = Integer.getInteger("link.cuts", 4);
  private static final String BLOCK_SIZE = "4K";

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;
  private Path old;

  @Test
  void aLineThatIsCutAnywhereEndsBothSidesAndTheNextRunRepairsIt() throws Exception {
    images = new Images(folder);
    source = images.random("source.img", 1_500_000);
    old = images.copy(source, "old.img");
    images.change(old, 4096, 0, 3, 50, 51, 52, 100, 200, 250, 300, 360, 366);
    target = images.path("target.img");
    try (Sshd sshd = new Sshd(folder)) {
      for (boolean push : new boolean[] {true, false}) {
        long whole = run(sshd, push, Long.MAX_VALUE, 0);
        for (int cut = 0; cut < CUTS; cut++) {
          // From some way into ssh's own greeting to just before the end.
          run(sshd, push, 1 + (2 * cut + 1) * whole / (2 * CUTS), cut + 1);
        }
      }
    }
  }

  /** Returns how many bytes went over the line. */
  private long run(Sshd sshd, boolean push, long bytes, int number) throws Exception {
    Path notes = Files.createDirectory(folder.resolve("notes" + push + number));
    Wrapper from = Wrapper.ofSource(notes);
    Wrapper to = Wrapper.ofTarget(notes);
    Files.deleteIfExists(target);
    images.copy(old, "target.img");
    long passed;
    try (Link link = new Link(sshd.port(), bytes)) {
      Result result = program(sshd, link, push, from, to).run();
      passed = link.passed();
      if (bytes == Long.MAX_VALUE) {
        result.ended(0);
      } else if (result.status() == 0) {
        Images.assertEqual(source, target);
      } else {
        assertEquals(75, result.status(), result.description());
        assertTrue(result.error().contains(" on there: "), result.description());
      }
    }
    Await.until("no remote process is left", () -> sshd.processes().isEmpty());
    for (Wrapper wrapper : List.of(from, to)) {
      if (!wrapper.log().isEmpty()) {
        assertEquals(Wrapper.cleanedUpOnce(), wrapper.log(), "after " + bytes + " bytes");
      }
    }
    Program.iblocksync("-b", BLOCK_SIZE, source, target).run().succeeded();
    Images.assertEqual(source, target);
    return passed;
  }

  private Program program(Sshd sshd, Link link, boolean push, Wrapper from, Wrapper to)
      throws IOException {
    String rsh =
        sshd.rsh() + " -o Port=" + link.port() + " -o HostKeyAlias=[127.0.0.1]:" + sshd.port();
    String serve = from.write().toString();
    String receive = to.write().toString();
    return Program.iblocksync(
            "-b", BLOCK_SIZE, (push ? "" : "there:") + source, (push ? "there:" : "") + target)
        .with("IBLOCKSYNC_SOURCE_RSH", rsh)
        .with("IBLOCKSYNC_TARGET_RSH", rsh)
        .with("IBLOCKSYNC_SOURCE_EXEC", push ? serve : Shell.quote(serve))
        .with("IBLOCKSYNC_TARGET_EXEC", push ? Shell.quote(receive) : receive);
  }
}
