package io.iblocksync.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;

/**
 * The inputs that fuzzing has found worth keeping, a line of hexadecimal digits each, in a resource
 * beside the class that takes them. The tests replay them; {@code scripts/fuzz} starts from them.
 */
public final class FuzzInputs {
  private FuzzInputs() {}

  /** Takes an input, and throws whatever a decoder must not throw. */
  public interface Decoder {
    void decode(byte[] input);
  }

  /** Hands all inputs of this class to its decoder. */
  public static int replay(Class<?> type, Decoder decoder) throws IOException {
    int count = 0;
    try (InputStream resource = type.getResourceAsStream(type.getSimpleName() + ".hex")) {
      String text = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
      for (String line : text.lines().toList()) {
        try {
          decoder.decode(HexFormat.of().parseHex(line));
        } catch (RuntimeException | Error e) {
          throw new AssertionError(type.getSimpleName() + " fails for " + line, e);
        }
        count++;
      }
    }
    return count;
  }

  /**
   * {@code unpack FILE FOLDER} makes a file of each line, {@code pack FOLDER FILE} the lines again,
   * shortest first, those of more than 200 bytes left out.
   */
  public static void main(String[] args) throws IOException {
    if (args[0].equals("unpack")) {
      int number = 0;
      for (String line : Files.readAllLines(Path.of(args[1]))) {
        Files.write(Path.of(args[2], "seed" + number++), HexFormat.of().parseHex(line));
      }
    } else {
      TreeSet<String> lines =
          new TreeSet<>(
              (a, b) -> {
                return a.length() == b.length() ? a.compareTo(b) : a.length() - b.length();
              });
      for (Path file : files(Path.of(args[1]))) {
        if (Files.size(file) <= 200) {
          lines.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      }
      Files.write(Path.of(args[2]), lines);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(files::add);
    }
    return files;
  }
}
