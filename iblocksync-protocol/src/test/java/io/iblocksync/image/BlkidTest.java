package io.iblocksync.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class BlkidTest {
  private static final String UUID = "0e6bbe4d-6a0b-4ff5-8f8c-5a2d7a1c0b11";

  @TempDir Path folder;

  @Test
  void theUuidOfARealFileSystemIsFound() throws IOException {
    Assumptions.assumeTrue(Blkid.find(System.getenv("PATH")) != null, "no blkid here");
    Path image = folder.resolve("image");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(1 << 20);
    }
    Commands.need("mkfs.ext4", "/sbin/mkfs.ext4", "-q", "-U", UUID, image.toString());
    assertEquals(UUID, Blkid.uuid(image));
  }

  @Test
  void anImageWithoutAFileSystemHasNone() throws IOException {
    assertEquals("", Blkid.uuid(Files.write(folder.resolve("image"), new byte[1 << 16])));
  }

  @Test
  void aMissingImageHasNone() {
    assertEquals("", Blkid.uuid(folder.resolve("image")));
  }

  @Test
  void theProgramGetsTheOptionsOfALowLevelProbeAndThePathLast() throws IOException {
    Path log = folder.resolve("log");
    blkid("printf '%s\\n' \"$@\" >'" + log + "'");
    uuid(Path.of("/images/two words"));
    assertEquals("-p\n-s\nUUID\n-o\nvalue\n/images/two words\n", Files.readString(log));
  }

  @Test
  void aPathThatLooksLikeAnOptionIsNotTakenForOne() throws IOException {
    blkid("for last; do :; done; echo \"$last\"");
    assertEquals("./-h", uuid(Path.of("-h")));
  }

  @Test
  void theProgramsStandardInputIsEmpty() throws IOException {
    blkid("if read line; then echo something; else echo nothing; fi");
    assertEquals("nothing", uuid(folder));
  }

  @Test
  void aProgramThatFailsFindsNothing() throws IOException {
    blkid("echo " + UUID + "; exit 2");
    assertEquals("", uuid(folder));
  }

  @Test
  void aProgramThatCannotBeRunFindsNothing() throws IOException {
    Path program = blkid("");
    Files.writeString(program, "#!/no/such/shell\n");
    assertEquals("", uuid(folder));
  }

  @Test
  void onlyTheFirstPrintableWordCounts() throws IOException {
    blkid("printf 'one\\033[31m two\\nthree\\n'");
    assertEquals("one", uuid(folder));
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aProgramThatTakesTooLongFindsNothingAndIsEnded() throws Exception {
    Path pid = folder.resolve("pid");
    blkid("sleep 600 & echo $! >'" + pid + "'; echo early; wait");
    assertEquals("", Blkid.uuid(folder, folder.toString(), 700));
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
    assertEquals("", Blkid.uuid(folder, folder.toString(), 700));
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDescendantThatHoldsTheOutputIsNotWaitedFor() throws IOException {
    blkid("sleep 30 & echo " + UUID);
    assertEquals(UUID, uuid(folder));
  }

  @Test
  void theSearchPathComesFirst() throws IOException {
    Path program = blkid("");
    assertEquals(program.toString(), Blkid.find("/no/such/folder:" + folder + ":/usr/bin"));
  }

  @Test
  void theFoldersOfAdministratorsAreSearchedToo() {
    String program = Blkid.find("/no/such/folder");
    Assumptions.assumeTrue(program != null, "no blkid here");
    assertTrue(program.endsWith("/sbin/blkid"), program);
    assertEquals(program, Blkid.find(null));
    assertEquals(program, Blkid.find(""));
  }

  @Test
  void theCurrentFolderIsNotSearched() {
    assertEquals(Blkid.find(""), Blkid.find("::.:relative:"));
  }

  private String uuid(Path image) {
    return Blkid.uuid(image, folder.toString(), 10_000);
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
}
