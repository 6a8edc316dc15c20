package io.iblocksync.endpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.program.UsageException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EndpointOptionsTest {
  private static EndpointOptions parse(String... args) throws UsageException {
    return EndpointOptions.of(EndpointOptions.arguments("prog").parse(args));
  }

  private static String error(String... args) {
    return assertThrows(UsageException.class, () -> parse(args)).getMessage();
  }

  @Test
  void theArgumentsOfACoordinatorAreRead() throws UsageException {
    assertEquals(
        new EndpointOptions(4096, HashAlgorithm.MD5, Path.of("/dev/vg/b\u00e4ckup")),
        parse("--block", "4096", "--algo", "md5", "/dev/vg/b\u00e4ckup"));
  }

  @Test
  void theDefaultsAreThoseOfTheCoordinator() throws UsageException {
    assertEquals(new EndpointOptions(1 << 20, HashAlgorithm.SHA1, Path.of("a")), parse("a"));
  }

  @Test
  void aPathMayBeginWithADashAfterTwo() throws UsageException {
    assertEquals(Path.of("-a"), parse("--", "-a").path());
  }

  @Test
  void aBlockSizeThatIsNoneIsRefused() {
    assertEquals("invalid block size '0': must be at least 1 byte", error("-b", "0", "a"));
  }

  @Test
  void anUnknownAlgorithmIsRefused() {
    assertEquals(
        "unknown hash algorithm 'sha2' (supported: 'adler32'",
        error("-a", "sha2", "a").split(",")[0]);
  }

  @Test
  void exactlyOnePathIsNeeded() {
    assertEquals("PATH is missing; try 'prog --help'", error());
    assertEquals("PATH is empty", error(""));
    assertEquals("unexpected argument 'b' after PATH; try 'prog --help'", error("a", "b"));
  }
}
