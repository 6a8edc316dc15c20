package io.iblocksync.linux;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * Finds the system's own words and number in the exceptions of the JDK, which come in several
 * forms.
 */
public final class SystemErrors {
  public static final int ENOENT = 2;
  public static final int EIO = 5;
  public static final int EBADF = 9;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int ENOTDIR = 20;
  public static final int EISDIR = 21;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int ENOLCK = 37;
  public static final int ENOSYS = 38;
  public static final int EOPNOTSUPP = 95;

  private SystemErrors() {}

  /** What went wrong with an image as a whole. Returns the very exception if it is one already. */
  public static ImageException of(Path path, IOException e) {
    if (e instanceof ImageException image) {
      return image;
    }
    String words = words(e);
    return new ImageException(path, words, errno(words), e);
  }

  /** What went wrong when the byte at {@code offset} was to be read or written. */
  public static ImageException at(Path path, long offset, IOException e) {
    if (e instanceof ImageException image) {
      return image;
    }
    String words = words(e);
    return new ImageException(path, words + " (at byte " + offset + ")", errno(words), e);
  }

  private static String words(IOException e) {
    // The JDK turns these into types and drops the words.
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    if (e instanceof AccessDeniedException) {
      return "Permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "File exists";
    }
    if (e instanceof NotDirectoryException) {
      return "Not a directory";
    }
    if (e instanceof ClosedByInterruptException) {
      return "interrupted";
    }
    if (e instanceof ClosedChannelException) {
      return "closed while in use";
    }
    String words = e.getMessage();
    if (e instanceof FileSystemException file) {
      words = file.getReason();
    } else if (e instanceof FileNotFoundException && words != null && words.endsWith(")")) {
      // "PATH (WORDS)"
      words = words.substring(words.lastIndexOf('(') + 1, words.length() - 1);
    }
    if (words == null || words.isEmpty()) {
      return e.getClass().getSimpleName();
    }
    // The JDK appends a guess to the words of ELOOP.
    String loop = "Too many levels of symbolic links";
    return words.startsWith(loop) ? loop : words;
  }

  /** Linux's number for the GNU C library's words, 0 for words in another language. */
  private static int errno(String words) {
    return switch (words) {
      case "Operation not permitted" -> 1;
      case "No such file or directory" -> ENOENT;
      case "Interrupted system call" -> 4;
      case "Input/output error" -> EIO;
      case "No such device or address" -> 6;
      case "Bad file descriptor" -> EBADF;
      case "Cannot allocate memory" -> 12;
      case "Permission denied" -> EACCES;
      case "Device or resource busy" -> 16;
      case "File exists" -> EEXIST;
      case "No such device" -> 19;
      case "Not a directory" -> ENOTDIR;
      case "Is a directory" -> EISDIR;
      case "Invalid argument" -> 22;
      case "Too many open files in system" -> 23;
      case "Too many open files" -> 24;
      case "Text file busy" -> 26;
      case "File too large" -> 27;
      case "No space left on device" -> ENOSPC;
      case "Read-only file system" -> EROFS;
      case "File name too long" -> 36;
      case "No locks available" -> ENOLCK;
      case "Function not implemented" -> ENOSYS;
      case "Too many levels of symbolic links" -> 40;
      case "No data available" -> 61;
      case "Operation not supported" -> EOPNOTSUPP;
      case "Connection timed out" -> 110;
      case "Stale file handle" -> 116;
      case "Remote I/O error" -> 121;
      case "Disk quota exceeded" -> 122;
      case "No medium found" -> 123;
      default -> 0;
    };
  }
}
