package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Wrapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines over which nothing comes any more although nobody has closed them. */
@Timeout(120)
class StallIT {
  private static final int SIZE = 4_000_000;

  @TempDir Path folder;
  private Path source;
  private Path target;
  private Wrapper sourceWrapper;
  private Wrapper targetWrapper;

  @BeforeEach
  void makeImages() throws IOException {
    source = new Images(folder).random("source.img", SIZE);
    target = folder.resolve("target.img");
    Files.write(target, new byte[SIZE]);
    sourceWrapper = Wrapper.ofSource(folder);
    targetWrapper = Wrapper.ofTarget(folder);
  }

  private void assertFails(String line) throws IOException {
    Program.iblocksync("-f", "--timeout", "2", "-b", "512", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write())
        .run()
        .failed(line);
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
    Program.iblocksync(source, target).run().succeeded();
    assertArrayEquals(Files.readAllBytes(source), Files.readAllBytes(target));
  }

  /** Among its hashes, and among its blocks. */
  @ParameterizedTest
  @ValueSource(ints = {3_000, 400_000})
  void aSourceOfWhichNothingComesAnyMoreIsNamed(int bytes) throws IOException {
    // The line stays, although the source itself may get to its end.
    sourceWrapper.stuckAfter(bytes).after("cat >/dev/null");
    assertFails("iblocksync-serve: error: no sign of life for 2 seconds (--timeout)");
  }

  @Test
  void aTargetOfWhichNothingComesAnyMoreIsNamed() throws IOException {
    // Not zeros, which have short hashes.
    new Images(folder).random("target.img", SIZE);
    targetWrapper.stuckAfter(3_000);
    assertFails("iblocksync-receive: error: no sign of life for 2 seconds (--timeout)");
  }

  /** As when the coordinator is stopped, or gone with something else holding its pipes. */
  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void anEndpointEndsByItselfWhenTheCoordinatorIsSilent(String endpoint) throws Exception {
    boolean serve = endpoint.equals("iblocksync-serve");
    Wrapper wrapper = serve ? sourceWrapper : targetWrapper;
    Path errors = folder.resolve("errors");
    ProcessBuilder builder =
        new ProcessBuilder(
                wrapper.write().toString(), "--block", "512", "--algo", "sha1", source.toString())
            .redirectError(errors.toFile());
    builder.environment().put("JAVA_HOME", Repository.javaHome());
    Process process = builder.start();
    try {
      OutputStream in = process.getOutputStream();
      in.write("iblocksync 1.0.1\n".getBytes(StandardCharsets.UTF_8));
      in.flush();
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8), 1);
      assertTrue(out.readLine().contains("\"offer\""));
      String choice =
          "{\"blockSize\":512,\"hashAlgorithm\":\"sha1\",\"filePath\":\"/x\",\"fileSize\":"
              + SIZE
              + ",\"uuid\":\"\",\"choice\":{\"program\":\"test\",\"protocol\":2,\"features\":[],"
              + "\"verbosity\":0,\"settings\":{\"timeout\":1}}}\n";
      in.write(choice.getBytes(StandardCharsets.UTF_8));
      in.flush();
      // Its hashes are more than the pipe holds, so that it is stuck in writing, too.
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still runs");
      assertEquals(1, process.exitValue());
      assertEquals(
          endpoint + ": error: no sign of life from the coordinator for 1 seconds\n",
          Files.readString(errors));
      assertEquals(Wrapper.cleanedUpOnce(), wrapper.log());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
