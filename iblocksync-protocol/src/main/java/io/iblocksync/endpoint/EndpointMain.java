package io.iblocksync.endpoint;

import io.iblocksync.image.LocalPair;
import io.iblocksync.linux.Blkid;
import io.iblocksync.linux.DeviceCache;
import io.iblocksync.linux.IdentityReader;
import io.iblocksync.linux.ImageException;
import io.iblocksync.linux.ImageType;
import io.iblocksync.program.ExitStatus;
import io.iblocksync.program.Log;
import io.iblocksync.program.Unexpected;
import io.iblocksync.program.Version;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.Choice;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Offer;
import io.iblocksync.protocol.Greeting.Reply;
import io.iblocksync.protocol.Greeting.StartError;
import io.iblocksync.protocol.Identity;
import io.iblocksync.protocol.ImageDetails;
import io.iblocksync.protocol.PeerGoneException;
import io.iblocksync.protocol.PeerSilentException;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.ProtocolException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import io.iblocksync.protocol.WindowBytes;
import io.iblocksync.protocol.WireReader;
import io.iblocksync.protocol.WireWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What both endpoints do: the start of the exchange with the coordinator, the choice of the
 * protocol, and what becomes of errors. Standard output carries nothing but the protocol.
 */
public final class EndpointMain {
  private static final List<Integer> PROTOCOLS = List.of(1, 2);

  private final Endpoint endpoint;
  private final EndpointOptions options;
  private final WireReader in;
  private final WireWriter out;

  /** Null unless the other endpoint runs in this process too. */
  private final LocalPair.Side side;

  private EndpointMain(
      Endpoint endpoint,
      EndpointOptions options,
      LocalPair.Side side,
      WireReader in,
      WireWriter out) {
    this.side = side;
    this.endpoint = endpoint;
    this.options = options;
    this.in = in;
    this.out = out;
  }

  /**
   * Runs the endpoint to its end and closes it.
   *
   * @param side where its chunks meet those of the other endpoint, if that runs in this process
   *     too; or null
   * @return the exit status
   */
  static int run(
      Endpoint endpoint,
      EndpointOptions options,
      LocalPair.Side side,
      WireReader in,
      WireWriter out) {
    Log.name(endpoint.program());
    try {
      new EndpointMain(endpoint, options, side, in, out).play();
      return ExitStatus.DONE;
    } catch (ReportedException e) {
      if (e.getCause() instanceof PeerSilentException) {
        // The coordinator may be unreachable: print the error here, too.
        fail(endpoint, e.getMessage());
      }
      Log.debug(e.getMessage());
    } catch (PeerGoneException e) {
      // The coordinator has ended, or will say why it gave up: a line from here would be a second
      // one.
      Log.info("stopped: " + e.getMessage());
    } catch (IOException e) {
      fail(endpoint, e.getMessage());
    } catch (Throwable e) {
      Unexpected.report(endpoint.program(), e);
    } finally {
      close(endpoint);
    }
    return ExitStatus.FAILED;
  }

  /** Whether the session was a success is decided by then: all that was written is flushed. */
  private static void close(Endpoint endpoint) {
    try {
      endpoint.close();
    } catch (IOException e) {
      Log.warn(e.getMessage() + " (when closed)");
    }
  }

  /** The text can come from the coordinator and is not trusted on this terminal. */
  private static void fail(Endpoint endpoint, String text) {
    System.err.println(endpoint.program() + ": error: " + Printable.line(String.valueOf(text)));
  }

  private void play() throws IOException, InterruptedException {
    String line = GreetingWait.read(in);
    if (line == null) {
      // A coordinator that gave up at once, and says why: not by hand, whatever it looks like.
      throw new PeerGoneException("no greeting came from the coordinator");
    }
    if (!line.equals(Greeting.LINE)) {
      throw new ProtocolException(
          "expected the greeting '" + Greeting.LINE + "' of a coordinator on standard input");
    }
    ImageInfo own = sendImageInfo();
    line = in.readLine(Greeting.MAX_LINE);
    if (line == null) {
      throw new PeerGoneException("the coordinator chose no protocol");
    }
    Reply reply = Greeting.parseReply(line);
    checkOther(reply.other());
    Choice choice = reply.choice();
    Settings settings = choice == null ? Settings.OF_101 : choice.settings();
    if (settings.number(Setting.BWLIMIT) > 0) {
      out.limit(settings.number(Setting.BWLIMIT));
    }
    List<String> features = choice == null ? List.of() : choice.features();
    Run run =
        new Run(
            options.algorithm(),
            own,
            reply.other(),
            settings,
            features,
            side == null ? WindowBytes.PIPED : WindowBytes.LOCAL,
            side,
            in,
            out);
    if (choice == null || choice.protocol() == 1) {
      endpoint.runPlain(run);
    } else {
      checkChoice(choice);
      Warnings.collect();
      try {
        endpoint.runFrames(run);
      } finally {
        Warnings.release();
      }
    }
  }

  private ImageInfo sendImageInfo() throws IOException {
    try {
      ImageInfo own = probe();
      out.writeLine(Greeting.format(own));
      return own;
    } catch (ImageException e) {
      out.writeLine(Greeting.format(new StartError(e.reason(), e.errno())));
      throw new ReportedException(e);
    } catch (RuntimeException | Error e) {
      Log.debug(e);
      out.writeLine(Greeting.format(new StartError(Unexpected.text(e), 0)));
      throw new ReportedException(Unexpected.exception(e));
    }
  }

  private ImageInfo probe() throws IOException {
    Path path = options.path();
    long size = endpoint.probe(path);
    DeviceCache.dropSignatures(path); // before blkid reads them
    // What takes a while goes on while blkid works.
    try (Blkid blkid = size == 0 ? null : Blkid.start(path)) {
      endpoint.checkWriters();
      boolean device = ImageType.of(path) == ImageType.BLOCK_DEVICE;
      Identity identity = IdentityReader.of(path);
      long room = endpoint.room();
      long data = endpoint.data();
      long allocated = endpoint.allocated();
      boolean compresses = endpoint.compresses();
      Blkid.Found found = blkid == null ? Blkid.NOTHING : blkid.found();
      // Inside the coordinator nothing crosses that would be compressed.
      List<String> features = side == null ? Features.here() : Features.ALL;
      return new ImageInfo(
          options.blockSize(),
          options.algorithm().label(),
          path.toString(),
          size,
          found.uuid(),
          new Offer(endpoint.program() + " " + Version.NUMBER, PROTOCOLS, features),
          new ImageDetails(device, identity, room, data, allocated, compresses, found.signature()));
    }
  }

  private void checkOther(ImageInfo other) throws ProtocolException {
    String algorithm = options.algorithm().label();
    if (other.blockSize() != options.blockSize() || !other.hashAlgorithm().equals(algorithm)) {
      throw new ProtocolException(
          "expected the other endpoint to work with "
              + algorithm
              + " and blocks of "
              + options.blockSize()
              + " bytes too");
    }
  }

  private void checkChoice(Choice choice) throws ProtocolException {
    Log.verbosity(choice.verbosity());
    if (choice.protocol() != 2) {
      throw new ProtocolException("the coordinator chose protocol " + choice.protocol());
    }
    for (String feature : choice.features()) {
      if (!Features.ALL.contains(feature)) {
        throw new ProtocolException("the coordinator chose the unknown feature '" + feature + "'");
      }
    }
    Log.debug(
        "protocol "
            + choice.protocol()
            + " with "
            + choice.program()
            + ", "
            + Version.NUMBER
            + " here");
  }
}
