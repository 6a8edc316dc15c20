package io.iblocksync.cli;

import io.iblocksync.cli.location.MissingColon;
import io.iblocksync.cli.process.CommandNotFoundException;
import io.iblocksync.cli.process.EndpointCommand;
import io.iblocksync.cli.process.EndpointProcess;
import io.iblocksync.cli.process.Endpoints;
import io.iblocksync.cli.process.Handshake;
import io.iblocksync.cli.process.LaunchEnvironment;
import io.iblocksync.cli.process.Launcher;
import io.iblocksync.cli.relay.EndpointException;
import io.iblocksync.cli.relay.ImagePair;
import io.iblocksync.cli.relay.Protocol1Relay;
import io.iblocksync.cli.relay.Protocol2Relay;
import io.iblocksync.cli.relay.Relay;
import io.iblocksync.cli.relay.RelayOptions;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.cli.terminal.Progress;
import io.iblocksync.cli.terminal.Units;
import io.iblocksync.linux.Errno;
import io.iblocksync.program.Log;
import io.iblocksync.program.UsageException;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Signature;
import java.nio.file.Path;
import java.util.Map;

/**
 * One sync from its start to the end of both endpoints. Whatever happens, {@link #run} returns only
 * when both are gone; the same holds for {@link #interrupt}, from another thread.
 */
final class Coordinator {
  private final Options options;
  private final Confirmations questions;
  private final Report report;
  private final Endpoints endpoints = new Endpoints();
  private volatile Progress progress;
  private volatile boolean writing;

  /**
   * @param report gets what is known as the run goes on
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
    boolean debugging = options.verbosity() >= 2;
    progress = Progress.start(options.progress().shown(debugging, LaunchEnvironment.isTerminal(2)));
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
    Launcher launcher = launcher();
    String cause = null;
    try {
      // One after the other: two password prompts do not mix, and without a source nothing is
      // prepared for the target.
      long timeout = Negotiation.startTimeout(options);
      EndpointProcess source = endpoints.start(launcher, Role.SOURCE);
      ImageInfo sourceInfo =
          greet(source, Role.SOURCE, LaunchEnvironment.hasTerminal() ? 0 : timeout);
      report.image(Role.SOURCE, sourceInfo);
      EndpointProcess target = endpoints.start(launcher, Role.TARGET);
      ImageInfo targetInfo = greet(target, Role.TARGET, timeout);
      report.image(Role.TARGET, targetInfo);

      PairChecks.check(sourceInfo, targetInfo);
      if (options.existing()) {
        PairChecks.checkExists(targetInfo);
      }
      boolean keep = options.settings().flag(Setting.KEEP_REST);
      Rest rest = PairChecks.rest(sourceInfo, targetInfo, keep);
      report.rest(rest);
      questions.ask(sourceInfo, targetInfo, rest);

      say(sourceInfo, targetInfo);
      Negotiation chosen =
          new Negotiation(sourceInfo, targetInfo, options, launcher.comparesBytes(), Salt::random);
      say(chosen);
      writing = !options.settings().flag(Setting.DRY_RUN);
      source.writeLine(Greeting.format(chosen.replyTo(Role.SOURCE)));
      target.writeLine(Greeting.format(chosen.replyTo(Role.TARGET)));

      Relay relay = relay(source, target, images(sourceInfo, targetInfo), chosen, rest);
      report.session(chosen.protocol(), relay.figures());
      progress.follow(relay.figures());
      try {
        relay.run();
      } finally {
        progress.ending();
      }
      source.finish();
      target.finish();
      return new Summary(
          relay.figures(),
          targetInfo.filePath(),
          PairChecks.isMissing(targetInfo),
          options.isRemote(Role.SOURCE) || options.isRemote(Role.TARGET),
          rest,
          options.settings(),
          System.nanoTime() - start);
    } catch (EndpointException e) {
      cause = "a failure: " + e.title() + ": " + e.getMessage();
      throw e;
    } catch (DeclinedException e) {
      cause = "a failure: " + e.getMessage();
      throw e;
    } finally {
      endpoints.end(cause);
    }
  }

  /** Whether the target may have been written to. */
  boolean writing() {
    return writing;
  }

