package io.iblocksync.cli.it;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What tests have that sync one image to another: a folder, a source, and a place for a target. */
public abstract class TwoImages {
  @TempDir protected Path folder;

  protected Images images;

  /** Of random bytes. */
  protected Path source;

  /** Not there until a test makes it. */
  protected Path target;

  private final int sourceBytes;

  protected TwoImages(int sourceBytes) {
    this.sourceBytes = sourceBytes;
  }

  @BeforeEach
  protected final void makeTheSource() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", sourceBytes);
    target = images.path("target.img");
  }

  /** Lets the target be what the source is, but for a byte in each of these blocks. */
  protected final void makeChangedTarget(int blockSize, int... blocks) throws IOException {
    images.copy(source, "target.img");
    images.change(target, blockSize, blocks);
  }
}
