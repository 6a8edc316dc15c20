package io.iblocksync.cli.relay;

import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.FrameWriter;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.testing.BoundedPipe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;

/** A peer behind two pipes of a few bytes; whatever plays the endpoint has their other ends. */
final class PipePeer implements Peer {
  /** After how many bytes a slow coordinator pauses. */
  private static final int PAUSE_BYTES = 1 << 10;

  /** What the relay sends. */
  final BoundedPipe toEndpoint;

  /** What the relay gets. */
  final BoundedPipe fromEndpoint;

  /** Run by each thread that is about to use the outbox. */
  volatile Runnable beforeSending = () -> {};

  private final String title;
  private final int digestLength;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final Outbox outbox;
  private final WireReader in;

  /**
   * @param pipe how many bytes each pipe holds
   * @param pauseMillis how long the relay pauses in reading now and then
   */
  PipePeer(String title, int digestLength, int pipe, int pauseMillis) {
    this.title = title;
    this.digestLength = digestLength;
    toEndpoint = new BoundedPipe(pipe);
    fromEndpoint = new BoundedPipe(pipe);
    outbox = new Outbox(new Noting(toEndpoint.output()), title, 1 << 16);
    in = new WireReader(new Pausing(fromEndpoint.source(), pauseMillis), false);
  }

  /** Sends a message to the relay; one without a body. */
  void say(Message message) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + Frames.MAX_BATCH);
    new FrameWriter(digestLength).write(message, frame);
    fromEndpoint.output().write(frame.array(), 0, frame.position());
  }

  /** The messages that the relay has sent, of which none may have a body. */
  List<Message> sent() throws IOException {
    byte[] bytes = sent.toByteArray();
    ReadableByteChannel channel = Channels.newChannel(new ByteArrayInputStream(bytes));
    FrameReader frames = new FrameReader(new WireReader(channel, false), digestLength);
    List<Message> messages = new ArrayList<>();
    for (Message message = frames.read(); message != null; message = frames.read()) {
      messages.add(message);
    }
    return messages;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public boolean remote() {
    return true;
  }

  @Override
  public WireReader in() {
    return in;
  }

  @Override
  public Outbox outbox() {
    beforeSending.run();
    return outbox;
  }

  @Override
  public long received() {
    return fromEndpoint.passed();
  }

  @Override
  public void onGone(Runnable action) {
    // The end of a pipe is noticed by the thread that reads it.
  }

  @Override
  public void abort() {
    outbox.abort();
    toEndpoint.end();
  }

  @Override
  public boolean connectionLost() {
    return false;
  }

  @Override
  public String endedText(String when) {
    return "ended " + when;
  }

  /** Keeps a copy of all bytes. */
  private final class Noting extends FilterOutputStream {
    Noting(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      sent.write(bytes, offset, length);
      out.write(bytes, offset, length);
    }
  }

  /** Lets the reading thread sleep now and then. */
  private static final class Pausing implements ReadableByteChannel {
    private final ReadableByteChannel in;
    private final int millis;
    private int left = PAUSE_BYTES;

    Pausing(ReadableByteChannel in, int millis) {
      this.in = in;
      this.millis = millis;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      if (left <= 0 && millis > 0) {
        left = PAUSE_BYTES;
        try {
          Thread.sleep(millis);
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
      int read = in.read(into);
      left -= read;
      return read;
    }

    @Override
    public boolean isOpen() {
      return in.isOpen();
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
