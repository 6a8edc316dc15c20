package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.LocalShell;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.TwoImages;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Of a block that differs only what differs crosses to another machine. */
@Timeout(120)
class PiecesIT extends TwoImages {
  private static final int BLOCK = 1 << 20;

  private LocalShell shell;

  PiecesIT() {
    super(5 * BLOCK + 1234);
  }

  @BeforeEach
  void changeSomeBlocks() throws IOException {
    makeChangedTarget(BLOCK, 0, 2, 3);
    shell = new LocalShell(folder);
  }

  @Test
  void aRemoteTargetReceivesThreePiecesOfThreeBlocks() throws IOException {
    Result result = sync(source.toString(), "host:" + target).succeeded().counted(6, 3);
    assertTrue(result.output().contains(" (12.2 kB, "), result.description());
    assertTrue(shell.sent() < 30_000, shell.sent() + " bytes");
    Images.assertEqual(source, target);
  }

  @Test
  void aRemoteSourceSendsThreePiecesOfThreeBlocks() throws IOException {
    Result result = sync("host:" + source, target.toString()).succeeded().counted(6, 3);
    assertTrue(result.output().contains(" (12.2 kB, "), result.description());
    assertTrue(shell.received() < 30_000, shell.received() + " bytes");
    Images.assertEqual(source, target);
  }

  @Test
  void onOneMachineBlocksGoAsTheyAre() throws IOException {
    Result result = Program.iblocksync(source, target).run().succeeded().counted(6, 3);
    assertTrue(result.output().contains(" (3.1 MB) in "), result.description());
    Images.assertEqual(source, target);
  }

  private Result sync(String from, String to) throws IOException {
    return Program.iblocksync(from, to)
        .with("IBLOCKSYNC_SOURCE_RSH", shell.script())
        .with("IBLOCKSYNC_TARGET_RSH", shell.script())
        .run();
  }
}
