package io.iblocksync.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * A device that is mounted in a mount namespace of its own, as in a container: in the tests' own
 * nothing of it is seen. A test is skipped where that cannot be.
 */
public final class OtherNamespace implements AutoCloseable {
  private final Process process;

  private OtherNamespace(Process process) {
    this.process = process;
  }

  /** Mounts a device on a folder that is made for it. */
  public static OtherNamespace mount(Path device, Path folder) throws IOException {
    Files.createDirectories(folder);
    String script = "mount \"$1\" \"$2\" && echo mounted && exec cat >/dev/null";
    Process process =
        new ProcessBuilder(
                "unshare", "-m", "sh", "-c", script, "sh", device.toString(), folder.toString())
            .redirectError(Redirect.DISCARD)
            .start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    Assumptions.assumeTrue("mounted".equals(output.readLine()), "no mount namespaces here");
    return new OtherNamespace(process);
  }

  /** The id of the process that sees it. */
  public long process() {
    return process.pid();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    process.onExit().join();
  }
}
