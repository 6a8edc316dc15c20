package io.iblocksync.linux;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.Signature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Asks util-linux's blkid what an image holds: a file system, a partition table, or other data. The
 * program runs while its caller does something else. For one thread, which closes it.
 */
public final class Blkid implements AutoCloseable {
  private static final long TIMEOUT_MILLIS = 10_000;

  /** Far more than any UUID that blkid knows of. */
  private static final int MAX_LENGTH = 256;

  /** The table before a GUID partition table, for programs that do not know the latter. */
  private static final String PROTECTIVE_MBR = "PMBR";

  private static final int EXIT_NOTHING = 2;
  private static final int EXIT_AMBIVALENT = 8;

  /**
   * What was found.
   *
   * @param uuid that of the superblock up to its first byte that is no printable ASCII, as 1.0.1
   *     and 2.0.0 report it; empty if there is none, or none is known
   */
  public record Found(String uuid, Signature signature) {}

  /** Of an image that holds nothing. */
  public static final Found NOTHING = new Found("", Signature.NONE);

  private final Path path;

  /** Null where it cannot be started, which {@link #found} says then. */
  private final ProbeProgram program;

  private Found found;

  private Blkid(Path path, ProbeProgram program, Found found) {
    this.path = path;
    this.program = program;
    this.found = found;
  }

  /** Begins to look into an image. */
  public static Blkid start(Path path) {
    return start(path, System.getenv("PATH"));
  }

  private static Blkid start(Path path, String searchPath) {
    String program = ProbeProgram.find("blkid", searchPath);
    if (program == null) {
      return new Blkid(path, null, unknown("there is no blkid"));
    }
    // Of the forms in which blkid can print what it finds, only that for udev has each byte of a
    // UUID unambiguously: an image can have any bytes there. Other variables are left out, since
    // not all of them are printed with that care.
    String[] words = {
      program, "-p", "-s", "TYPE", "-s", "UUID", "-s", "PTTYPE", "-s", "PTUUID", "-o", "udev"
    };
    try {
      return new Blkid(path, ProbeProgram.start(path, words), null);
    } catch (IOException e) {
      return new Blkid(path, null, unknown("blkid cannot be run: " + e.getMessage()));
    }
  }

  /** What the image holds. Waits 10 seconds at most, for each of two programs. */
  public Found found() {
    Found first = await(TIMEOUT_MILLIS);
    return switch (first.signature().state()) {
      case UNKNOWN -> isBlank(path) ? NOTHING : first;
      case NONE -> withSeveral(first, path);
      default -> withTable(first, path);
    };
  }

  private Found await(long timeoutMillis) {
    if (found == null) {
      found = read(timeoutMillis);
    }
    return found;
  }

  private Found read(long timeoutMillis) {
    try {
      ProbeProgram.Output output = program.await(timeoutMillis);
      return output == null
          ? unknown("blkid took more than " + timeoutMillis / 1000 + " seconds")
          : read(output.status(), variables(output.text()));
    } catch (IOException e) {
      return unknown("blkid cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unknown("blkid was interrupted");
    }
  }

  /** Kills the program if it still runs. */
  @Override
  public void close() {
    if (program != null) {
      program.close();
    }
  }

  /** The blkid of util-linux 2.41 ends as if it found nothing where it finds several. */
  private static Found withSeveral(Found found, Path path) {
    List<String> types = Wipefs.types(path, System.getenv("PATH"), TIMEOUT_MILLIS);
    return types.size() < 2
        ? found
        : new Found("", Signature.several(printable(String.join(", ", types))));
  }

  /** A disk's copy is to have the disk's signature, whatever the sectors of what it is on. */
  private static Found withTable(Found found, Path path) {
    Signature signature = found.signature();
    String uuid = signature.tableType().equals(PROTECTIVE_MBR) ? GptHeader.diskUuid(path) : null;
    return uuid == null
        ? found
        : new Found(found.uuid(), Signature.found(signature.type(), signature.uuid(), "gpt", uuid));
  }

  /** What blkid alone finds, of this search path and within this time. */
  static Found find(Path path, String searchPath, long timeoutMillis) {
    try (Blkid blkid = start(path, searchPath)) {
      return blkid.await(timeoutMillis);
    }
  }

  private static Map<String, String> variables(String output) {
    Map<String, String> variables = new HashMap<>();
    for (String line : output.split("\n")) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        variables.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    return variables;
  }

  private static Found read(int status, Map<String, String> variables) {
    if (status == EXIT_AMBIVALENT) {
      String which = printable(variables.get("ID_FS_AMBIVALENT"));
      return new Found("", Signature.several(which));
    } else if (status == EXIT_NOTHING) {
      return NOTHING;
    } else if (status != 0) {
      return unknown("blkid ended with status " + status);
    }
    String uuid = variables.getOrDefault("ID_FS_UUID_ENC", "");
    String type = printable(variables.get("ID_FS_TYPE"));
    String tableType = printable(variables.get("ID_PART_TABLE_TYPE"));
    String tableUuid = printable(variables.get("ID_PART_TABLE_UUID"));
    if (uuid.isEmpty() && type.isEmpty() && tableType.isEmpty() && tableUuid.isEmpty()) {
      return NOTHING; // It says something else, such as which partition this is.
    }
    return new Found(firstWord(uuid), Signature.found(type, printable(uuid), tableType, tableUuid));
  }

  private static Found unknown(String why) {
    return new Found("", Signature.unknown(why));
  }

  /** The text with a question mark for each byte that is no printable ASCII; empty for null. */
  private static String printable(String text) {
    if (text == null) {
      return "";
    }
    String start = text.substring(0, Math.min(text.length(), MAX_LENGTH));
    StringBuilder printable = new StringBuilder(start.length());
    for (int i = 0; i < start.length(); i++) {
      char c = start.charAt(i);
      printable.append(c < ' ' || c > '~' ? '?' : c);
    }
    return printable.toString();
  }

  /**
   * Undoes {@code \xNN}, in which blkid writes most bytes that are no letters and digits. Whatever
   * came is going into a JSON line and onto a terminal, so only printable ASCII counts.
   */
  private static String firstWord(String encoded) {
    StringBuilder word = new StringBuilder();
    for (int i = 0; i < encoded.length() && word.length() < MAX_LENGTH; i++) {
      char c = encoded.charAt(i);
      if (encoded.startsWith("\\x", i) && i + 4 <= encoded.length()) {
        try {
          c = (char) Integer.parseInt(encoded.substring(i + 2, i + 4), 16);
          i += 3;
        } catch (NumberFormatException e) {
          // Then it is no escape.
          Log.debug("not in hexadecimal: " + encoded);
        }
      }
      if (c <= ' ' || c > '~') {
        break;
      }
      word.append(c);
    }
    return word.toString();
  }

  /** Whether it is a file without any data, as it was just made to be a target. */
  private static boolean isBlank(Path path) {
    try {
      if (ImageType.of(path) != ImageType.FILE || !NativeFile.isAvailable()) {
        return false;
      }
      try (NativeFile file = NativeFile.open(path, NativeFile.O_RDONLY)) {
        return file.nextData(0) == Long.MAX_VALUE;
      }
    } catch (IOException e) {
      Log.debug("cannot find out whether " + path + " holds data: " + e.getMessage());
      return false;
    }
  }
}
