package io.iblocksync.serve;

import io.iblocksync.endpoint.Endpoint;
import io.iblocksync.endpoint.Run;
import io.iblocksync.image.ImageReader;
import java.io.IOException;
import java.nio.file.Path;

/** The source endpoint: reads an image and never writes. */
public final class SourceEndpoint implements Endpoint {
  private SourceGuard guard;
  private ImageReader image;

  @Override
  public String program() {
    return "iblocksync-serve";
  }

  @Override
  public long probe(Path path) throws IOException {
    guard = SourceGuard.of(path);
    image = ImageReader.open(path);
    guard.checkStart(image);
    return image.size();
  }

  @Override
  public void checkWriters() throws IOException {
    guard.checkWriters();
  }

  @Override
  public long data() {
    return guard.dataBytes();
  }

  @Override
  public void runFrames(Run run) throws IOException, InterruptedException {
    new SourceSession(run, image, guard).run();
  }

  @Override
  public void runPlain(Run run) throws IOException, InterruptedException {
    guard.begin();
    new Protocol1Source(run, image, guard).run();
  }

  @Override
  public void close() throws IOException {
    if (image != null) {
      image.close();
    }
  }
}
