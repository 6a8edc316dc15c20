package io.iblocksync.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.iblocksync.image.Chunk;
import io.iblocksync.image.ReadByHand;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.serve.DifferingParts.Part;
import java.nio.ByteBuffer;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

class DifferingPartsTest {
  private static final int PIECE = PieceHasher.PIECE;

  private ReadByHand image;
  private KeptChunks kept;

  @Test
  void blocksThatMeetAreOnePart() throws Exception {
    KeptChunk chunk = chunk(10, 95, 2, Verdicts.run(true, 3), 4, Verdicts.run(true, 1));
    assertEquals("20+30 90+5!", parts(chunk));
  }

  @Test
  void aPartIsNoLongerThanAFrameMayBe() throws Exception {
    int block = 2 * Frames.MAX_DATA + 7;
    KeptChunk chunk = chunk(block, block, Verdicts.run(true, 1));
    assertEquals("0+1048576 1048576+1048576 2097152+7!", parts(chunk));
  }

  @Test
  void zerosAreAPartOfTheirOwn() throws Exception {
    image = new ReadByHand(new Geometry(50, 10), true, 0);
    Chunk read = image.claim();
    read.zero().set(1, 3);
    KeptChunk chunk = decided(image.hashed(read), 5, Verdicts.run(true, 5));
    assertEquals("0+10 10+20z 30+20!", parts(chunk));
  }

  @Test
  void ofAHoleOnlyWhatDiffersComes() throws Exception {
    image = new ReadByHand(new Geometry(50, 10), true, 0);
    KeptChunk chunk =
        decided(image.claimHole(), 5, 1, Verdicts.run(true, 1), 1, Verdicts.run(true, 2));
    assertEquals("10+10z 30+20z!", parts(chunk));
  }

  @Test
  void ofABlockByPiecesOnlyThosePiecesComeThatDifferAndThoseThatMeetAreOnePart() throws Exception {
    int block = 5 * PIECE + 10;
    KeptChunk chunk = chunk(block, block, Verdicts.runByPieces(1));
    chunk.takePieces(new Pieces(0, 0, hashes(chunk.chunk(), 1, 4)));
    assertEquals("0+" + PIECE + " 8192+8192 20480+10!", parts(chunk));
  }

  @Test
  void aChunkOfWhichAllPiecesAreEqualHasNoParts() throws Exception {
    KeptChunk chunk = chunk(2 * PIECE, 2 * PIECE, Verdicts.runByPieces(1));
    chunk.takePieces(new Pieces(0, 0, hashes(chunk.chunk(), 0, 1)));
    assertEquals("", parts(chunk));
  }

  @Test
  void whatMustComeAsAWholeAndWhatNeedNotAreNotOnePart() throws Exception {
    KeptChunk chunk =
        chunk(
            PIECE,
            4L * PIECE,
            1,
            Verdicts.run(true, 1),
            Verdicts.runByPieces(1),
            Verdicts.run(true, 1));
    chunk.takePieces(new Pieces(2, 0, new byte[PieceHasher.HASH]));
    assertEquals("4096+4096 8192+4096 12288+4096!", parts(chunk));
  }

  @Test
  void chunksFollowEachOther() throws Exception {
    DifferingParts parts = new DifferingParts(null);
    assertNull(parts.next());
    for (int i = 0; i < 2; i++) {
      parts.begin(chunk(10, 30, 1, Verdicts.run(true, 1), 1));
      assertEquals("10+10! ", text(parts.next()));
      assertNull(parts.next());
    }
  }

  @Test
  void rawDataIsASliceAndNamesTheChunkWithItsLastPart() throws Exception {
    KeptChunk chunk = chunk(10, 50, Verdicts.run(true, 1), 1, Verdicts.run(true, 3));
    RawData raw = new RawData(kept);
    Outgoing first = raw.poll();
    assertNull(first.last());
    assertEquals(10, first.body().remaining());
    ByteBuffer body = chunk.chunk().slice(0, 10);
    body.put(3, (byte) 77);
    assertEquals(77, first.body().get(3));
    Outgoing second = raw.poll();
    assertEquals(20, second.data().offset());
    assertEquals(30, second.data().length());
    assertSame(chunk.chunk(), second.last().chunk());
    assertNull(raw.poll());
  }

  /** A chunk that is the whole image, of bytes that are not zero, with these verdicts. */
  private KeptChunk chunk(int block, long size, int... runs) throws Exception {
    image = new ReadByHand(new Geometry(size, block), true, 0);
    Chunk chunk = image.hashed(image.claim());
    ByteBuffer bytes = chunk.slice(0, size);
    while (bytes.hasRemaining()) {
      bytes.put((byte) (1 + bytes.position() % 251));
    }
    return decided(chunk, (int) new Geometry(size, block).blocks(), runs);
  }

  private KeptChunk decided(Chunk chunk, int blocks, int... runs) throws ProtocolException {
    assertEquals(blocks, chunk.blocks());
    kept = new KeptChunks(image.ahead(), true, () -> {});
    image.ahead().nextHashes(kept::add);
    kept.decide(new Verdicts(0, runs));
    // As KeptChunks knows it, which hands it out only when it has all pieces.
    KeptChunk same = new KeptChunk(chunk);
    for (int run : runs) {
      if (Verdicts.byPieces(run)) {
        same.decideByPieces(Verdicts.count(run));
      } else {
        same.decide(Verdicts.count(run), Verdicts.differs(run));
      }
    }
    return same;
  }

  private static byte[] hashes(Chunk chunk, int... equal) throws ProtocolException {
    byte[] hashes = new byte[PieceHasher.pieces((int) chunk.length()) * PieceHasher.HASH];
    PieceHasher hasher = hasher();
    for (int i : equal) {
      long start = (long) i * PIECE;
      ByteBuffer piece = chunk.slice(start, Math.min(chunk.length(), start + PIECE));
      hasher.hash(piece, hashes, i * PieceHasher.HASH);
    }
    return hashes;
  }

  private static PieceHasher hasher() throws ProtocolException {
    return new PieceHasher("5a17");
  }

  private static String parts(KeptChunk chunk) throws ProtocolException {
    DifferingParts parts = new DifferingParts(hasher());
    parts.begin(chunk);
    StringJoiner text = new StringJoiner(" ");
    for (Part part = parts.next(); part != null; part = parts.next()) {
      text.add(text(part).strip());
    }
    return text.toString();
  }

  private static String text(Part part) {
    if (part.bytes() != null) {
      assertEquals(part.length(), part.bytes().remaining());
    }
    String zeros = part.bytes() == null ? "z" : "";
    return part.offset() + "+" + part.length() + zeros + (part.last() ? "! " : " ");
  }
}
