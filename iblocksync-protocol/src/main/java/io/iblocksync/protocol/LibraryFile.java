package io.iblocksync.protocol;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Inspects a shared library without loading it. The layout of the file is that of elf(5). */
final class LibraryFile {
  private static final int HEADER_BYTES = 64;
  private static final int MAGIC = 0x464c457f;
  private static final int CLASS_64_LITTLE_ENDIAN = 0x0102;

  private LibraryFile() {}

  /**
   * Whether the file is a complete library for a 64-bit processor, and its file system allows
   * execution.
   *
   * @param machine the processor's number in ELF files
   * @throws IOException if the file cannot be read
   */
  static boolean loadable(Path library, int machine) throws IOException {
    return isWhole(library, machine) && !isNoexec(library, Path.of("/proc/self/mountinfo"));
  }

  private static boolean isWhole(Path library, int machine) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel file = FileChannel.open(library)) {
      if (file.read(header, 0) < HEADER_BYTES
          || header.getInt(0) != MAGIC
          || header.getShort(4) != CLASS_64_LITTLE_ENDIAN
          || header.getShort(18) != machine) {
        return false;
      }
      // The section headers are at the end of a complete file.
      return header.getLong(40) + header.getShort(58) * header.getShort(60) <= file.size();
    }
  }

  /**
   * Whether the library's file system is mounted noexec; false if the mount table cannot be read.
   */
  static boolean isNoexec(Path library, Path mountinfo) throws IOException {
    String path = library.toRealPath().toString();
    String nearest = "";
    boolean noexec = false;
    if (!Files.isReadable(mountinfo)) {
      return false;
    }
    String table = new String(Files.readAllBytes(mountinfo), StandardCharsets.UTF_8);
    for (String line : table.split("\n")) {
      String[] fields = line.split(" ", 7);
      if (fields.length < 7) {
        continue;
      }
      String point = unescaped(fields[4]);
      boolean above = point.equals("/") || (path + "/").startsWith(point + "/");
      // Of two file systems that are mounted at one place, the later one hides the other.
      if (above && point.length() >= nearest.length()) {
        nearest = point;
        noexec = ("," + fields[5] + ",").contains(",noexec,");
      }
    }
    return noexec;
  }

  /** Decodes the octal escapes of proc_pid_mountinfo(5). */
  private static String unescaped(String field) {
    return field
        .replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }
}
