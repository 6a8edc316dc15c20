package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.testing.Hex;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PieceHasherTest {
  @Test
  void aHashIsTheBeginOfSha1OverSaltAndPiece() throws ProtocolException {
    byte[] hashes = new byte[24];
    ByteBuffer piece = ByteBuffer.wrap(new byte[] {'x', 'b', 'c', 'x'}, 1, 2);
    // That of "abc" is the standard's first example.
    PieceHasher hasher = new PieceHasher("61");
    hasher.hash(piece, hashes, 8);
    assertEquals(0, piece.remaining());
    assertArrayEquals(Hex.bytes("0000000000000000 a9993e364706816a 0000000000000000"), hashes);
    new PieceHasher("").hash(ByteBuffer.wrap(new byte[] {'a', 'b', 'c'}), hashes, 16);
    hasher.hash(ByteBuffer.wrap(new byte[] {'b', 'c'}), hashes, 0);
    assertArrayEquals(Hex.bytes("a9993e364706816a".repeat(3)), hashes);
  }

  @Test
  void theLastPieceMayBeShorter() {
    assertEquals(1, PieceHasher.pieces(1));
    assertEquals(1, PieceHasher.pieces(4096));
    assertEquals(2, PieceHasher.pieces(4097));
    assertEquals(1 << 18, PieceHasher.pieces(1 << 30));
    assertEquals(1 << 19, PieceHasher.pieces(Integer.MAX_VALUE));
  }

  @Test
  void aSaltThatIsNotHexadecimalIsRefused() {
    for (String salt : new String[] {"6", "xy", "0x61", "61 "}) {
      ProtocolException e = assertThrows(ProtocolException.class, () -> new PieceHasher(salt));
      assertEquals("the setting salt is not hexadecimal", e.getMessage());
    }
  }
}
