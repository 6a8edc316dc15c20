package io.iblocksync.cli.relay;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PieceChoiceTest {
  private static final long BLOCK = 1 << 20;
  private static final double FAST = 500e6;
  private static final double SLOW = 10e6;

  private final PieceChoice choice = new PieceChoice();
  private long told;
  private long nanos;

  /**
   * So many blocks that differ, one after the other: of each of those that are compared by pieces
   * this share of its bytes comes, of others all.
   */
  private void blocks(long count, double share, double bytesPerSecond) {
    for (long i = 0; i < count; i++) {
      boolean pieces = choice.byPieces();
      choice.differ(told, told + BLOCK, pieces);
      long length = pieces ? (long) (share * BLOCK) : BLOCK;
      choice.came(told, length, nanos);
      nanos += (long) (length / bytesPerSecond * 1e9);
      told += BLOCK;
    }
  }

  @Test
  void piecesAreComparedAtFirst() {
    assertTrue(choice.byPieces());
  }

  @Test
  void whereNothingIsSavedOnAFastLinkBlocksGoAsAWhole() {
    blocks(9, 1, FAST);
    assertFalse(choice.byPieces());
  }

  @Test
  void whereMuchIsSavedPiecesAreComparedOn() {
    blocks(1000, 0.02, FAST);
    assertTrue(choice.byPieces());
  }

  @Test
  void onASlowLinkPiecesAreComparedOnWhateverTheySave() {
    blocks(1000, 1, SLOW);
    assertTrue(choice.byPieces());
  }

  @Test
  void afterAWhileItIsTriedAgain() {
    blocks(9, 1, FAST);
    blocks(PieceChoice.WHOLE_BYTES / BLOCK, 0.02, FAST);
    assertTrue(choice.byPieces());
    blocks(1000, 0.02, FAST);
    assertTrue(choice.byPieces());
  }

  @Test
  void whereNothingIsEverSavedMostBlocksGoAsAWhole() {
    long byPieces = 0;
    for (int i = 0; i < 1000; i++) {
      byPieces += choice.byPieces() ? 1 : 0;
      blocks(1, 1, FAST);
    }
    assertTrue(byPieces < 150, byPieces + " of 1000");
  }

  @Test
  void blocksOfZerosSayNothingOfWhatPiecesSave() {
    for (int i = 0; i < 9; i++) {
      choice.differ(told, told + 4 * BLOCK, false);
      choice.came(told, 4 * BLOCK, nanos);
      told += 4 * BLOCK;
      blocks(1, 0.02, FAST);
    }
    assertTrue(choice.byPieces());
  }
}
