package io.iblocksync.endpoint;

import io.iblocksync.protocol.*;
import java.nio.file.Path;

public record EndpointOptions(int blockSize, HashAlgorithm algorithm, Path path) {
  public static EndpointOptions parse(String program, String[] a) {
    return new EndpointOptions(BlockSize.parse(a[1]), HashAlgorithm.of(a[3]), Path.of(a[4]));
  }
}
