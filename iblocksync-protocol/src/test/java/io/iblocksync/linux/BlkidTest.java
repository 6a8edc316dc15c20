package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.linux.Blkid.Found;
import io.iblocksync.protocol.Signature;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BlkidTest {
  private static final String VARIABLE = "ID_FS_UUID_ENC=";
  private static final String UUID = "0e6bbe4d-6a0b-4ff5-8f8c-5a2d7a1c0b11";

  @TempDir Path folder;

  @Test
  void theUuidOfARealFileSystemIsFound() throws IOException {
    Path image = blank();
    Commands.need("mkfs.ext4", "/sbin/mkfs.ext4", "-q", "-U", UUID, image.toString());
    assertEquals(new Found(UUID, Signature.found("ext4", UUID, "", "")), find(image));
  }

  private Path blank() throws IOException {
    Assumptions.assumeTrue(
        ProbeProgram.find("blkid", System.getenv("PATH")) != null, "no blkid here");
    Path image = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(1 << 20);
    }
    return image;
  }

  /** Who makes an image can put any bytes into the date that is taken for its UUID. */
  @Test
  void aUuidOfHostileBytesIsToldUpToTheFirstOfThemAsEver() throws IOException {
    Path image = blank();
    byte[] date = "2023\033\"\\ \n000000 ".getBytes(StandardCharsets.ISO_8859_1);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      for (int place : new int[] {1, 813, 830}) {
        file.seek(16 * 2048 + place);
        file.write(place == 1 ? "CD001\1".getBytes(StandardCharsets.US_ASCII) : date);
      }
      file.seek(16 * 2048);
      file.write(1);
      file.seek(17 * 2048);
      file.write("\377CD001\1".getBytes(StandardCharsets.ISO_8859_1));
    }
    Found found = find(image);
    assertEquals("2023-", found.uuid());
    assertEquals("iso9660", found.signature().type());
    String uuid = found.signature().uuid();
    assertTrue(uuid.startsWith("2023-\\x1b") && uuid.matches("[ -~]+"), uuid);
  }

  @Test
  void aLuksHeaderIsASignatureWithoutAUuid() throws IOException {
    Path image = blank();
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.write(new byte[] {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe, 0, 2});
    }
    Signature luks = Signature.found("crypto_LUKS", "", "", "");
    assertEquals(new Found("", luks), find(image));
  }

  /** A disk with sectors of 4096 bytes, copied to a file. */
  @Test
  void aPartitionTableIsFoundWhateverTheSectorsOfItsDisk() throws IOException {
    Path image = blank();
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.seek(446);
      file.write(new byte[] {0, 0, 2, 0, (byte) 0xee, -1, -1, -1, 1, 0, 0, 0, -1, 0, 0, 0});
      file.seek(510);
      file.write(new byte[] {0x55, (byte) 0xaa});
      file.seek(4096);
      file.writeBytes("EFI PART");
      file.seek(4096 + 56);
      file.writeLong(0x4dbe6b0e_0b6a_f54fL);
      file.writeLong(0x8f8c_5a2d7a1c0b11L);
    }
    Signature disk = Signature.found("", "", "gpt", "0e6bbe4d-6a0b-4ff5-8f8c-5a2d7a1c0b11");
    assertEquals(new Found("", disk), find(image));
  }

  /** As the blkid of util-linux 2.41, which ends as if it had found nothing. */
  @Test
  void severalSignaturesAreFoundThoughBlkidSaysNothingOfThem() throws IOException {
    Path image = blank();
    Commands.need("mkfs.ext4", "/sbin/mkfs.ext4", "-q", image.toString());
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.write(new byte[] {'L', 'U', 'K', 'S', (byte) 0xba, (byte) 0xbe, 0, 2});
    }
    String searchPath = System.getenv("PATH");
    assertEquals(List.of("crypto_LUKS", "ext4"), sorted(Wipefs.types(image, searchPath, 10_000)));
    assertEquals(List.of(), Wipefs.types(folder.resolve("missing"), searchPath, 10_000));
  }

  private static List<String> sorted(List<String> texts) {
    return texts.stream().sorted().toList();
  }

  @Test
  void anImageWithoutAFileSystemHasNone() throws IOException {
    Path image = Files.write(folder.resolve("image"), new byte[1 << 16]);
    assertEquals(Blkid.NOTHING, find(image));
  }

  @Test
  void aMissingImageHasNone() {
    assertEquals("", find(folder.resolve("image")).uuid());
  }

  @Test
  void theProgramGetsTheOptionsOfALowLevelProbeAndThePathLast() throws IOException {
    Path log = folder.resolve("log");
    blkid("printf '%s\\n' \"$@\" >'" + log + "'");
    uuid(Path.of("/images/two words"));
    String filter = "-s\nTYPE\n-s\nUUID\n-s\nPTTYPE\n-s\nPTUUID\n";
    assertEquals("-p\n" + filter + "-o\nudev\n/images/two words\n", Files.readString(log));
  }

  @Test
  void aPathThatLooksLikeAnOptionIsNotTakenForOne() throws IOException {
    blkid("for last; do :; done; echo \"ID_FS_UUID_ENC=$last\"");
    assertEquals("./-h", uuid(Path.of("-h")));
  }

  @Test
  void theProgramsStandardInputIsEmpty() throws IOException {
    blkid(
        "if read line; then echo " + VARIABLE + "something; else echo " + VARIABLE + "nothing; fi");
    assertEquals("nothing", uuid(folder));
  }

  @Test
  void aProgramThatFindsNothingOrSaysSomethingElseHasFoundNothing() throws IOException {
    blkid("echo " + VARIABLE + UUID + "; exit 2");
    assertEquals(Blkid.NOTHING, find());
    blkid("echo ID_PART_ENTRY_SCHEME=gpt");
    assertEquals(Blkid.NOTHING, find());
  }

  @Test
  void aProgramThatFailsLeavesItUnknown() throws IOException {
    blkid("echo " + VARIABLE + UUID + "; exit 4");
    assertEquals(unknown("blkid ended with status 4"), find());
    blkid("kill -9 $$");
    assertEquals(unknown("blkid ended with status 137"), find());
  }

  @Test
  void severalSignaturesThatExcludeEachOtherAreNeitherNoneNorUnknown() throws IOException {
    blkid("echo ID_FS_AMBIVALENT=filesystem:ext4:1.0 filesystem:btrfs; exit 8");
    Signature several = Signature.several("filesystem:ext4:1.0 filesystem:btrfs");
    assertEquals(new Found("", several), find());
  }

  @Test
  void aSuperblockAndAPartitionTableAreBothTold() throws IOException {
    blkid(
        "printf 'ID_FS_TYPE=a\\nID_FS_UUID=no\\nID_FS_UUID_ENC=b\\nID_PART_TABLE_TYPE=c\\n"
            + "ID_PART_TABLE_UUID=d\\n'");
    assertEquals(new Found("b", Signature.found("a", "b", "c", "d")), find());
  }

  @Test
  void aProgramThatCannotBeRunLeavesItUnknown() throws IOException {
    Path program = blkid("");
    Files.writeString(program, "#!/no/such/shell\n");
    assertEquals(Signature.State.UNKNOWN, find().signature().state());
    assertEquals("", uuid(folder));
  }

  @Test
  void onlyTheFirstPrintableWordCounts() throws IOException {
    blkid("printf '" + VARIABLE + "o\\\\x6ee\\\\x1b[31m two\\nthree\\n'");
    assertEquals("one", uuid(folder));
    blkid("printf '" + VARIABLE + "o\\\\xge\\033'");
    assertEquals("o\\xge", uuid(folder));
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aProgramThatTakesTooLongLeavesItUnknownAndIsEnded() throws Exception {
    Path pid = folder.resolve("pid");
    blkid("sleep 600 & echo $! >'" + pid + "'; echo early; wait");
    assertEquals(
        unknown("blkid took more than 1 seconds"), Blkid.find(folder, folder.toString(), 1000));
    long sleeper = Long.parseLong(Files.readString(pid).strip());
    for (int i = 0; i < 100 && isRunning(sleeper); i++) {
      Thread.sleep(50);
    }
    assertTrue(!isRunning(sleeper), "process " + sleeper + " is left behind");
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aProgramThatPrintsWithoutEndFindsNothing() throws IOException {
    blkid("exec yes");
    assertEquals("", Blkid.find(folder, folder.toString(), 700).uuid());
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDescendantThatHoldsTheOutputIsNotWaitedFor() throws IOException {
    blkid("sleep 30 & echo " + VARIABLE + UUID);
    assertEquals(UUID, uuid(folder));
  }

  @Test
  void theSearchPathComesFirst() throws IOException {
    Path program = blkid("");
    assertEquals(
        program.toString(), ProbeProgram.find("blkid", "/no/such/folder:" + folder + ":/usr/bin"));
  }

  @Test
  void theDirectoriesOfAdministratorsAreSearchedToo() {
    String program = ProbeProgram.find("blkid", "/no/such/folder");
    Assumptions.assumeTrue(program != null, "no blkid here");
    assertTrue(program.endsWith("/sbin/blkid"), program);
    assertEquals(program, ProbeProgram.find("blkid", null));
    assertEquals(program, ProbeProgram.find("blkid", ""));
  }

  @Test
  void theCurrentDirectoryIsNotSearched() {
    assertEquals(ProbeProgram.find("blkid", ""), ProbeProgram.find("blkid", "::.:relative:"));
  }

  private String uuid(Path image) {
    return Blkid.find(image, folder.toString(), 10_000).uuid();
  }

  private Found find() {
    return Blkid.find(folder, folder.toString(), 10_000);
  }

  private static Found unknown(String why) {
    return new Found("", Signature.unknown(why));
  }

  /** Makes a shell script of that name in the temporary folder. */
  private Path blkid(String script) throws IOException {
    Path program = Files.writeString(folder.resolve("blkid"), "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private static boolean isRunning(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    return Files.exists(stat) && !Files.readString(stat).contains(") Z ");
  }

  private static Found find(Path image) {
    try (Blkid blkid = Blkid.start(image)) {
      return blkid.found();
    }
  }
}
