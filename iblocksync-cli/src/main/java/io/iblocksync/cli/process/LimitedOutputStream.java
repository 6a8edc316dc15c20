package io.iblocksync.cli.process;

import io.iblocksync.protocol.RateLimit;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Passes bytes on no faster than a limit allows, each step at once. For one thread. */
final class LimitedOutputStream extends FilterOutputStream {
  private final RateLimit limit;

  LimitedOutputStream(OutputStream out, RateLimit limit) {
    super(out);
    this.limit = limit;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int step = Math.min(limit.step(), length - done);
      limit.await(step);
      out.write(bytes, offset + done, step);
      out.flush();
      done += step;
    }
  }
}
