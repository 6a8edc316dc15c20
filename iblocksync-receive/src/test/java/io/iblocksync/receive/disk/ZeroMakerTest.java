package io.iblocksync.receive.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.testing.LoopDevice;
import io.iblocksync.testing.StandardError;
import io.iblocksync.testing.TempImages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ZeroMakerTest {
  private static final Settings SPARSE = Settings.NONE.with(Setting.SPARSE, true);
  private static final Settings DISCARD = Settings.NONE.with(Setting.DISCARD, true);
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private StandardError error;
  private int told;
  private final Random random = TempImages.random("ZeroMakerTest");
  private Path file;
  private byte[] bytes;

  @BeforeEach
  void collectWarnings() throws IOException {
    error = new StandardError();
    file = folder.resolve("image");
    bytes = TempImages.write(file, random, 3 * MIB);
  }

  @AfterEach
  void thereIsNoOtherWarning() {
    assertEquals("", warning());
    error.close();
  }

  @Test
  void zerosAreWrittenWithinTheOldEndOfAFileAndNotPastIt() throws IOException {
    try (Target target = open(file)) {
      target.prepare(4 * MIB);
      ZeroMaker zeros = new ZeroMaker(target, bytes.length, Settings.NONE);
      assertFalse(zeros.isFree(bytes.length - 1));
      assertTrue(zeros.isFree(bytes.length));
      assertEquals(2 * MIB - 1, zeros.make(MIB + 1, 4 * MIB));
      assertEquals(0, zeros.make(bytes.length, 4 * MIB));
      assertEquals(0, zeros.make(5, 5));
      assertEquals(3, zeros.make(7, 10));
    }
    zero(MIB + 1, 3 * MIB);
    zero(7, 10);
    assertArrayEquals(Arrays.copyOf(bytes, 4 * MIB), Files.readAllBytes(file));
  }

  @Test
  void sparseMakesHolesWithinAFile() throws IOException {
    long before = blocks();
    try (Target target = open(file)) {
      target.prepare(bytes.length);
      ZeroMaker zeros = new ZeroMaker(target, bytes.length, SPARSE);
      assertTrue(zeros.isFree(0));
      assertEquals(2 * MIB, zeros.make(MIB / 2, MIB / 2 + 2 * MIB));
    }
    zero(MIB / 2, MIB / 2 + 2 * MIB);
    assertArrayEquals(bytes, Files.readAllBytes(file));
    assertEquals(before - 2 * MIB / 512, blocks());
  }

  @Test
  void whatIsForTheOtherKindOfTargetIsWarnedOf() throws IOException {
    try (Target target = open(file)) {
      new ZeroMaker(target, bytes.length, DISCARD);
      assertEquals(file + " is a file: --discard is for devices, --sparse for files", warning());
    }
    try (LoopDevice device = LoopDevice.over(file);
        Target target = open(device.path())) {
      ZeroMaker zeros = new ZeroMaker(target, bytes.length, SPARSE);
      assertEquals(
          device.path() + " is a device: --sparse is for files, --discard for devices", warning());
      assertFalse(zeros.isFree(0));
      assertFalse(zeros.isFree(bytes.length));
    }
  }

  @Test
  void aFewZerosAreWrittenToADevice() throws IOException {
    check(Settings.NONE, 1000, 2 * MIB + 77);
  }

  @Test
  void aDeviceMakesManyZerosItselfAndNoOthers() throws IOException {
    bytes = TempImages.write(file, random, 70 * MIB);
    check(Settings.NONE, 1000, 1000 + 64 * MIB);
    check(Settings.NONE, 4096, 4096 + 65 * MIB + 1);
  }

  @Test
  void discardedPartsOfADeviceAreZeros() throws IOException {
    check(DISCARD, 1000, 2 * MIB + 77);
    check(DISCARD, 5, 10);
    check(DISCARD, 2 * MIB + 4096, 2 * MIB + 8192);
    check(DISCARD, 2 * MIB + 8193, 2 * MIB + 8192 + 4096);
    assertTrue(blocks() < 2 * MIB / 512, blocks() + " blocks");
  }

  @Test
  void theRestOfADeviceIsDiscarded() throws IOException {
    try (LoopDevice device = LoopDevice.over(file);
        Target target = open(device.path())) {
      target.prepare(bytes.length);
      new ZeroMaker(target, bytes.length, Settings.NONE).discardRest(MIB + 1);
      assertArrayEquals(bytes, Files.readAllBytes(file));
      new ZeroMaker(target, bytes.length, DISCARD).discardRest(MIB + 1);
      target.finish(bytes.length);
    }
    zero(MIB + 4096, bytes.length);
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  /** Makes zeros of a part of a loop device, of that and of nothing else. */
  private void check(Settings settings, int start, int end) throws IOException {
    try (LoopDevice device = LoopDevice.over(file);
        Target target = open(device.path())) {
      target.prepare(bytes.length);
      assertEquals(end - start, new ZeroMaker(target, bytes.length, settings).make(start, end));
      target.finish(bytes.length);
      zero(start, end);
      ByteBuffer all = ByteBuffer.allocate(bytes.length);
      target.read(all, 0);
      assertArrayEquals(bytes, all.array());
    }
    assertArrayEquals(bytes, Files.readAllBytes(file));
  }

  /** What was warned of since the last call. */
  private String warning() {
    String text = error.text().substring(told);
    told += text.length();
    return text.isEmpty() ? "" : text.substring(text.indexOf("WARNING: ") + 9).strip();
  }

  private void zero(int start, int end) {
    Arrays.fill(bytes, start, end, (byte) 0);
  }

  /** How much of the file is allocated, in blocks of 512 bytes. */
  private long blocks() throws IOException {
    Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
    return Long.parseLong(new String(stat.getInputStream().readAllBytes()).strip());
  }

  private static Target open(Path path) throws IOException {
    return TargetProbe.of(path).open(Settings.NONE);
  }
}
