package io.iblocksync.linux;

import io.iblocksync.program.Log;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** Finds the system's own words, and its errno, in the JDK's exceptions, which have many forms. */
public final class SystemErrors {
  private static final String NO_ENTRY = "No such file or directory";

  private SystemErrors() {}

  /** What went wrong with an image as a whole; {@code e} itself if it is such an exception. */
  public static ImageException of(Path path, IOException e) {
    if (e instanceof ImageException image) {
      return image;
    }
    String words = words(e);
    return new ImageException(path, words, errno(words), e);
  }

  /** That nothing is at a path, or that a symbolic link there leads nowhere. */
  public static ImageException missing(Path path) {
    String link = "";
    try {
      if (Files.isSymbolicLink(path)) {
        link = " (a symbolic link to " + Files.readSymbolicLink(path) + ", which does not exist)";
      }
    } catch (IOException e) {
      Log.debug("cannot read the link " + path + ": " + e.getMessage());
    }
    return new ImageException(path, NO_ENTRY + link, Errno.ENOENT);
  }

  /** What went wrong when the byte at {@code offset} was read or written. */
  public static ImageException at(Path path, long offset, IOException e) {
    if (e instanceof ImageException image) {
      return image;
    }
    String words = words(e);
    return new ImageException(path, words + " (at byte " + offset + ")", errno(words), e);
  }

  private static String words(IOException e) {
    // For these errors the JDK has types, and drops the words.
    if (e instanceof NoSuchFileException) {
      return NO_ENTRY;
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

  /** The errno that these words of the GNU C library mean; 0 for words in another language. */
  private static int errno(String words) {
    return switch (words) {
      case "Operation not permitted" -> Errno.EPERM;
      case NO_ENTRY -> Errno.ENOENT;
      case "Interrupted system call" -> Errno.EINTR;
      case "Input/output error" -> Errno.EIO;
      case "No such device or address" -> Errno.ENXIO;
      case "Bad file descriptor" -> Errno.EBADF;
      case "Cannot allocate memory" -> Errno.ENOMEM;
      case "Permission denied" -> Errno.EACCES;
      case "Device or resource busy" -> Errno.EBUSY;
      case "File exists" -> Errno.EEXIST;
      case "No such device" -> Errno.ENODEV;
      case "Not a directory" -> Errno.ENOTDIR;
      case "Is a directory" -> Errno.EISDIR;
      case "Invalid argument" -> Errno.EINVAL;
      case "Too many open files in system" -> Errno.ENFILE;
      case "Too many open files" -> Errno.EMFILE;
      case "Text file busy" -> Errno.ETXTBSY;
      case "File too large" -> Errno.EFBIG;
      case "No space left on device" -> Errno.ENOSPC;
      case "Read-only file system" -> Errno.EROFS;
      case "File name too long" -> Errno.ENAMETOOLONG;
      case "No locks available" -> Errno.ENOLCK;
      case "Function not implemented" -> Errno.ENOSYS;
      case "Too many levels of symbolic links" -> Errno.ELOOP;
      case "No data available" -> Errno.ENODATA;
      case "Operation not supported" -> Errno.EOPNOTSUPP;
      case "Connection timed out" -> Errno.ETIMEDOUT;
      case "Stale file handle" -> Errno.ESTALE;
      case "Remote I/O error" -> Errno.EREMOTEIO;
      case "Disk quota exceeded" -> Errno.EDQUOT;
      case "No medium found" -> Errno.ENOMEDIUM;
      default -> 0;
    };
  }
}
