package io.iblocksync.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.iblocksync.testing.TinyFileSystem;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemErrorsTest {
  private static final Path PATH = Path.of("/images/a (copy)");

  @TempDir Path folder;

  @Test
  void aMissingFileIsNamedAsTheSystemDoes() {
    assertError("No such file or directory", 2, new NoSuchFileException("x"));
  }

  @Test
  void aDeniedAccessIsNamedAsTheSystemDoes() {
    assertError("Permission denied", 13, new AccessDeniedException("x"));
  }

  @Test
  void theReasonOfAFileSystemExceptionIsTaken() {
    assertError("Stale file handle", 116, new FileSystemException("x", null, "Stale file handle"));
  }

  @Test
  void theWordsBehindThePathAreTaken() {
    assertError("Permission denied", 13, new FileNotFoundException(PATH + " (Permission denied)"));
  }

  @Test
  void plainWordsAreTaken() {
    assertError("No space left on device", 28, new IOException("No space left on device"));
    assertError("Input/output error", 5, new IOException("Input/output error"));
  }

  @Test
  void wordsOfAnotherLanguageHaveNoNumber() {
    assertError("Eingabe-/Ausgabefehler", 0, new IOException("Eingabe-/Ausgabefehler"));
  }

  @Test
  void anExceptionWithoutAMessageStillSaysSomething() {
    assertError("IOException", 0, new IOException());
    assertError("FileSystemException", 0, new FileSystemException("x"));
    assertError("closed while in use", 0, new ClosedChannelException());
  }

  @Test
  void theMessageBeginsWithThePath() {
    IOException cause = new IOException("File too large");
    ImageException e = SystemErrors.of(PATH, cause);
    assertEquals("/images/a (copy): File too large", e.getMessage());
    assertEquals(PATH, e.path());
    assertSame(cause, e.getCause());
  }

  @Test
  void theOffsetStandsBehindTheWords() {
    ImageException e = SystemErrors.at(PATH, 4096, new IOException("No space left on device"));
    assertEquals("No space left on device (at byte 4096)", e.reason());
    assertEquals(28, e.errno());
  }

  @Test
  void anImageExceptionStaysTheSame() {
    ImageException e = new ImageException(PATH, "ends", 0);
    assertSame(e, SystemErrors.of(PATH, e));
    assertSame(e, SystemErrors.at(PATH, 1, e));
  }

  @Test
  void theRealErrorOfADirectoryIsUnderstood() {
    IOException e =
        assertThrows(IOException.class, () -> new RandomAccessFile(folder.toFile(), "rw").close());
    assertError("Is a directory", 21, e);
  }

  @Test
  void theRealErrorOfAFileInThePlaceOfADirectoryIsUnderstood() throws IOException {
    Path path = Files.createFile(folder.resolve("file")).resolve("image");
    IOException e = assertThrows(IOException.class, () -> Files.newByteChannel(path));
    assertError("Not a directory", 20, e);
  }

  @Test
  void theRealErrorOfALinkToItselfIsUnderstood() throws IOException {
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, link);
    IOException e = assertThrows(IOException.class, () -> Files.readAttributes(link, "unix:mode"));
    assertError("Too many levels of symbolic links", 40, e);
  }

  @Test
  void theRealErrorOfTooLongANameIsUnderstood() {
    IOException e =
        assertThrows(
            IOException.class, () -> Files.newByteChannel(folder.resolve("x".repeat(256))));
    assertError("File name too long", 36, e);
  }

  @Test
  void theRealErrorOfAFullFileSystemIsUnderstood() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4096)) {
      Path file = tiny.folder().resolve("file");
      IOException e = assertThrows(IOException.class, () -> Files.write(file, new byte[8192]));
      assertError("No space left on device", 28, e);
    }
  }

  @Test
  void theRealErrorOfAReadOnlyFileSystemIsUnderstood() throws IOException {
    try (TinyFileSystem tiny = TinyFileSystem.on(folder, 4096)) {
      tiny.makeReadOnly();
      Path file = tiny.folder().resolve("file");
      IOException e = assertThrows(IOException.class, () -> Files.createFile(file));
      assertError("Read-only file system", 30, e);
    }
  }

  private static void assertError(String reason, int errno, IOException from) {
    ImageException e = SystemErrors.of(PATH, from);
    assertEquals(reason, e.reason());
    assertEquals(errno, e.errno());
  }
}
