package io.iblocksync.linux;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringTokenizer;

/**
 * A lock on bytes of a file, as the kernel lists it: one of POSIX, which belongs to a process, or
 * one that belongs to an open file (F_OFD_SETLK). Locks of flock(2) and leases are not among them:
 * they keep nobody from locking these bytes.
 *
 * @param process the id of the process that has it; {@link #OPEN_FILE} if an open file has it
 * @param write whether it is a lock for writing, not one for reading
 * @param file the file's number, see {@link #number}
 * @param end after the last byte; {@link Long#MAX_VALUE} if the lock reaches past the file's end
 */
public record KernelLock(String process, boolean write, String file, long start, long end) {
  static final String OPEN_FILE = "-1";

  private static final Path LOCKS = Path.of("/proc/locks");
  private static final String LOCK_OF_FILE = "lock:";
  private static final String END_OF_FILE = "EOF";
  private static final int FIELDS = 8;

  /** All locks that this process may know of. */
  public static List<KernelLock> all() throws IOException {
    List<KernelLock> locks = new ArrayList<>();
    for (String line : Files.readAllLines(LOCKS)) {
      add(line, locks);
    }
    return locks;
  }

  /** The locks of an open file, by its file in a process's {@code fdinfo}. */
  static List<KernelLock> of(Path info) {
    List<KernelLock> locks = new ArrayList<>();
    for (String line : Processes.text(info).split("\n")) {
      if (line.startsWith(LOCK_OF_FILE)) {
        add(line.substring(LOCK_OF_FILE.length()), locks);
      }
    }
    return locks;
  }

  private static void add(String line, List<KernelLock> locks) {
    KernelLock lock = parse(line);
    if (lock != null) {
      locks.add(lock);
    }
  }

  /**
   * Parses a line of proc_locks(5), such as {@code 1: POSIX ADVISORY WRITE 123 08:02:456 0 EOF}.
   *
   * @return null if it is another kind of lock, or if a process only waits for it
   */
  static KernelLock parse(String line) {
    StringTokenizer fields = new StringTokenizer(line);
    if (fields.countTokens() != FIELDS) {
      return null; // There is one more if a process waits.
    }
    fields.nextToken();
    String kind = fields.nextToken();
    boolean openFile = kind.equals("OFDLCK");
    if (!openFile && !kind.equals("POSIX")) {
      return null;
    }
    fields.nextToken();
    boolean write = fields.nextToken().equals("WRITE");
    String process = fields.nextToken();
    String file = fields.nextToken();
    try {
      long start = Long.parseLong(fields.nextToken());
      String last = fields.nextToken();
      long end = last.equals(END_OF_FILE) ? Long.MAX_VALUE : Long.parseLong(last) + 1;
      return new KernelLock(openFile ? OPEN_FILE : process, write, file, start, end);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /**
   * The number under which the locks of a file are listed: {@code MAJOR:MINOR:INODE}, the first two
   * hexadecimal. Some file systems, such as btrfs, list them under another one than this.
   */
  public static String number(Path file) throws IOException {
    Map<String, Object> found = Files.readAttributes(file, "unix:dev,ino");
    return number((Long) found.get("dev"), (Long) found.get("ino"));
  }

  /** The same, with both numbers as {@code stat} has them. */
  static String number(long fileSystem, long inode) {
    String[] number = BlockDevice.number(fileSystem).split(":");
    return hex(number[0]) + ":" + hex(number[1]) + ":" + inode;
  }

  private static String hex(String number) {
    String hex = Long.toHexString(Long.parseLong(number));
    return hex.length() < 2 ? "0" + hex : hex;
  }

  public boolean isOfOpenFile() {
    return process.equals(OPEN_FILE);
  }

  /** Whether it is on some of the bytes from {@code from} to before {@code to}. */
  public boolean overlaps(long from, long to) {
    return start < to && from < end;
  }

  /**
   * The id of a process that has the open file with this lock, another one rather than this one;
   * null if none is seen. Only for a lock of an open file.
   */
  public String visibleHolder() throws IOException {
    String own = Processes.own();
    for (String id : Processes.all()) {
      if (!id.equals(own) && isHeldBy(id)) {
        return id;
      }
    }
    return isHeldBy(own) ? own : null;
  }

  private boolean isHeldBy(String id) {
    Path directory = Processes.directory(id).resolve("fdinfo");
    try (DirectoryStream<Path> infos = Files.newDirectoryStream(directory)) {
      for (Path info : infos) {
        for (KernelLock lock : of(info)) {
          if (lock.isOfOpenFile()
              && lock.file.equals(file)
              && lock.start == start
              && lock.end == end) {
            return true;
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return false; // Another user's process, or one that has ended.
    }
    return false;
  }
}
