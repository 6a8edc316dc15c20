package io.iblocksync.cli.relay;

import io.iblocksync.program.Log;
import io.iblocksync.protocol.FrameReader;
import io.iblocksync.protocol.FrameWriter;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Alive;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Failure;
import io.iblocksync.protocol.Message.Hashes;
import io.iblocksync.protocol.Message.Pieces;
import io.iblocksync.protocol.Message.Stats;
import io.iblocksync.protocol.Message.Verdicts;
import io.iblocksync.protocol.Message.Warning;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.SilenceWatch;
import io.iblocksync.protocol.WindowBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The coordinator's part in protocol 2. */
public final class Protocol2Relay extends Relay {
  /** More warnings of one side are not printed: it may have one for each block. */
  private static final int MAX_WARNINGS = 100;

  private final FrameWriter frames;
  private final int digestLength;
  private final boolean pieces;
  private final boolean dryRun;
  private final boolean verify;
  private final PieceChoice choice;

  /**
   * Held while a verdict is known to the target and not to the source. Taken after the comparer's
   * lock, before an outbox's.
   */
  private final Object forwarding = new Object();

  private final BufferPool buffers =
      new BufferPool(Frames.HEADER + Frames.DATA_HEADER + Frames.MAX_BODY);
  private volatile Done sourceDone;

  /** What a dry run would have to send of the blocks that differ. */
  private volatile long differingBytes;

  public Protocol2Relay(Peer source, Peer target, RelayOptions options) {
    this(source, target, options, new PieceChoice());
  }

  /**
   * @param choice when to send by pieces, if that is possible at all
   */
  Protocol2Relay(Peer source, Peer target, RelayOptions options, PieceChoice choice) {
    super(source, target, options, options.images().lastCommonDiffers());
    this.digestLength = options.algorithm().length();
    this.frames = new FrameWriter(digestLength);
    this.pieces = options.pieces();
    this.choice = choice;
    this.verify = options.settings().flag(Setting.VERIFY);
    this.dryRun = options.settings().flag(Setting.DRY_RUN);
  }

  @Override
  boolean byPieces() {
    return pieces && choice.byPieces();
  }

