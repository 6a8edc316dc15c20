package io.iblocksync.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What is mounted, in the mount namespace of this process and in every other one that may be looked
 * into: those of services and containers, for the superuser all that have a process.
 */
public final class MountTable {
  private static final Path PROCESSES = Path.of("/proc");

  /**
   * A mounted file system.
   *
   * @param device the number of the device that the system gives for it, see {@link BlockDevice}
   * @param point the directory on which it is mounted
   * @param type of file system
   * @param source what it was mounted from, mostly a device's path
   * @param writable whether the file system can be written to, perhaps through another directory
   * @param process the id of a process that sees it there; empty if this one does
   */
  public record Mount(
      String device, String point, String type, String source, boolean writable, String process) {

    /** Where it is mounted, for a message. */
    public String place() {
      return process.isEmpty() ? point : point + " (as process " + process + " sees it)";
    }

    /** Whether its data is on a device, perhaps on others, too. */
    public boolean isOn(BlockDevice image) {
      if (device.equals(image.number())) {
        return true;
      }
      // Btrfs and its like, which can have several devices, have a number of their own.
      return device.startsWith("0:") && source.startsWith("/") && isDevice(source, image);
    }

    private static boolean isDevice(String source, BlockDevice image) {
      try {
        Path path = Path.of(source);
        return ImageType.of(path) == ImageType.BLOCK_DEVICE && BlockDevice.at(path).equals(image);
      } catch (IOException | InvalidPathException e) {
        return false;
      }
    }
  }

  private MountTable() {}

  /** All mounts; those that this process sees come first. */
  public static List<Mount> read() {
    List<Mount> mounts = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    readOf("self", seen, mounts);
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      for (Path process : processes) {
        readOf(process.getFileName().toString(), seen, mounts);
      }
    } catch (IOException | DirectoryIteratorException e) {
      return mounts;
    }
    return mounts;
  }

  /** The type of the file system of a file or directory; empty if it is not known. */
  public static String typeAt(Path path) throws IOException {
    String device = BlockDevice.number((Long) Files.getAttribute(path, "unix:dev"));
    List<Mount> mounts = new ArrayList<>();
    readOf("self", new HashSet<>(), mounts);
    for (Mount mount : mounts) {
      if (mount.device().equals(device)) {
        return mount.type();
      }
    }
    // A file of btrfs has another number than its file system.
    return typeAbove(path.toRealPath().toString(), mounts);
  }

  private static String typeAbove(String path, List<Mount> mounts) {
    String type = "";
    int longest = 0;
    for (Mount mount : mounts) {
      String point = mount.point();
      boolean above = path.equals(point) || path.startsWith(point.equals("/") ? "/" : point + "/");
      // A file system that was mounted later on the same directory hides the earlier one.
      if (above && point.length() >= longest) {
        longest = point.length();
        type = mount.type();
      }
    }
    return type;
  }

  /**
   * The same; empty, too, for a file system on a device, without reading the table. File systems of
   * the kernel and of the network have no device.
   */
  static String typeWithoutDevice(Path path) throws IOException {
    String device = BlockDevice.number((Long) Files.getAttribute(path, "unix:dev"));
    return device.startsWith("0:") ? typeAt(path) : "";
  }

  /** The file systems that can be written to and whose data is on one of these devices. */
  public static List<Mount> writableOn(Collection<BlockDevice> devices) {
    List<Mount> found = new ArrayList<>();
    for (Mount mount : devices.isEmpty() ? List.<Mount>of() : read()) {
      if (mount.writable() && devices.stream().anyMatch(mount::isOn)) {
        found.add(mount);
      }
    }
    return found;
  }

  /** Reads the table of a process, unless that of another one in its namespace was read. */
  private static void readOf(String process, Set<Object> seen, List<Mount> mounts) {
    try {
      Path directory = PROCESSES.resolve(process);
      Object namespace =
          Files.readAttributes(directory.resolve("ns/mnt"), BasicFileAttributes.class).fileKey();
      if (seen.contains(namespace)) {
        return;
      }
      String name = process.equals("self") ? "" : process;
      for (String line : text(directory.resolve("mountinfo")).split("\n")) {
        Mount mount = parse(line, name);
        if (mount != null) {
          mounts.add(mount);
        }
      }
      seen.add(namespace);
    } catch (IOException e) {
      // Another user's process, or one that has just ended: the namespace's next one has the table.
      return;
    }
  }

  /** Never fails on the content: a name that is not UTF-8 must not hide the others. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /** Parses a line of mountinfo, see proc_pid_mountinfo(5); null if it is not one. */
  static Mount parse(String line, String process) {
    String[] fields = line.split(" ");
    int separator = 6;
    while (separator < fields.length && !fields[separator].equals("-")) {
      separator++;
    }
    if (separator + 3 >= fields.length) {
      return null;
    }
    String options = fields[separator + 3];
    boolean writable = options.equals("rw") || options.startsWith("rw,");
    return new Mount(
        fields[2],
        unescaped(fields[4]),
        fields[separator + 1],
        unescaped(fields[separator + 2]),
        writable,
        process);
  }

  /** White space and backslashes are written as a backslash and three octal digits. */
  public static String unescaped(String field) {
    if (field.indexOf('\\') < 0) {
      return field;
    }
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length() && isOctal(field.substring(i + 1, i + 4))) {
        text.append((char) Integer.parseInt(field.substring(i + 1, i + 4), 8));
        i += 3;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static boolean isOctal(String digits) {
    return digits.matches("[0-3][0-7]{2}");
  }
}
