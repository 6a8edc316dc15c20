package io.iblocksync.testing;

import io.iblocksync.endpoint.Run;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import io.iblocksync.protocol.ZstdEncoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * Plays the coordinator for one endpoint's session, through pipes that hold next to nothing, just
 * as far and as honestly as a test wants. For the test's thread.
 */
public final class ScriptedCoordinator {
  public static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;
  private static final int PIPE = 16;

  private final BoundedPipe toEndpoint;
  private final BoundedPipe fromEndpoint;
  private final WireReader plain;
  private final FrameReader in;
  private final WireWriter out;
  private List<String> features = List.of();
  private Stats stats;

  public ScriptedCoordinator() {
    this(PIPE);
  }

  /**
   * @param pipe how many bytes the pipes hold
   */
  public ScriptedCoordinator(int pipe) {
    toEndpoint = new BoundedPipe(pipe);
    fromEndpoint = new BoundedPipe(pipe);
    plain = new WireReader(fromEndpoint.source(), false);
    in = new FrameReader(plain, ALGORITHM.length());
    out = new WireWriter(toEndpoint.sink());
    out.digestLength(ALGORITHM.length());
  }

  /** What features are in use; to be said before {@link #run}. */
  public void features(String... names) {
    features = List.of(names);
  }

  /** What the endpoint's session runs with; its window is as small as it can be. */
  public Run run(int blockSize, long ownSize, long otherSize) {
    return run(blockSize, ownSize, otherSize, Settings.NONE);
  }

  /** The same, with settings. */
  public Run run(int blockSize, long ownSize, long otherSize, Settings settings) {
    return new Run(
        ALGORITHM,
        info(blockSize, ownSize),
        info(blockSize, otherSize),
        settings,
        features,
        0,
        null,
        new WireReader(toEndpoint.source(), true),
        new WireWriter(fromEndpoint.sink()));
  }

  /** Starts a session on a thread of its own. */
  public <T> FutureTask<T> start(Callable<T> session) {
    FutureTask<T> task = new FutureTask<>(session);
    Thread thread = new Thread(task, "session");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  /** The endpoint's next message; null at its end. Stats are set aside, see {@link #stats}. */
  public Message read() throws IOException {
    Message message = in.read();
    while (message instanceof Stats told) {
      stats = told;
      message = in.read();
    }
    return message;
  }

  /** The stats that were passed over last; null if none came. */
  public Stats stats() {
    return stats;
  }

  /** The bytes that follow a DATA message. */
  public byte[] readBody(Data data) throws IOException {
    ByteBuffer body = ByteBuffer.allocate(data.bodyLength());
    in.readBody(data, body);
    return body.array();
  }

  /** Reads on until the endpoint says that it has failed, and returns what it says. */
  public Failure readToFailure() throws IOException {
    for (Message message = read(); message != null; message = read()) {
      if (message instanceof Failure failure) {
        return failure;
      } else if (message instanceof Data data) {
        readBody(data);
      }
    }
    throw new IOException("the endpoint has ended without a failure");
  }

  /** What comes from the endpoint, as bytes. */
  public WireReader plain() {
    return plain;
  }

  /** How many bytes have come from the endpoint and were not read yet. */
  public int waiting() {
    return fromEndpoint.waiting();
  }

  public void write(Message message) throws IOException {
    out.write(message);
    out.flush();
  }

  /** Bytes as they are. */
  public void write(byte[] bytes) throws IOException {
    out.write(ByteBuffer.wrap(bytes));
    out.flush();
  }

  public void verdict(long first, boolean differs, int count) throws IOException {
    write(new Verdicts(first, new int[] {Verdicts.run(differs, count)}));
  }

  /** Sends bytes of the image with a right check value. */
  public void data(long offset, byte[] bytes) throws IOException {
    ByteBuffer body = ByteBuffer.wrap(bytes);
    int crc = new Checksums().data(Encoding.RAW, offset, bytes.length, body);
    out.writeData(new Data(Encoding.RAW, offset, bytes.length, crc), body);
    out.flush();
  }

  /** Sends bytes of the image compressed, as the first part of the stream. */
  public void zstd(long offset, byte[] bytes) throws IOException {
    ByteBuffer from = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    ByteBuffer body = ByteBuffer.allocateDirect(bytes.length + 100);
    int crc = new Checksums().data(Encoding.ZSTD, offset, bytes.length, from);
    try (ZstdEncoder encoder = new ZstdEncoder(3)) {
      encoder.encode(from, body);
    }
    body.flip();
    out.writeData(new Data(Encoding.ZSTD, offset, bytes.length, crc, body.limit()), body);
    out.flush();
  }

  /** Sends zeros with a right check value. */
  public void zeros(long offset, long length) throws IOException {
    int crc = new Checksums().data(Encoding.ZEROS, offset, length, ByteBuffer.allocate(0));
    write(new Data(Encoding.ZEROS, offset, length, crc));
  }

  /** Closes the endpoint's input. */
  public void end() {
    toEndpoint.end();
  }

  /** Is gone, as a coordinator that was killed: nobody writes or reads. */
  public void vanish() {
    toEndpoint.end();
    fromEndpoint.breakOff();
  }

  private static ImageInfo info(int blockSize, long size) {
    return new ImageInfo(blockSize, ALGORITHM.label(), "/img", size, "", null);
  }
}