  /**
   * The target first: it must know of a verdict before it sees the data that follows from it. And
   * no PIECES that follow from it in between: before them the source must know of it, too.
   */
  @Override
  void forward(Verdicts verdicts) throws InterruptedException {
    count(verdicts);
    ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + 8 + 4 * verdicts.runs().length);
    frames.write(verdicts, frame);
    frame.flip();
    synchronized (forwarding) {
      target.outbox().put(frame.duplicate(), null);
      source.outbox().put(frame, null);
    }
  }

  /** For the thread that holds the comparer's lock. */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written under that lock only
  private void count(Verdicts verdicts) {
    long block = verdicts.first();
    for (int run : verdicts.runs()) {
      long end = block + Verdicts.count(run);
      if (Verdicts.differs(run)) {
        long from = images.bytesBefore(block);
        long to = images.bytesBefore(end);
        differingBytes += to - from;
        choice.differ(from, to, Verdicts.byPieces(run));
      }
      block = end;
    }
  }

  @Override
  List<SilenceWatch> watch(long seconds) {
    ByteBuffer alive = ByteBuffer.allocate(Frames.HEADER);
    frames.write(new Alive(), alive);
    alive.flip();
    List<SilenceWatch> watches = new ArrayList<>();
    for (Role role : Role.values()) {
      peer(role).outbox().keepAlive(alive, SilenceWatch.aliveMillis(seconds));
      watches.add(
          SilenceWatch.start(peer(role).in()::waiting, seconds, () -> silent(role, seconds)));
    }
    return watches;
  }

  @Override
  void read(Role role) throws IOException, InterruptedException {
    FrameReader in = new FrameReader(peer(role).in(), digestLength);
    try {
      readAll(role, in);
    } catch (ProtocolException e) {
      throw in.located(e);
    }
  }

  private void readAll(Role role, FrameReader in) throws IOException, InterruptedException {
    int warnings = 0;
    while (true) {
      Message message = in.read();
      if (message == null) {
        throw new PeerGoneException("the endpoint has ended");
      } else if (message instanceof Hashes hashes) {
        comparer.offer(role, hashes);
      } else if (message instanceof Data data && role == Role.SOURCE) {
        relay(data, in);
      } else if (message instanceof Pieces hashes && role == Role.TARGET && pieces) {
        relay(hashes);
      } else if (message instanceof Done done) {
        finish(role, done);
        return;
      } else if (message instanceof Failure failure) {
        outcome.fail(role, Printable.line(failure.text()), failure.errno());
        return;
      } else if (message instanceof Alive) {
        continue;
      } else if (message instanceof Stats stats) {
        figures.stats(role, stats);
      } else if (message instanceof Warning warning) {
        warn(role, warning, ++warnings);
      } else {
        throw new ProtocolException(
            "unexpected " + message.getClass().getSimpleName() + " message");
      }
    }
  }

  /** Of blocks that are sent by pieces it is not known how much of each comes: by their share. */
  @Override
  long bytesUnderWay() {
    long compared = comparer.compared();
    if (!pieces || compared == 0) {
      return super.bytesUnderWay();
    }
    long span = Math.max(0, compared * images.source().blockSize() - figures.relayedTo());
    double differing = (double) comparer.differing() / compared;
    return Math.min(WindowBytes.PIPED, (long) (span * differing));
  }

  private void warn(Role role, Warning warning, int number) {
    if (number <= MAX_WARNINGS) {
      Log.warn(peer(role).title() + ": " + Printable.line(warning.text()));
    } else if (number == MAX_WARNINGS + 1) {
      Log.warn(peer(role).title() + ": more warnings, which are not shown");
    }
  }

  private void relay(Data data, FrameReader in) throws IOException, InterruptedException {
    ByteBuffer frame = buffers.take();
    frames.write(data, frame);
    in.readBody(data, frame);
    choice.came(data.offset(), data.length(), System.nanoTime());
    target.outbox().put(frame.flip(), buffers::recycle);
    figures.relayed(data.offset(), data.length());
  }

  /**
   * Both endpoints take their input whatever happens, so this waits for nothing else; nor for long
   * for the thread that forwards a verdict at the moment, which the source must have first.
   */
  private void relay(Pieces hashes) throws InterruptedException {
    ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + 8 + 4 + hashes.hashes().length);
    frames.write(hashes, frame);
    synchronized (forwarding) {
      source.outbox().put(frame.flip(), null);
    }
  }

  private void finish(Role role, Done done) throws ProtocolException, InterruptedException {
    if (role == Role.SOURCE) {
      long relayedBytes = figures.transmittedBytes();
      if (comparer.compared() < commonBlocks || done.bytes() != relayedBytes) {
        throw new ProtocolException(
            "DONE after "
                + relayedBytes
                + " bytes (it counts "
                + done.bytes()
                + ") and "
                + comparer.compared()
                + " of "
                + commonBlocks
                + " verdicts");
      }
      sourceDone = done;
      if (dryRun) {
        figures.wouldRelay(differingBytes);
      }
      ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + Frames.DONE);
      frames.write(done, frame);
      target.outbox().put(frame.flip(), null);
    } else if (sourceDone == null) {
      throw new ProtocolException("DONE before the source was done");
    } else if (!dryRun && !done.digest().equals(sourceDone.digest())) {
      outcome.fail(
          role,
          (verify ? "the target, read again from its disk," : "the target")
              + " is not equal to what the source has read (digest "
              + done.digest()
              + ", expected "
              + sourceDone.digest()
              + "): run it again, and look for faulty memory or disks if that fails too");
      return;
    }
    outcome.done(role);
  }
}
