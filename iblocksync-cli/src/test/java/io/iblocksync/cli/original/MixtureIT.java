package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Random images of all pairs of sizes through every mixture of our parts and the original's. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MixtureIT {
  private static final int[] BLOCK_SIZES = {16, 512, 1000, 4096, 65536};

  /** More blocks than any pipe or buffer has room for signals, let alone digests. */
  private static final int MANY = 300_000;

  @TempDir Path folder;
  private Path source;
  private Path target;
  private Random random;
  private long seed;

  @BeforeEach
  void nameTheImages() {
    source = folder.resolve("source.img");
    target = folder.resolve("target.img");
    seed = Long.getLong("iblocksync.test.seed", System.nanoTime());
    random = new Random(seed);
    System.out.println("images of a mixture: -Diblocksync.test.seed=" + seed);
  }

  @Test
  void ourCoordinatorWithAnOriginalServe() throws Exception {
    syncAllKinds(true, false);
  }

  @Test
  void ourCoordinatorWithAnOriginalReceive() throws Exception {
    syncAllKinds(false, true);
  }

  @Test
  void ourCoordinatorWithBothOriginalEndpoints() throws Exception {
    syncAllKinds(true, true);
  }

  @Test
  void anOriginalCoordinatorWithOurServe() throws Exception {
    coordinateAllKinds(true, false);
  }

  @Test
  void anOriginalCoordinatorWithOurReceive() throws Exception {
    coordinateAllKinds(false, true);
  }

  @Test
  void anOriginalCoordinatorWithBothOurEndpoints() throws Exception {
    coordinateAllKinds(true, true);
  }

  @Test
  void ourCoordinatorComparesMoreBlocksThanAnyBufferHolds() throws Exception {
    ImagePair pair = many();
    prepare(pair);
    Result result = iblocksync(pair, "crc32", true, true).run();
    result.ended(0);
    assertEquals(-1, Files.mismatch(source, target), result.description());
  }

  @Test
  void whatProtocol1HasNoMeansForIsRefusedBeforeAnythingIsWritten() throws Exception {
    ImagePair pair = ImagePair.random(random, ImagePair.Kind.EQUAL_SIZES, 4096);
    prepare(pair);
    byte[] before = Files.readAllBytes(target);
    for (String option : List.of("--dry-run", "--verify")) {
      iblocksync(pair, "sha1", true, false, option)
          .run()
          .failed("iblocksync: error: " + option + " needs iblocksync 2 for the ");
      assertArrayEquals(before, Files.readAllBytes(target));
    }
  }

  @Test
  void ourEndpointsTakeInMoreSignalsThanAnyBufferHolds() throws Exception {
    for (OriginalCoordinator.DigestOrder order : OriginalCoordinator.DigestOrder.values()) {
      coordinate(many(), "crc32", order, true, true, true);
    }
  }

  @Test
  void verboseOutputNamesTheProtocolAndEachSidesVersion() throws Exception {
    ImagePair pair = ImagePair.random(random, ImagePair.Kind.EQUAL_SIZES, 4096);
    prepare(pair);
    Result result = iblocksync(pair, "sha1", true, false, "-vv").run().ended(0);
    String said = result.errors().toLowerCase(Locale.ROOT);
    assertTrue(said.contains("protocol 1"), result.description());
    assertTrue(said.contains("1.0.1"), result.description());
    assertTrue(said.contains("2.2.0"), result.description());
  }

  @Test
  void aSummaryCountsTheBlocksOfTheOriginalToo() throws Exception {
    byte[] image = new byte[10 * 512];
    random.nextBytes(image);
    byte[] old = image.clone();
    old[3 * 512]++;
    old[7 * 512]++;
    ImagePair pair = new ImagePair("two changed blocks", 512, image, old);
    prepare(pair);
    iblocksync(pair, "sha1", true, true).run().succeeded().counted(10, 2);
  }

  private ImagePair many() {
    byte[] image = new byte[MANY * 16];
    random.nextBytes(image);
    byte[] old = image.clone();
    for (int block = 0; block < MANY; block++) {
      old[block * 16] += (byte) (block % 50 == 0 ? 0 : 1);
    }
    return new ImagePair("many small blocks", 16, image, old);
  }

  private void syncAllKinds(boolean originalServe, boolean originalReceive) throws Exception {
    for (ImagePair.Kind kind : ImagePair.Kind.values()) {
      ImagePair pair = randomPair(kind);
      String algorithm = randomAlgorithm();
      prepare(pair);
      Result result =
          iblocksync(pair, algorithm, originalServe, originalReceive, "--force-empty").run();
      String what = pair + ", " + algorithm + ", seed " + seed + ": " + result.description();
      assertEquals(0, result.status(), what);
      assertEquals(-1, Files.mismatch(source, target), what);
      // Checksums are warned of, too.
      long warnings = result.errors().lines().filter(MixtureIT::isOfImages).count();
      assertEquals(pair.acceptedWithoutForce() ? 0 : 1, warnings, what);
    }
  }

  private static boolean isOfImages(String line) {
    return !line.contains(" is a checksum of about ");
  }

  private Program iblocksync(
      ImagePair pair, String algorithm, boolean serve, boolean receive, String... options)
      throws IOException {
    String[] words = Arrays.copyOf(options, options.length + 7);
    String block = Integer.toString(pair.blockSize());
    String[] fixed = {"-f", "-a", algorithm, "-b", block, source.toString(), target.toString()};
    System.arraycopy(fixed, 0, words, options.length, fixed.length);
    Program program = Program.iblocksync((Object[]) words);
    if (serve) {
      program.with("IBLOCKSYNC_SOURCE_EXEC", Scripts.serve(folder, Fault.NONE));
    }
    if (receive) {
      program.with("IBLOCKSYNC_TARGET_EXEC", Scripts.receive(folder, Fault.NONE));
    }
    return program;
  }

  private void coordinateAllKinds(boolean ourServe, boolean ourReceive) throws Exception {
    OriginalCoordinator.DigestOrder[] orders = OriginalCoordinator.DigestOrder.values();
    for (ImagePair.Kind kind : ImagePair.Kind.values()) {
      ImagePair pair = randomPair(kind);
      OriginalCoordinator.DigestOrder order = orders[random.nextInt(orders.length)];
      coordinate(pair, randomAlgorithm(), order, ourServe, ourReceive, true);
      if (!pair.acceptedByTheOriginal() && ourReceive) {
        coordinate(pair, randomAlgorithm(), order, ourServe, ourReceive, false);
      }
    }
  }

  private void coordinate(
      ImagePair pair,
      String algorithm,
      OriginalCoordinator.DigestOrder order,
      boolean ourServe,
      boolean ourReceive,
      boolean refusesPartialBlocks)
      throws Exception {
    prepare(pair);
    String what = pair + ", " + algorithm + ", " + order + ", seed " + seed;
    boolean accepted = pair.acceptedByTheOriginal() || !refusesPartialBlocks;
    try (Endpoint serve = endpoint(ourServe, "iblocksync-serve", pair, algorithm, source);
        Endpoint receive = endpoint(ourReceive, "iblocksync-receive", pair, algorithm, target)) {
      OriginalCoordinator coordinator =
          new OriginalCoordinator(serve.peer(), receive.peer(), order, refusesPartialBlocks);
      assertEquals(accepted ? 0 : 1, coordinator.run(), what + ": " + coordinator.message);
      serve.endInput();
      receive.endInput();
      serve.ended(accepted ? 0 : 1, what);
      receive.ended(accepted ? 0 : 1, what);
    }
    if (!accepted) {
      assertArrayEquals(pair.target(), Files.readAllBytes(target), what);
    } else if (ourReceive) {
      assertArrayEquals(pair.source(), Files.readAllBytes(target), what);
    } else {
      // The original's receive may pad an equal partial block.
      byte[] start = Arrays.copyOf(Files.readAllBytes(target), pair.source().length);
      assertArrayEquals(pair.source(), start, what);
    }
  }

  private Endpoint endpoint(boolean ours, String name, ImagePair pair, String algorithm, Path image)
      throws IOException {
    List<String> arguments =
        List.of(
            "--block", Integer.toString(pair.blockSize()), "--algo", algorithm, image.toString());
    if (ours) {
      return OurEndpoint.start(folder, name, arguments);
    }
    String[] words = arguments.toArray(String[]::new);
    return Endpoints.start((in, out) -> original(name, words, in, out).run());
  }

  private static OriginalEndpoint original(
      String name, String[] arguments, InputStream in, OutputStream out) {
    return name.endsWith("serve")
        ? new OriginalServe(arguments, in, out, Fault.NONE)
        : new OriginalReceive(arguments, in, out, Fault.NONE);
  }

  private void prepare(ImagePair pair) throws IOException {
    Files.write(source, pair.source());
    Files.deleteIfExists(target);
    if (pair.target() != null) {
      Files.write(target, pair.target());
    }
  }

  private ImagePair randomPair(ImagePair.Kind kind) {
    return ImagePair.random(random, kind, BLOCK_SIZES[random.nextInt(BLOCK_SIZES.length)]);
  }

  private String randomAlgorithm() {
    return Digests.ALGORITHMS[random.nextInt(Digests.ALGORITHMS.length)];
  }
}
