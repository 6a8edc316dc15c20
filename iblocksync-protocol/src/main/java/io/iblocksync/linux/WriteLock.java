package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

/**
 * A lock for writing that somebody has on bytes of a file, one of POSIX or of an open file, as the
 * kernel tells of it.
 *
 * @param process the id of the process that has it; {@link #OPEN_FILE} if an open file has it
 * @param file the file's number, see {@link #number}
 * @param end after the last byte; {@link Long#MAX_VALUE} if the lock reaches past the file's end
 */
record WriteLock(String process, String file, long start, long end) {
  static final String OPEN_FILE = "-1";

  private static final Path LOCKS = Path.of("/proc/locks");
  private static final String LOCK_OF_FILE = "lock:";
  private static final String END_OF_FILE = "EOF";

  /** All that this process may know of. */
  static List<WriteLock> all() throws IOException {
    List<WriteLock> locks = new ArrayList<>();
    for (String line : Files.readAllLines(LOCKS)) {
      add(line, locks);
    }
    return locks;
  }

  /** Those of an open file, by its file in a process's {@code fdinfo}. */
  static List<WriteLock> of(Path info) {
    List<WriteLock> locks = new ArrayList<>();
    for (String line : Processes.text(info).split("\n")) {
      if (line.startsWith(LOCK_OF_FILE)) {
        add(line.substring(LOCK_OF_FILE.length()), locks);
      }
    }
    return locks;
  }

  private static void add(String line, List<WriteLock> locks) {
    // Most are no locks for writing.
    WriteLock lock = line.contains(" WRITE ") ? parse(line) : null;
    if (lock != null) {
      locks.add(lock);
    }
  }

  /**
   * Takes a line as in proc_locks(5): {@code 1: POSIX ADVISORY WRITE 123 08:02:456 0 EOF}.
   *
   * @return null if it is another kind of lock, or one that is waited for, or none
   */
  static WriteLock parse(String line) {
    StringTokenizer fields = new StringTokenizer(line);
    if (fields.countTokens() != 8) {
      return null; // One more in that of a process that waits.
    }
    fields.nextToken();
    String kind = fields.nextToken();
    fields.nextToken();
    boolean write = fields.nextToken().equals("WRITE");
    if (!write || !(kind.equals("POSIX") || kind.equals("OFDLCK"))) {
      return null;
    }
    String process = fields.nextToken();
    String file = fields.nextToken();
    try {
      long start = Long.parseLong(fields.nextToken());
      String last = fields.nextToken();
      long end = last.equals(END_OF_FILE) ? Long.MAX_VALUE : Long.parseLong(last) + 1;
      return new WriteLock(kind.equals("OFDLCK") ? OPEN_FILE : process, file, start, end);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /**
   * A file's number as in proc_locks(5): {@code MAJOR:MINOR:INODE}, the first two hexadecimal.
   *
   * @param device the number of the file system, as {@code stat} has it. Some file systems, such as
   *     btrfs, have another one there.
   */
  static String number(long device, long inode) {
    String[] number = BlockDevice.number(device).split(":");
    return hex(number[0]) + ":" + hex(number[1]) + ":" + inode;
  }

  private static String hex(String number) {
    String hex = Long.toHexString(Long.parseLong(number));
    return hex.length() < 2 ? "0" + hex : hex;
  }

  boolean isOfOpenFile() {
    return process.equals(OPEN_FILE);
  }

  boolean overlaps(long from, long to) {
    return start < to && from < end;
  }

  /** Whether this process sees one that has the lock; only of a lock that an open file has. */
  boolean hasVisibleHolder() throws IOException {
    for (String id : Processes.all()) {
      if (isHeldBy(id)) {
        return true;
      }
    }
    return false;
  }

  private boolean isHeldBy(String id) {
    Path folder = Processes.folder(id).resolve("fdinfo");
    try (DirectoryStream<Path> infos = Files.newDirectoryStream(folder)) {
      for (Path info : infos) {
        for (WriteLock lock : of(info)) {
          if (lock.file.equals(file) && lock.start == start && lock.end == end) {
            return true;
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Another user's, or ended.
    }
    return false;
  }
}
