package io.iblocksync.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file that was opened for direct reads, as the worst of file systems has it: a read must be
 * aligned, may give less than it is asked for, and can fail.
 */
public final class FussyChannel extends FileChannel {
  private final byte[] image;
  private int alignment = 4096;
  private int most = Integer.MAX_VALUE;
  private long badByte = Long.MAX_VALUE;
  private String error;
  private int reads;

  public FussyChannel(byte[] image) {
    this.image = image;
  }

  /** Position, length and memory of a read must be multiples of this. */
  public FussyChannel alignedTo(int bytes) {
    alignment = bytes;
    return this;
  }

  /** A read gives so many bytes at most. */
  public FussyChannel givingAtMost(int bytes) {
    most = bytes;
    return this;
  }

  /** A read that reaches this byte fails in these words. */
  public FussyChannel failingAt(long position, String words) {
    badByte = position;
    error = words;
    return this;
  }

  public int reads() {
    return reads;
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    reads++;
    boolean aligned =
        into.isDirect()
            && position % alignment == 0
            && into.remaining() % alignment == 0
            && into.alignmentOffset(into.position(), alignment) == 0;
    if (!aligned) {
      throw new IOException("Invalid argument");
    }
    if (position >= image.length) {
      return -1;
    }
    int count = Math.min(most, Math.min(into.remaining(), image.length - (int) position));
    if (position + into.remaining() > badByte) {
      throw new IOException(error);
    }
    into.put(image, (int) position, count);
    return count;
  }

  @Override
  protected void implCloseChannel() {}

  @Override
  public long size() {
    return image.length;
  }

  @Override
  public int read(ByteBuffer into) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long read(ByteBuffer[] into, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer from) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int write(ByteBuffer from, long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long position() {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel position(long position) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileChannel truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void force(boolean metaData) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) {
    throw new UnsupportedOperationException();
  }
}
