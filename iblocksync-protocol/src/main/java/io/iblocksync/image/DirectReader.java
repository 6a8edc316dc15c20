package io.iblocksync.image;

import io.iblocksync.linux.Errno;
import io.iblocksync.linux.SystemErrors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads a file or a block device past the page cache (O_DIRECT, see open(2)). Position, length and
 * memory address of such a read must be multiples of a number that no call reports reliably: the
 * sector of a device, or what a file system or the JDK demands. So this class finds it by trying,
 * and reads that do not fit go through a buffer.
 *
 * <p>Safe for use by several threads. Closing it releases all POSIX locks of this process on the
 * file (see fcntl(2)).
 */
public final class DirectReader implements Closeable {
  /** From the usual one to the largest that makes sense; each is a multiple of those before it. */
  private static final int[] ALIGNMENTS = {4096, 1 << 16, 1 << 20};

  /** The most that is read at a time, a multiple of all alignments. */
  static final int BUFFER = 1 << 20;

  private static final OpenOption DIRECT = directOption();

  private final FileChannel channel;
  private final int alignment;
  private final String problem;
  private final ThreadLocal<ByteBuffer> buffers;

  private DirectReader(FileChannel channel, int alignment, String problem) {
    this.channel = channel;
    this.alignment = alignment;
    this.problem = problem;
    this.buffers = ThreadLocal.withInitial(() -> newBuffer(BUFFER, alignment));
  }

  /** Opens the file or device at a path; look at {@link #problem} first. */
  public static DirectReader open(Path path) {
    FileChannel channel = null;
    String problem = "this Java has none";
    if (DIRECT != null) {
      try {
        channel = FileChannel.open(path, StandardOpenOption.READ, DIRECT);
      } catch (IOException e) {
        problem = SystemErrors.of(path, e).reason();
      } catch (UnsupportedOperationException e) {
        problem = String.valueOf(e.getMessage());
      }
    }
    return channel == null ? new DirectReader(null, 0, problem) : over(path, channel);
  }

  /** Finds out whether and how a channel can be read; the result closes it. */
  public static DirectReader over(Path path, FileChannel channel) {
    String problem = null;
    for (int alignment : ALIGNMENTS) {
      try {
        // Some file systems let it be opened and refuse to read.
        channel.read(newBuffer(alignment, alignment), 0);
        return new DirectReader(channel, alignment, null);
      } catch (IOException e) {
        problem = SystemErrors.of(path, e).reason();
      }
    }
    // The channel stays open until this is closed, for the sake of locks.
    return new DirectReader(channel, 0, problem);
  }

  /** The JDK's own option, by name: javac warns of it, and nothing turns that warning off. */
  private static OpenOption directOption() {
    try {
      for (Object option :
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (option.toString().equals("DIRECT")) {
          return (OpenOption) option;
        }
      }
    } catch (ClassNotFoundException e) {
      return null; // Not a JDK that derives from OpenJDK.
    }
    return null;
  }

  /** Why there are no direct reads; null if there are. */
  public String problem() {
    return problem;
  }

  /** The channel that is read; null if there is none. */
  public FileChannel channel() {
    return channel;
  }

  /**
   * Fills what remains of a buffer with the bytes from {@code position} on, as far as direct reads
   * go: the buffer's position says how far. They stop at the end, or where a file system returns
   * less than it was asked for.
   *
   * @throws IOException if the system reports an error; the buffer's position says where
   */
  public void read(ByteBuffer into, long position) throws IOException {
    long at = position;
    int atMost = BUFFER;
    while (into.hasRemaining()) {
      try {
        int count = fits(into, at) ? readInto(into, at, atMost) : readBetween(into, at, atMost);
        if (count <= 0) {
          return;
        }
        at += count;
      } catch (IOException e) {
        if (atMost == alignment || !isDiskError(e)) {
          throw e;
        }
        // One bad sector fails the whole read: smaller reads get what is before it, and its place.
        atMost = alignment;
      }
    }
  }

  private static boolean isDiskError(IOException e) {
    return SystemErrors.of(Path.of(""), e).errno() == Errno.EIO;
  }

  private boolean fits(ByteBuffer into, long at) {
    return into.isDirect()
        && at % alignment == 0
        && into.remaining() >= alignment
        && into.alignmentOffset(into.position(), alignment) == 0;
  }

  private int readInto(ByteBuffer into, long at, int atMost) throws IOException {
    int limit = into.limit();
    int length = Math.min(atMost, into.remaining() / alignment * alignment);
    try {
      return channel.read(into.limit(into.position() + length), at);
    } finally {
      into.limit(limit);
    }
  }

  private int readBetween(ByteBuffer into, long at, int atMost) throws IOException {
    ByteBuffer buffer = buffers.get();
    int skip = (int) (at % alignment);
    long wanted = ((long) skip + into.remaining() + alignment - 1) / alignment * alignment;
    int count = channel.read(buffer.clear().limit((int) Math.min(atMost, wanted)), at - skip);
    if (count <= skip) {
      return 0;
    }
    int length = Math.min(count - skip, into.remaining());
    into.put(buffer.limit(skip + length).position(skip));
    return length;
  }

  private static ByteBuffer newBuffer(int bytes, int alignment) {
    return ByteBuffer.allocateDirect(bytes + 2 * alignment).alignedSlice(alignment).slice(0, bytes);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
