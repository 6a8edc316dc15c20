package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.LocalShell;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compression of what crosses to another machine. */
@Timeout(120)
class CompressIT {
  private static final int SIZE = 3_000_000;

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;
  private LocalShell shell;

  @BeforeEach
  void makeImages() throws IOException {
    images = new Images(folder);
    target = images.path("target.img");
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < SIZE; i++) {
      text.append(i).append(' ');
    }
    source = Files.writeString(images.path("source.img"), text);
    shell = new LocalShell(folder);
  }

  @Test
  void aRemoteTargetReceivesFewerBytes() throws IOException {
    Result result = sync(source.toString(), "host:" + target).succeeded();
    assertEquals("", result.errors());
    Images.assertEqual(source, target);
    assertTrue(shell.sent() < SIZE / 2, shell.sent() + " bytes");
  }

  @Test
  void aRemoteSourceSendsFewerBytes() throws IOException {
    sync("host:" + source, target.toString()).succeeded();
    Images.assertEqual(source, target);
    assertTrue(shell.received() < SIZE / 2, shell.received() + " bytes");
  }

  @Test
  void whatCannotBeCompressedGoesAsItIs() throws IOException {
    source = images.random("random.img", SIZE);
    sync(source.toString(), "host:" + target).succeeded();
    Images.assertEqual(source, target);
    assertTrue(shell.sent() > SIZE && shell.sent() < SIZE + 10_000, shell.sent() + " bytes");
  }

  @Test
  void whatWasCompressedAndHasNoCounterpartIsVerified() throws IOException {
    Images.assertEqual(source, verified());
    Files.write(target, new byte[100_000]);
    Images.assertEqual(source, verified());
  }

  private Path verified() throws IOException {
    Result result =
        Program.iblocksync("-z", "--verify", "-f", source, "host:" + target)
            .with("IBLOCKSYNC_TARGET_RSH", shell.script())
            .run()
            .ended(0);
    assertTrue(result.output().endsWith("; verified\n"), result.description());
    return target;
  }

  @Test
  void betweenImagesOfOneMachineNothingIsCompressedAndVerboseSaysSo() throws IOException {
    Result result = Program.iblocksync("-v", "-z", source, target).run().ended(0);
    Images.assertEqual(source, target);
    assertTrue(result.errors().contains("INFO nothing is compressed: "), result.description());
  }

  private Result sync(String from, String to) throws IOException {
    return Program.iblocksync("-z", from, to)
        .with("IBLOCKSYNC_SOURCE_RSH", shell.script())
        .with("IBLOCKSYNC_TARGET_RSH", shell.script())
        .run();
  }
}
