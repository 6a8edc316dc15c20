package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Hashes the pieces of blocks, by which the two sides find out what in a block differs: the first
 * bytes of SHA-1 over the run's salt and the piece. The salt keeps anybody from making pieces that
 * collide; by chance one in 2^64 does, which the digest of the image tells. For one thread.
 */
public final class PieceHasher {
  /** The bytes of a piece; the last one of a block may be shorter. */
  public static final int PIECE = 4096;

  /** The bytes of a piece's hash. */
  public static final int HASH = 8;

  /** Blocks that are no larger are sent whole. */
  public static final int MIN_BLOCK = 16384;

  private final MessageDigest sha1;
  private final byte[] salt;
  private final byte[] digest = new byte[20];

  /**
   * @param salt hexadecimal, of the run
   * @throws ProtocolException if it is not
   */
  public PieceHasher(String salt) throws ProtocolException {
    try {
      this.salt = HexFormat.of().parseHex(salt);
      this.sha1 = MessageDigest.getInstance("SHA-1");
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("the setting salt is not hexadecimal");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many pieces a block has. */
  public static int pieces(int blockLength) {
    return (blockLength - 1) / PIECE + 1;
  }

  /** Consumes what remains of a piece and puts its hash into {@code hashes} from there on. */
  public void hash(ByteBuffer piece, byte[] hashes, int offset) {
    sha1.update(salt);
    sha1.update(piece);
    try {
      sha1.digest(digest, 0, digest.length);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    System.arraycopy(digest, 0, hashes, offset, HASH);
  }
}
