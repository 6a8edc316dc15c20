package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.TwoImages;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with little room: few descriptors, a small heap, little memory for blocks. */
@Timeout(60)
class LimitsIT extends TwoImages {
  private static final int SIZE = 20_000_000;

  LimitsIT() {
    super(SIZE);
  }

  private Program limited(int descriptors) {
    return Program.shell(
        "ulimit -n " + descriptors + "; exec \"$@\"",
        Repository.script("iblocksync"),
        source,
        target);
  }

  @ParameterizedTest
  @ValueSource(ints = {17, 18, 31})
  void tooFewDescriptorsAreOneLine(int descriptors) throws IOException {
    String line = "only " + descriptors + " files can be open at once, but 32 are needed";
    limited(descriptors).run().failed(line).saidNothingElse();
  }

  @Test
  void thatManyDescriptorsAreEnough() throws IOException {
    limited(32).run().succeeded();
    Images.assertEqual(source, target);
  }

  @Test
  void tooFewDescriptorsForAnEndpointAreALineOfIts() throws IOException {
    String few =
        "sh -c 'ulimit -n 16; exec \"$0\" \"$@\"' " + Repository.script("iblocksync-serve");
    Result result =
        Program.iblocksync(source, target).with("IBLOCKSYNC_SOURCE_EXEC", few).run().ended(1);
    assertTrue(
        result.errors().startsWith("iblocksync-serve: error: only 16 files can be open at once"),
        result.description());
  }

  /** The JVM must not end by itself for that, as an option of its own makes it do. */
  private static Program withHeap(Program program, String megabytes) {
    return program.with(
        "IBLOCKSYNC_JAVA_OPTS",
        "-XX:+UseSerialGC -XX:-ExitOnOutOfMemoryError -Xmn2m -Xmx" + megabytes + "m");
  }

  @Test
  void aHeapThatRunsOutEndsTheRunInOneLine() throws IOException {
    Result result = withHeap(Program.iblocksync("-b", "512", source, target), "4").run().ended(1);
    assertTrue(result.error().contains("not enough memory"), result.description());
  }

  private Program withBlockMemory(String size, Object... arguments) {
    return Program.iblocksync(arguments)
        .with("IBLOCKSYNC_JAVA_OPTS", "-XX:MaxDirectMemorySize=" + size);
  }

  /** The window would be of 32 MB, twice. */
  @Test
  void aRunGoesOnWithTheBuffersThatThereAreMemoryFor() throws IOException {
    images.copy(source, "target.img");
    images.change(target, 65536, 100, 200);
    withBlockMemory("6m", source, target).run().succeeded();
    Images.assertEqual(source, target);
  }

  @Test
  void endpointsGoOnWithTheBuffersThatThereAreMemoryForAndVerify() throws IOException {
    images.copy(source, "target.img");
    images.change(target, 65536, 100, 200);
    withBlockMemory("8m", "--verify", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", Repository.script("iblocksync-serve"))
        .with("IBLOCKSYNC_TARGET_EXEC", Repository.script("iblocksync-receive"))
        .run()
        .succeeded();
    Images.assertEqual(source, target);
  }

  @Test
  void aBlockThatDoesNotFitIsNamedWithTheLimit() throws IOException {
    withBlockMemory("8m", "-b", "64M", source, target)
        .run()
        .failed("in blocks of 67108864: choose a smaller --block", "8388608");
  }
}
