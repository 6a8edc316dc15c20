package io.iblocksync.endpoint;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.program.Arguments;
import io.iblocksync.program.BlockOptions;
import io.iblocksync.program.UsageException;
import java.nio.file.Path;

/**
 * What an endpoint gets on its command line. All else travels in the protocol, for wrappers rely on
 * these arguments.
 *
 * @param blockSize in bytes
 * @param path the image's
 */
public record EndpointOptions(int blockSize, HashAlgorithm algorithm, Path path) {

  /** The command line of an endpoint. */
  static Arguments arguments(String program) {
    return new Arguments(program).value("-b", "--block").value("-a", "--algo");
  }

  /** Takes the options from a command line that asks neither for help nor for the version. */
  static EndpointOptions of(Arguments arguments) throws UsageException {
    String path = arguments.operands("PATH").get(0);
    return new EndpointOptions(
        BlockOptions.blockSize(arguments.get("--block")),
        BlockOptions.algorithm(arguments.get("--algo")),
        path(path));
  }

  /**
   * A path that ends in a slash means a directory, whatever is there; Java would drop the slash.
   */
  private static Path path(String text) {
    return Path.of(text.endsWith("/") ? text + "." : text);
  }
}
