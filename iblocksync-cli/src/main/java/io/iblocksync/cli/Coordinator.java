package io.iblocksync.cli;

import io.iblocksync.cli.location.Location;
import io.iblocksync.cli.process.CommandNotFoundException;
import io.iblocksync.cli.process.EndpointCommand;
import io.iblocksync.cli.process.EndpointProcess;
import io.iblocksync.cli.process.LaunchEnvironment;
import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.cli.relay.Protocol1Relay;
import io.iblocksync.cli.relay.Protocol2Relay;
import io.iblocksync.cli.relay.Relay;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.cli.terminal.Progress;
import io.iblocksync.image.HashWorkers;
import io.iblocksync.image.LocalPair;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.program.Log;
import io.iblocksync.program.UsageException;
import io.iblocksync.program.Version;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.Choice;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Reply;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One sync from its start to the end of both endpoints. Whatever happens, {@link #run} returns only
 * when both are gone; the same holds for {@link #interrupt}, from another thread.
 */
final class Coordinator {
  private static final int SALT_BYTES = 16;
  private static final String PROGRAM = "iblocksync " + Version.NUMBER;
  private static final int DEFAULT_TIMEOUT = 300;

  private final Options options;
  private final Confirmations questions;

  /** Of the hashes of pieces, the same for both endpoints; null before it is needed. */
  private String salt;

  private final Report report;
  private final List<EndpointProcess> started = new ArrayList<>();
  private boolean interrupted;
  private volatile Progress progress;
  private volatile boolean writing;

  /**
   * @param report is told what is known as the run goes on
   */
  Coordinator(Options options, Confirmations questions, Report report) {
    this.options = options;
    this.questions = questions;
    this.report = report;
  }

  /**
   * Syncs.
   *
   * @return what was done
   * @throws EndpointException if an endpoint failed
   * @throws DeclinedException if it must not be done without a confirmation that was not given
   * @throws CommandNotFoundException if an endpoint cannot be started
   * @throws UsageException if a location or a variable of the environment is wrong
   */
  Summary run()
      throws EndpointException,
          DeclinedException,
          CommandNotFoundException,
          UsageException,
          InterruptedException {
    progress =
        Progress.start(
            options.progress().shown(options.verbosity() >= 2, LaunchEnvironment.isTerminal(2)));
    try {
      return sync();
    } finally {
      progress.end();
    }
  }

  private Summary sync()
      throws EndpointException,
          DeclinedException,
          CommandNotFoundException,
          UsageException,
          InterruptedException {
    long start = System.nanoTime();
    Map<String, String> environment = LaunchEnvironment.environment();
    EndpointCommand sourceCommand = command(Role.SOURCE, options.source(), environment);
    EndpointCommand targetCommand = command(Role.TARGET, options.target(), environment);
    String cause = null;
    LocalPair pair = pair(sourceCommand, targetCommand);
    warmUp(sourceCommand, targetCommand, pair);
    try {
      // One after the other: two password prompts do not mix, and without a source nothing is
      // prepared for the target.
      long timeout = settings(2).number(Setting.TIMEOUT);
      EndpointProcess source = start(sourceCommand, options.source(), environment, pair);
      ImageInfo sourceInfo =
          checked(source, source.greet(LaunchEnvironment.hasTerminal() ? 0 : timeout));
      report.image(Role.SOURCE, sourceInfo);
      EndpointProcess target = start(targetCommand, options.target(), environment, pair);
      ImageInfo targetInfo = checked(target, target.greet(timeout));
      report.image(Role.TARGET, targetInfo);
      PairChecks.check(sourceInfo, targetInfo);
      Rest rest = rest(sourceInfo, targetInfo);
      report.rest(rest);
      questions.ask(sourceInfo, targetInfo, rest);
      int protocol = Math.min(protocol(sourceInfo), protocol(targetInfo));
      Log.info("source: " + describe(sourceInfo));
      Log.info("target: " + describe(targetInfo));
      Log.info("speaking protocol " + protocol);
      if (protocol == 1) {
        checkPlain(sourceInfo);
      }
      if (pair == null) {
        warnOfWeakAlgorithm(sourceInfo, targetInfo);
      }
      writing = !options.settings().flag(Setting.DRY_RUN);
      List<String> features = features(protocol, sourceInfo, targetInfo);
      source.writeLine(reply(targetInfo, sourceInfo, protocol, features, options.source()));
      target.writeLine(reply(sourceInfo, targetInfo, protocol, features, options.target()));
      Relay relay = relay(protocol, features, source, target, sourceInfo, targetInfo);
      report.session(protocol, relay);
      relay.timeout(settings(protocol).number(Setting.TIMEOUT));
      relay.settings(options.settings());
      relay.rest(rest);
      progress.follow(relay);
      try {
        relay.run();
      } finally {
        progress.ending();
      }
      source.finish();
      target.finish();
      return new Summary(relay, rest, options.settings(), System.nanoTime() - start);
    } catch (EndpointException e) {
      cause = "a failure: " + e.title() + ": " + e.getMessage();
      throw e;
    } catch (DeclinedException e) {
      cause = "a failure: " + e.getMessage();
      throw e;
    } finally {
      end(cause);
    }
  }

  /** Whether the target may have been written to. */
  boolean writing() {
    return writing;
  }

  /** Ends the endpoints in order, however long their clean-up takes, after a signal. */
  void interrupt() {
    synchronized (this) {
      interrupted = true;
    }
    try {
      if (progress != null) {
        progress.end();
      }
      end(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What endpoints in this process will need, while others start or look at their images. */
  private void warmUp(EndpointCommand source, EndpointCommand target, LocalPair pair) {
    if (target.own()) {
      NativeFile.warmUp();
    }
    if (source.own() || target.own()) {
      HashWorkers.warmUp(options.algorithm(), pair);
    }
  }

  /**
   * What compares the images if both endpoints run in this process. Not for "verify", which proves
   * all of the target by its hashes.
   */
  private LocalPair pair(EndpointCommand source, EndpointCommand target) {
    boolean inside = source.own() && target.own();
    return inside && !options.settings().flag(Setting.VERIFY) ? new LocalPair() : null;
  }

  private EndpointCommand command(Role role, Location location, Map<String, String> environment)
      throws CommandNotFoundException, UsageException {
    String bin = System.getProperty("iblocksync.bin");
    try {
      return EndpointCommand.of(
          role,
          location,
          options.blockSize(),
          options.algorithm().label(),
          environment,
          bin == null ? null : Path.of(bin));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private synchronized EndpointProcess start(
      EndpointCommand command, Location location, Map<String, String> environment, LocalPair pair)
      throws EndpointException, InterruptedException {
    if (interrupted) {
      throw new InterruptedException();
    }
    LocalPair.Side side =
        pair == null ? null : command.role() == Role.SOURCE ? pair.source() : pair.target();
    EndpointProcess process =
        EndpointProcess.start(command, location.path(), environment, bwlimit(location), side);
    started.add(process);
    return process;
  }

  /**
   * @param cause for the user who has to wait; null if nothing has failed
   */
  private void end(String cause) throws InterruptedException {
    List<EndpointProcess> all;
    boolean signal;
    synchronized (this) {
      all = List.copyOf(started);
      signal = interrupted;
    }
    for (EndpointProcess process : all) {
      process.abort();
      process.discard();
    }
    for (EndpointProcess process : all) {
      // After a signal endpoints fail, which is not why.
      process.awaitEnd(true, signal ? "a signal" : cause);
    }
  }

  private ImageInfo checked(EndpointProcess process, ImageInfo info) throws EndpointException {
    if (info.blockSize() != options.blockSize()
        || !info.hashAlgorithm().equals(options.algorithm().label())) {
      throw process.failed(
          "works with blocks of "
              + info.blockSize()
              + " bytes and "
              + Printable.line(info.hashAlgorithm())
              + ", expected "
              + options.blockSize()
              + " and "
              + options.algorithm().label());
    }
    return info;
  }

  private static int protocol(ImageInfo info) {
    return info.offer() != null && info.offer().protocols().contains(2) ? 2 : 1;
  }

  /** What becomes of the target past the source's end. */
  private Rest rest(ImageInfo source, ImageInfo target) throws DeclinedException {
    Rest rest = Rest.of(source, target, options.settings().flag(Setting.KEEP_REST));
    // Releases that can keep it are those that report signatures.
    boolean can = SignatureCheck.of(target) != null;
    if (rest.bytes() > 0 && rest.action() == Rest.Action.KEPT && !can) {
      String program = target.offer() == null ? "iblocksync 1.0.1" : target.offer().program();
      throw new DeclinedException(
          "--keep-rest cannot be had, for the target's " + Printable.line(program) + " is too old");
    }
    return rest;
  }

  private static String describe(ImageInfo info) {
    String program = info.offer() == null ? "iblocksync 1.0.1" : info.offer().program();
    String uuid = info.uuid().isEmpty() ? "no UUID" : "UUID " + info.uuid();
    return Printable.line(
        info.filePath() + ", " + info.fileSize() + " bytes, " + uuid + ", by " + program);
  }

  /** What protocol 1 has no means for. */
  private void checkPlain(ImageInfo source) throws DeclinedException {
    for (Setting setting : List.of(Setting.DRY_RUN, Setting.VERIFY)) {
      if (options.settings().flag(setting)) {
        String option = setting == Setting.DRY_RUN ? "--dry-run" : "--verify";
        String side = protocol(source) == 1 ? "source" : "target";
        throw new DeclinedException(
            option + " cannot be had, for the " + side + " is iblocksync 1.0.1's");
      }
    }
  }

  private void warnOfWeakAlgorithm(ImageInfo source, ImageInfo target) {
    Geometry shorter =
        new Geometry(Math.min(source.fileSize(), target.fileSize()), options.blockSize());
    String warning =
        WeakAlgorithm.warning(options.algorithm(), options.blockSize(), shorter.blocks());
    if (warning != null) {
      Log.warn(warning);
    }
  }

  /** An original is silent for as long as it hashes: there only who asks for a timeout gets one. */
  private Settings settings(int protocol) {
    Settings settings = options.settings();
    boolean preset = protocol == 1 || settings.number(Setting.TIMEOUT) > 0;
    return preset ? settings : settings.with(Setting.TIMEOUT, DEFAULT_TIMEOUT);
  }

  /** The limit on the connection to an endpoint. What stays on this machine needs none. */
  private long bwlimit(Location location) {
    return location instanceof Location.Remote ? options.bwlimit() : 0;
  }

  /** What of that which both endpoints offer is of use. */
  private List<String> features(int protocol, ImageInfo source, ImageInfo target) {
    if (options.settings().flag(Setting.DRY_RUN)) {
      return List.of();
    }
    List<String> features = new ArrayList<>();
    boolean remote =
        options.source() instanceof Location.Remote || options.target() instanceof Location.Remote;
    if (options.compress() && !remote) {
      Log.info("nothing is compressed: both images are on this machine");
    } else if (options.compress() && !(protocol == 2 && offer(Features.ZSTD, source, target))) {
      Log.warn("nothing is compressed: " + withoutZstd(source, target));
    } else if (options.compress()) {
      features.add(Features.ZSTD);
    }
    // On one machine it costs as much to look for what differs in a block as to carry it.
    if (remote
        && protocol == 2
        && options.blockSize() > PieceHasher.MIN_BLOCK
        && offer(Features.PIECES, source, target)) {
      features.add(Features.PIECES);
    }
    return features;
  }

  /** Random bytes, without SecureRandom, which takes 20 ms to load. */
  private static String newSalt() {
    try (InputStream random = Files.newInputStream(Path.of("/dev/urandom"))) {
      return HexFormat.of().formatHex(random.readNBytes(SALT_BYTES));
    } catch (IOException e) {
      byte[] salt = new byte[SALT_BYTES];
      new SecureRandom().nextBytes(salt);
      return HexFormat.of().formatHex(salt);
    }
  }

  /** Which sides cannot compress, and why, as far as they say. */
  private String withoutZstd(ImageInfo source, ImageInfo target) {
    List<String> sides = new ArrayList<>();
    for (Role role : Role.values()) {
      boolean isSource = role == Role.SOURCE;
      Greeting.Offer offer = (isSource ? source : target).offer();
      String at = " at " + (isSource ? options.source() : options.target()).display();
      if (offer == null) {
        sides.add("iblocksync 1.0.1" + at + " cannot do it");
      } else if (!offer.features().contains(Features.ZSTD)) {
        sides.add(role.executable() + at + " cannot load its library libzstd-jni.so");
      }
    }
    return String.join(", ", sides);
  }

  private static boolean offer(String feature, ImageInfo source, ImageInfo target) {
    return source.offer().features().contains(feature)
        && target.offer().features().contains(feature);
  }

  private String reply(
      ImageInfo other, ImageInfo own, int protocol, List<String> features, Location location) {
    int verbosity = Math.min(2, options.verbosity());
    Choice choice = null;
    if (own.offer() != null) {
      Settings settings = settings(protocol).with(Setting.BWLIMIT, bwlimit(location));
      // An older endpoint refuses what it does not know: only one that needs it gets it.
      boolean keep = location == options.target() && own.fileSize() > other.fileSize();
      settings =
          settings.with(Setting.KEEP_REST, keep && options.settings().flag(Setting.KEEP_REST));
      if (location == options.source()) {
        settings = settings.with(Setting.MAX_DATA, PairChecks.maxData(own, other));
      }
      if (features.contains(Features.PIECES)) {
        salt = salt == null ? newSalt() : salt;
        settings = settings.with(Setting.SALT, salt);
      }
      choice = new Choice(PROGRAM, protocol, features, verbosity, settings);
    } else if (bwlimit(location) > 0) {
      Log.warn(
          location.display() + ": iblocksync 1.0.1 there keeps no --bwlimit for what it sends");
    }
    if (choice == null && location == options.target()) {
      for (Setting setting : new Setting[] {Setting.SPARSE, Setting.DISCARD}) {
        if (options.settings().flag(setting)) {
          Log.warn(
              location.display()
                  + ": iblocksync 1.0.1 there writes zeros, whatever --"
                  + setting.name().toLowerCase(Locale.ROOT)
                  + " says");
        }
      }
    }
    return Greeting.format(new Reply(other, choice));
  }

  private Relay relay(
      int protocol,
      List<String> features,
      EndpointProcess source,
      EndpointProcess target,
      ImageInfo sourceInfo,
      ImageInfo targetInfo) {
    Geometry sourceGeometry = new Geometry(sourceInfo.fileSize(), options.blockSize());
    Geometry targetGeometry = new Geometry(targetInfo.fileSize(), options.blockSize());
    if (protocol == 1) {
      return new Protocol1Relay(
          source, target, sourceGeometry, targetGeometry, options.algorithm());
    }
    return new Protocol2Relay(
        source,
        target,
        sourceGeometry,
        targetGeometry,
        options.algorithm(),
        features.contains(Features.PIECES),
        options.settings());
  }
}
