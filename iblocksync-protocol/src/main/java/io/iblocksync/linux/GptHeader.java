package io.iblocksync.linux;

import io.iblocksync.program.Log;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The header of a GUID partition table, which is the second sector of a disk. blkid looks for it at
 * the sector size of the device that an image is on, and so misses that of an image of a disk with
 * larger or smaller sectors: it sees the protective MBR alone.
 */
final class GptHeader {
  private static final int[] SECTORS = {512, 4096};
  private static final byte[] MAGIC = "EFI PART".getBytes(StandardCharsets.US_ASCII);
  private static final int UUID = 56;
  private static final int LENGTH = UUID + 16;

  private GptHeader() {}

  /** The disk's UUID, as blkid prints it; null if there is no header, or if it cannot be read. */
  static String diskUuid(Path image) {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      for (int sector : SECTORS) {
        ByteBuffer header = ByteBuffer.allocate(LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        if (channel.read(header, sector) == LENGTH
            && header.flip().limit(MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
          return uuid(header.limit(LENGTH));
        }
      }
    } catch (IOException e) {
      Log.debug(image + ": cannot look for a partition table: " + e.getMessage());
    }
    return null;
  }

  private static String uuid(ByteBuffer header) {
    // Three numbers and eight bytes.
    int first = header.getInt(UUID);
    short second = header.getShort(UUID + 4);
    short third = header.getShort(UUID + 6);
    long last = header.order(ByteOrder.BIG_ENDIAN).getLong(UUID + 8);
    return String.format(
        "%08x-%04x-%04x-%04x-%012x", first, second, third, last >>> 48, last & 0xffffffffffffL);
  }
}
