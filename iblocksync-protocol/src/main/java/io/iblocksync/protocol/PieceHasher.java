package io.iblocksync.protocol;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Hashes the pieces of blocks; by these hashes the two sides find out which parts of a block
 * differ. A hash is the first bytes of SHA-1 over the run's salt and the piece. Because of the
 * salt, nobody can prepare pieces that collide. By chance one in 2^64 does; the digest of the image
 * detects that. For one thread.
 */
public final class PieceHasher {
  /** The length of a piece in bytes; the last piece of a block may be shorter. */
  public static final int PIECE = 4096;

  /** The length of a piece's hash in bytes. */
  public static final int HASH = 8;

  /** The largest block size, in bytes, at which a differing block is always sent whole. */
  public static final int MIN_BLOCK = 16384;

  private final MessageDigest sha1;
  private final byte[] salt;
  private final byte[] digest = new byte[20];

  /**
   * @param salt the salt of the run, in hexadecimal
   * @throws ProtocolException if the salt is not hexadecimal
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

  /** Returns the number of pieces of a block of this length in bytes. */
  public static int pieces(int blockLength) {
    return (blockLength - 1) / PIECE + 1;
  }

  /**
   * Consumes the remaining bytes of a piece and writes its hash, {@link #HASH} bytes, into {@code
   * hashes}, starting at index {@code offset}.
   */
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
