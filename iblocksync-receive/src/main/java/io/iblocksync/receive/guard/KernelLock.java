package io.iblocksync.receive.guard;

/**
 * A lock as the kernel lists it.
 *
 * @param descriptor whether it belongs to an open file and not to a process
 * @param process the id of the process that has it; -1 of one that belongs to an open file
 * @param file which file is locked: {@code MAJOR:MINOR:INODE}, the first two hexadecimal
 * @param start the first byte that is locked
 * @param end the last one
 */
record KernelLock(boolean descriptor, String process, String file, long start, long end) {
  /** A line of proc_locks(5), and a lock's in proc_pid_fdinfo(5), which has this before it. */
  private static final String PREFIX = "lock:";

  private static final int FIELDS = 8;

  /**
   * Reads a line such as {@code 1: POSIX ADVISORY WRITE 1234 fe:00:56 0 EOF}.
   *
   * @return null if it has no lock that can keep a run from writing: a lock of flock(2), a lease,
   *     or a process that waits
   */
  static KernelLock parse(String line) {
    String text = line.startsWith(PREFIX) ? line.substring(PREFIX.length()) : line;
    String[] fields = text.strip().split("\\s+");
    if (fields.length != FIELDS) {
      return null;
    }
    boolean descriptor = fields[1].equals("OFDLCK");
    if (!descriptor && !fields[1].equals("POSIX")) {
      return null;
    }
    try {
      long end = fields[7].equals("EOF") ? Long.MAX_VALUE : Long.parseLong(fields[7]);
      return new KernelLock(descriptor, fields[4], fields[5], Long.parseLong(fields[6]), end);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** Whether it keeps others from locking this part of a file. */
  boolean covers(Part part) {
    return file.equals(part.file) && start <= part.end && part.start <= end;
  }

  /**
   * What is to be locked.
   *
   * @param file as above
   * @param start its first byte
   * @param end its last one
   */
  record Part(String file, long start, long end) {}
}
