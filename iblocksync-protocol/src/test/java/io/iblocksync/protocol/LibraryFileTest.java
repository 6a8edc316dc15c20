package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFileTest {
  @TempDir private Path folder;

  private boolean isNoexec(String... lines) throws IOException {
    Path library = folder.toRealPath().resolve("li b.so");
    if (!Files.exists(library)) {
      Files.createFile(library);
    }
    String parent = library.getParent().toString();
    String table = String.join("\n", lines).replace("#", "@/li\\040b.so").replace("@", parent);
    Path mountinfo = Files.writeString(folder.resolve("m"), table + "\n");
    return LibraryFile.isNoexec(library, mountinfo);
  }

  @Test
  void theNearestMountDecides() throws IOException {
    assertTrue(isNoexec("1 0 8:1 / / rw,noexec shared:1 - ext4 /dev/a rw"));
    assertFalse(isNoexec("1 0 8:1 / @ rw - ext4 a rw", "1 0 8:1 / / rw,noexec - ext4 a rw"));
    assertTrue(isNoexec("1 0 8:1 / / rw - ext4 a rw", "2 1 0:9 / @ rw,noexec - tmpfs x rw"));
    assertTrue(isNoexec("1 0 8:1 / / rw - ext4 a rw", "2 1 0:9 / # noexec,rw - tmpfs x rw"));
    assertFalse(isNoexec("1 0 8:1 / / rw - ext4 a rw", "2 1 0:9 / @x rw,noexec - tmpfs x rw"));
  }

  @Test
  void ofTwoMountsAtOnePlaceTheLaterOneDecides() throws IOException {
    assertFalse(isNoexec("1 0 8:1 / @ rw,noexec - ext4 a rw", "2 1 8:1 / @ rw - ext4 a rw"));
  }

  @Test
  void withoutATableNothingIsNoexec() throws IOException {
    Path library = Files.createFile(folder.resolve("library"));
    assertFalse(LibraryFile.isNoexec(library, folder.resolve("none")));
    assertFalse(isNoexec("nonsense"));
  }

  @Test
  void whatIsNoWholeLibraryForTheProcessorIsNotLoadable() throws IOException {
    Path shell = Path.of("/bin/sh").toRealPath();
    int own = System.getProperty("os.arch").equals("amd64") ? 62 : 183;
    assertTrue(LibraryFile.loadable(shell, own));
    assertFalse(LibraryFile.loadable(shell, own + 1));
    byte[] bytes = Files.readAllBytes(shell);
    for (int length : new int[] {0, 63, 64, bytes.length - 1}) {
      Path part = Files.write(folder.resolve("part"), Arrays.copyOf(bytes, length));
      assertFalse(LibraryFile.loadable(part, own), length + " bytes");
    }
    bytes[0]++;
    assertFalse(LibraryFile.loadable(Files.write(folder.resolve("other"), bytes), own));
  }
}
