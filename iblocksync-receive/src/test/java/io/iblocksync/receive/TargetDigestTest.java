package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.image.BlockWindow;
import io.iblocksync.image.BlockWindow.Announce;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.ImageDigest;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.testing.ScriptedCoordinator;
import io.iblocksync.testing.TempImages;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetDigestTest {
  private static final int DIGEST = ScriptedCoordinator.ALGORITHM.length();
  private static final int BLOCK = 10;

  private final byte[] digests =
      TempImages.bytes(TempImages.random("TargetDigestTest"), 10 * DIGEST);
  private final BlockWindow window =
      new BlockWindow(new Geometry(100, BLOCK), 10, DIGEST, false, 1 << 20);
  private final TargetDigest proof =
      new TargetDigest(new ScriptedCoordinator().run(BLOCK, 100, 100), window);

  @Test
  void ofEqualBlocksTheOwnHashesCount() throws Exception {
    proof.announced(hashes(0, new HashRun(4, digests, 0), HashRun.zeros(2)));
    proof.announced(hashes(6, new HashRun(4, digests, 6 * DIGEST)));
    proof.decided(new Verdicts(0, new int[] {3, Verdicts.run(true, 1), 3}));
    proof.decided(new Verdicts(7, new int[] {Verdicts.run(true, 2), 1}));
    ImageDigest expected = new ImageDigest(DIGEST);
    for (int block : new int[] {0, 1, 2, 6, 9}) {
      expected.add(block, 1, digests, block * DIGEST);
    }
    assertEquals(expected.value(), proof.value());
  }

  @Test
  void aVerdictBeforeTheHashIsRefused() {
    proof.announced(hashes(0, new HashRun(4, digests, 0)));
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> proof.decided(new Verdicts(0, new int[] {5})));
    assertEquals("VERDICTS on block 4 before its hash was sent", e.getMessage());
  }

  @Test
  void withTooManyHashesWithoutAVerdictNoMoreAreAnnounced() throws Exception {
    int many = (8 << 20) / DIGEST + 1;
    proof.announced(hashes(0, new HashRun(many, new byte[many * DIGEST], 0)));
    window.ready(window.claim());
    assertNull(window.poll());
    proof.decided(new Verdicts(0, new int[] {many}));
    assertInstanceOf(Announce.class, window.poll());
  }

  private static Hashes hashes(long first, HashRun... runs) {
    return new Hashes(first, List.of(runs));
  }
}