  /** Ends the endpoints in order, however long their clean-up takes, after a signal. */
  void interrupt() {
    try {
      endpoints.forbid();
      if (progress != null) {
        progress.end();
      }
      endpoints.end(null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** {@code verify} proves all of the target by its hashes, so these are needed in any case. */
  private Launcher launcher() throws CommandNotFoundException, UsageException {
    Map<String, String> environment = LaunchEnvironment.environment();
    boolean hashAll = options.settings().flag(Setting.VERIFY);
    return new Launcher(
        command(Role.SOURCE, environment),
        command(Role.TARGET, environment),
        environment,
        options.algorithm(),
        options.bwlimit(),
        hashAll);
  }

  private EndpointCommand command(Role role, Map<String, String> environment)
      throws CommandNotFoundException, UsageException {
    String bin = System.getProperty("iblocksync.bin");
    try {
      return EndpointCommand.of(
          role,
          options.location(role),
          options.blockSize(),
          options.algorithm().label(),
          environment,
          bin == null ? null : Path.of(bin));
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
  }

  private ImageInfo greet(EndpointProcess endpoint, Role role, long limitSeconds)
      throws EndpointException, InterruptedException {
    ImageInfo info = handshake(endpoint, role, limitSeconds);
    String other = role.other().executable();
    if (info.offer() != null && info.offer().program().startsWith(other + " ")) {
      throw endpoint.failed(
          "is "
              + other
              + ", expected "
              + role.executable()
              + " (a wrapper, or a forced command in authorized_keys, is for the other side)",
          0);
    }
    if (info.blockSize() != options.blockSize()
        || !info.hashAlgorithm().equals(options.algorithm().label())) {
      throw endpoint.failed(
          "works with blocks of "
              + info.blockSize()
              + " bytes and "
              + Printable.line(info.hashAlgorithm())
              + ", expected "
              + options.blockSize()
              + " and "
              + options.algorithm().label(),
          0);
    }
    return info;
  }

  private ImageInfo handshake(EndpointProcess endpoint, Role role, long limitSeconds)
      throws EndpointException, InterruptedException {
    try {
      return new Handshake(endpoint).greet(limitSeconds);
    } catch (EndpointException e) {
      String hint = e.errno() == Errno.ENOENT ? MissingColon.hint(options.location(role)) : "";
      throw hint.isEmpty() ? e : endpoint.failed(e.getMessage() + hint, Errno.ENOENT);
    }
  }

  private void say(ImageInfo source, ImageInfo target) {
    if (Log.info()) {
      Log.info("source: " + describe(Role.SOURCE, source));
      Log.info("target: " + describe(Role.TARGET, target));
    }
  }

  private static void say(Negotiation chosen) {
    if (Log.info()) {
      if (Log.debug()) {
        Log.debug("speaking protocol " + chosen.protocol());
      }
      chosen.remarks().forEach(Log::info);
    }
    chosen.warnings().forEach(Log::warn);
  }

  private String describe(Role role, ImageInfo info) {
    String place = options.location(role).display();
    String program = info.offer() == null ? "iblocksync 1.0.1" : info.offer().program();
    String image = "does not exist yet";
    if (!PairChecks.isMissing(info)) {
      Signature signature = SignatureCheck.of(info);
      String holds = "";
      if (signature != null && signature.state() == Signature.State.FOUND) {
        holds = ", holds " + SignatureCheck.describe(signature);
      } else if (!info.uuid().isEmpty()) {
        holds = ", UUID " + info.uuid();
      }
      image = Units.bytes(info.fileSize()) + " (" + info.fileSize() + " bytes)" + holds;
    }
    return Printable.line(place + ", " + image + ", by " + program);
  }

  private ImagePair images(ImageInfo source, ImageInfo target) {
    return new ImagePair(
        new Geometry(source.fileSize(), options.blockSize()),
        new Geometry(target.fileSize(), options.blockSize()));
  }

  private Relay relay(
      EndpointProcess source,
      EndpointProcess target,
      ImagePair images,
      Negotiation chosen,
      Rest rest) {
    boolean zeroing = rest.isLost() && rest.action() == Rest.Action.ZEROED;
    RelayOptions relayOptions =
        new RelayOptions(images, options.algorithm(), chosen.settings(), chosen.pieces(), zeroing);
    return chosen.protocol() == 1
        ? new Protocol1Relay(source, target, relayOptions)
        : new Protocol2Relay(source, target, relayOptions);
  }
}
