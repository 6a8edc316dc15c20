package io.iblocksync.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  private int woken;
  private final TargetDigest digest =
      new TargetDigest(new ScriptedCoordinator().run(BLOCK, 100, 100), () -> woken++);

  @Test
  void ofEqualBlocksTheOwnHashesCount() throws Exception {
    digest.announced(hashes(0, new HashRun(4, digests, 0), HashRun.zeros(2)));
    digest.announced(hashes(6, new HashRun(4, digests, 6 * DIGEST)));
    digest.decided(new Verdicts(0, new int[] {3, Verdicts.run(true, 1), 3}));
    digest.decided(new Verdicts(7, new int[] {Verdicts.run(true, 2), 1}));
    ImageDigest expected = new ImageDigest(DIGEST);
    for (int block : new int[] {0, 1, 2, 6, 9}) {
      expected.add(block, 1, digests, block * DIGEST);
    }
    assertEquals(expected.value(), digest.value());
  }

  @Test
  void aVerdictBeforeTheHashIsRefused() {
    digest.announced(hashes(0, new HashRun(4, digests, 0)));
    ProtocolException e =
        assertThrows(ProtocolException.class, () -> digest.decided(new Verdicts(0, new int[] {5})));
    assertEquals("VERDICTS on block 4 before its hash was sent", e.getMessage());
  }

  @Test
  void withTooManyHashesWithoutAVerdictItIsFullUntilVerdictsHaveCome() throws Exception {
    int many = (8 << 20) / DIGEST + 1;
    digest.announced(hashes(0, new HashRun(10, new byte[10 * DIGEST], 0)));
    assertFalse(digest.isFull());
    digest.announced(hashes(10, new HashRun(many, new byte[many * DIGEST], 0)));
    assertTrue(digest.isFull());
    digest.decided(new Verdicts(0, new int[] {10}));
    assertTrue(digest.isFull());
    assertEquals(0, woken);
    digest.decided(new Verdicts(10, new int[] {many}));
    assertFalse(digest.isFull());
    assertEquals(1, woken);
  }

  private static Hashes hashes(long first, HashRun... runs) {
    return new Hashes(first, List.of(runs));
  }
}
