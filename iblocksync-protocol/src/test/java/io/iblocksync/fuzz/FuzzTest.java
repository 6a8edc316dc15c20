package io.iblocksync.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.MountTableFuzz;
import io.iblocksync.testing.FuzzInputs;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What fuzzing has found worth keeping is decoded, or refused as the peer's fault. */
class FuzzTest {
  @Test
  void framesThatFuzzingFoundAreReadOrRefused() throws IOException {
    assertTrue(FuzzInputs.replay(FrameFuzz.class, FrameFuzz::fuzzerTestOneInput) > 0);
  }

  @Test
  void linesThatFuzzingFoundAreReadOrRefused() throws IOException {
    assertTrue(FuzzInputs.replay(GreetingFuzz.class, GreetingFuzz::fuzzerTestOneInput) > 0);
  }

  @Test
  void compressedBodiesThatFuzzingFoundAreUndoneOrRefused() throws IOException {
    assertTrue(FuzzInputs.replay(ZstdFuzz.class, ZstdFuzz::fuzzerTestOneInput) > 0);
  }

  @Test
  void linesOfMountTablesThatFuzzingFoundAreReadOrPassedOver() throws IOException {
    assertTrue(FuzzInputs.replay(MountTableFuzz.class, MountTableFuzz::fuzzerTestOneInput) > 0);
  }

  @Test
  void blockSizesThatFuzzingFoundAreReadOrRefused() throws IOException {
    assertTrue(FuzzInputs.replay(BlockSizeFuzz.class, BlockSizeFuzz::fuzzerTestOneInput) > 0);
  }
}
