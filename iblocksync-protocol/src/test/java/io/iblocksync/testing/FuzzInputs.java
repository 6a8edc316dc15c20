package io.iblocksync.testing;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * The inputs that fuzzing has found worth keeping, a line of hexadecimal digits each, in a resource
 * beside the class that takes them. The tests replay them; under Maven's profile "fuzz" they go on
 * from there with inputs that Jazzer makes up, see {@link Fuzzing}.
 */
public final class FuzzInputs {
  private FuzzInputs() {}

  /** Takes an input, and throws whatever a decoder must not throw. */
  public interface Decoder {
    void decode(byte[] input);
  }

  /** Hands all inputs of this class to its decoder, and fuzzes it if that is asked for. */
  public static int replay(Class<?> type, Decoder decoder) throws IOException {
    List<String> lines;
    try (InputStream resource = type.getResourceAsStream(type.getSimpleName() + ".hex")) {
      lines = new String(resource.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    }
    for (String line : lines) {
      try {
        decoder.decode(HexFormat.of().parseHex(line));
      } catch (RuntimeException | Error e) {
        throw new AssertionError(type.getSimpleName() + " fails for " + line, e);
      }
    }
    Fuzzing.runIfAsked(type, lines);
    return lines.size();
  }
}
