package io.iblocksync.program;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ExitStatusTest {
  @Test
  void theStatusesAreThoseThatScriptsKnow() {
    assertEquals(0, ExitStatus.DONE);
    assertEquals(1, ExitStatus.FAILED);
    assertEquals(2, ExitStatus.USAGE);
  }

  @Test
  void aWrongCommandLineHasAStatusOfItsOwn() {
    assertEquals(ExitStatus.USAGE, ExitStatus.of(new UsageException("unknown option")));
  }

  @Test
  void whateverElseEndsAProgramIsAFailure() {
    assertEquals(ExitStatus.FAILED, ExitStatus.of(new IOException("disk")));
    assertEquals(ExitStatus.FAILED, ExitStatus.of(new IllegalStateException("bug")));
    assertEquals(ExitStatus.FAILED, ExitStatus.of(new OutOfMemoryError()));
  }

  @Test
  void aSignalHasTheStatusThatShellsGiveIt() {
    assertEquals(130, ExitStatus.ofSignal(2));
    assertEquals(143, ExitStatus.ofSignal(15));
  }
}
