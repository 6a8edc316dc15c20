package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.LocalShell;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limit on what connections to other machines carry. Only ever asks for no less time. */
@Timeout(120)
class BwlimitIT {
  private static final int SIZE = 600_000;

  @TempDir Path folder;
  private Images images;
  private Path source;

  @BeforeEach
  void makeImage() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", SIZE);
  }

  @Test
  void aRemoteSourceKeepsItInWhatItSends() throws IOException {
    Path target = images.path("target.img");
    assertTakes(1200, "400000", "host:" + source, target.toString());
    Images.assertEqual(source, target);
  }

  @Test
  void theCoordinatorKeepsItInWhatItSendsToARemoteTarget() throws IOException {
    Path target = images.path("target.img");
    assertTakes(1200, "400kB", source.toString(), "host:" + target);
    Images.assertEqual(source, target);
  }

  @Test
  void whatStaysOnThisMachineIsNotLimited() throws IOException {
    Path target = images.path("target.img");
    Program.iblocksync("--bwlimit", "1", source, target).run().succeeded();
    Images.assertEqual(source, target);
  }

  @Test
  void aRateThatIsNoneIsAWrongCommandLine() throws IOException {
    Result result = Program.iblocksync("--bwlimit", "fast", source, "b").run().ended(2);
    assertTrue(result.errors().startsWith("iblocksync: error: invalid rate 'fast': "));
  }

  private void assertTakes(long millis, String rate, String from, String to) throws IOException {
    Path shell = new LocalShell(folder).script();
    long start = System.nanoTime();
    Program.iblocksync("--bwlimit", rate, from, to)
        .with("IBLOCKSYNC_SOURCE_RSH", shell)
        .with("IBLOCKSYNC_TARGET_RSH", shell)
        .run()
        .succeeded();
    long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    assertTrue(took >= millis, took + " ms");
  }
}
