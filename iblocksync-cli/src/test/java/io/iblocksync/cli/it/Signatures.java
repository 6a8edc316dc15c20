package io.iblocksync.cli.it;

import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.CRC32;

/** Makes images with what blkid recognises, of the tools that are there wherever blkid is. */
public final class Signatures {
  private static final int SECTOR = 512;
  private static final int ENTRIES = 128;
  private static final int ENTRY = 128;

  private final Images images;

  public Signatures(Images images) {
    this.images = images;
  }

  /** An ext4 of 2 MiB. */
  public Path ext4(String name, String uuid) throws IOException {
    Path image = images.zeros(name, 2 << 20);
    Commands.need("ext4", "mkfs.ext4", "-q", "-O", "^has_journal", "-U", uuid, image.toString());
    return image;
  }

  /** Swap space of 2 MiB. */
  public Path swap(String name, String uuid) throws IOException {
    Path image = images.zeros(name, 2 << 20);
    Commands.need("swap", "mkswap", "-q", "-U", uuid, image.toString());
    return image;
  }

  /** What blkid takes for a LUKS header, in 2 MiB. */
  public Path luks(String name) throws IOException {
    Path image = images.zeros(name, 2 << 20);
    return Images.write(image, new byte[] {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe, 0, 2});
  }

  /** A GPT without partitions on a disk of 2 MiB. */
  public Path gpt(String name, UUID disk) throws IOException {
    return writeGpt(images.zeros(name, 2 << 20), disk);
  }

  /** Writes a GPT without partitions over the first 17 KiB of an image. */
  public static Path writeGpt(Path image, UUID disk) throws IOException {
    long sectors = Files.size(image) / SECTOR;
    ByteBuffer start = ByteBuffer.allocate((2 + ENTRIES * ENTRY / SECTOR) * SECTOR);
    start.order(ByteOrder.LITTLE_ENDIAN);
    start.put(446 + 4, (byte) 0xee).putInt(446 + 8, 1);
    start.putInt(446 + 12, (int) sectors - 1).putShort(510, (short) 0xaa55);
    start.put(SECTOR, "EFI PART".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer header = start.slice(SECTOR, 92).order(ByteOrder.LITTLE_ENDIAN);
    header.putInt(8, 0x10000).putInt(12, 92);
    header.putLong(24, 1).putLong(32, sectors - 1).putLong(40, 34).putLong(48, sectors - 34);
    header.putLong(56, disk.getMostSignificantBits()).putLong(64, disk.getLeastSignificantBits());
    header.putLong(72, 2).putInt(80, ENTRIES).putInt(84, ENTRY);
    header.putInt(88, crc(start.array(), 2 * SECTOR, ENTRIES * ENTRY));
    header.putInt(16, crc(start.array(), SECTOR, 92));
    return Images.write(image, start.array());
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }

  /** An image in which blkid finds a btrfs and an ext4, and so cannot say what it is. */
  public Path ambivalent(String name) throws IOException {
    Path image = images.zeros(name, 130 << 20);
    Commands.need("btrfs", "mkfs.btrfs", "-q", image.toString());
    Path other = ext4(name + ".ext4", UUID.randomUUID().toString());
    Commands.run(
        "dd",
        "if=" + other,
        "of=" + image,
        "bs=1024",
        "skip=1",
        "seek=1",
        "count=1",
        "conv=notrunc",
        "status=none");
    return image;
  }
}
