package io.iblocksync.cli;

import io.iblocksync.cli.location.Location;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.program.Version;
import io.iblocksync.protocol.Features;
import io.iblocksync.protocol.Geometry;
import io.iblocksync.protocol.Greeting.Choice;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Offer;
import io.iblocksync.protocol.Greeting.Reply;
import io.iblocksync.protocol.PieceHasher;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * What is chosen for a run, from what both endpoints offer and the user asks for: the protocol, the
 * features and settings in use, the reply to each endpoint, and what the user gets to know. It
 * starts, reads and prints nothing. Immutable.
 */
final class Negotiation {
  private static final String PROGRAM = "iblocksync " + Version.NUMBER;
  private static final int DEFAULT_TIMEOUT = 300;

  private final ImageInfo source;
  private final ImageInfo target;
  private final Options options;
  private final int protocol;
  private final Settings settings;
  private final List<String> features = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final String salt;
  private final Reply toSource;
  private final Reply toTarget;

  /**
   * Chooses.
   *
   * @param comparesBytes whether the endpoints will compare bytes instead of hashes
   * @param salt makes a random one; only asked if the run needs it
   * @throws DeclinedException if the protocol cannot do what the user asks for
   */
  Negotiation(
      ImageInfo source,
      ImageInfo target,
      Options options,
      boolean comparesBytes,
      Supplier<String> salt)
      throws DeclinedException {
    this.source = source;
    this.target = target;
    this.options = options;
    this.protocol = Math.min(protocol(source), protocol(target));
    if (protocol == 1) {
      checkProtocol1();
    }
    this.settings = settings(options, protocol);
    if (!comparesBytes) {
      warnOfWeakAlgorithm();
    }
    if (!options.settings().flag(Setting.DRY_RUN)) {
      chooseFeatures();
    }
    this.salt = pieces() ? salt.get() : "";
    this.toSource = reply(Role.SOURCE);
    this.toTarget = reply(Role.TARGET);
  }

  /** 1 or 2. */
  int protocol() {
    return protocol;
  }

  /** The {@link Features} in use. */
  List<String> features() {
    return List.copyOf(features);
  }

  /** Whether blocks that differ may be sent by pieces. */
  boolean pieces() {
    return features.contains(Features.PIECES);
  }

  /** What both endpoints are asked for; each gets more with its {@link #reply}. */
  Settings settings() {
    return settings;
  }

  /** What an endpoint is answered. */
  Reply replyTo(Role role) {
    return role == Role.SOURCE ? toSource : toTarget;
  }

  /** Remarks for a user who asks for more ({@code -v}), in this order. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** What the user is warned of, in this order. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** After how many seconds of silence an endpoint counts as gone while it starts; 0 for never. */
  static long startTimeout(Options options) {
    return settings(options, 2).number(Setting.TIMEOUT);
  }

  /** An original is silent for as long as it hashes: there a timeout must be asked for. */
  private static Settings settings(Options options, int protocol) {
    Settings settings = options.settings();
    boolean preset = protocol == 1 || settings.number(Setting.TIMEOUT) > 0;
    return preset ? settings : settings.with(Setting.TIMEOUT, DEFAULT_TIMEOUT);
  }

  private static int protocol(ImageInfo info) {
    return info.offer() != null && info.offer().protocols().contains(2) ? 2 : 1;
  }

  private ImageInfo info(Role role) {
    return role == Role.SOURCE ? source : target;
  }

  /** What protocol 1 has no means for. */
  private void checkProtocol1() throws DeclinedException {
    for (Setting setting : List.of(Setting.DRY_RUN, Setting.VERIFY)) {
      if (options.settings().flag(setting)) {
        String option = setting == Setting.DRY_RUN ? "--dry-run" : "--verify";
        Role role = protocol(source) == 1 ? Role.SOURCE : Role.TARGET;
        String host = options.location(role) instanceof Location.Remote remote ? remote.host() : "";
        throw new DeclinedException(
            option
                + " needs iblocksync 2 for the "
                + role.label()
                + (host.isEmpty() ? "" : " on " + host)
                + "; it has 1.0.1");
      }
    }
  }

  private void warnOfWeakAlgorithm() {
    Geometry shorter =
        new Geometry(Math.min(source.fileSize(), target.fileSize()), options.blockSize());
    String warning =
        WeakAlgorithm.warning(options.algorithm(), options.blockSize(), shorter.blocks());
    if (warning != null) {
      warnings.add(warning);
    }
  }

  /** What of that which both endpoints offer is of use. */
  private void chooseFeatures() {
    boolean remote = options.isRemote(Role.SOURCE) || options.isRemote(Role.TARGET);
    if (options.compress() && !remote) {
      remarks.add("nothing is compressed: both images are on this machine");
    } else if (options.compress() && !bothOffer(Features.ZSTD)) {
      warnings.add("nothing is compressed: " + withoutZstd());
    } else if (options.compress()) {
      features.add(Features.ZSTD);
    }
    // On one machine it costs as much to look for what differs in a block as to carry it.
    boolean large = options.blockSize() > PieceHasher.MIN_BLOCK;
    if (remote && large && bothOffer(Features.PIECES)) {
      features.add(Features.PIECES);
    }
  }

  private boolean bothOffer(String feature) {
    return protocol == 2
        && source.offer().features().contains(feature)
        && target.offer().features().contains(feature);
  }

  /** Which sides cannot compress, and why, as far as they say. */
  private String withoutZstd() {
    List<String> sides = new ArrayList<>();
    for (Role role : Role.values()) {
      Offer offer = info(role).offer();
      String at = " at " + options.location(role).display();
      if (offer == null) {
        sides.add("iblocksync 1.0.1" + at + " cannot do it");
      } else if (!offer.features().contains(Features.ZSTD)) {
        sides.add(role.executable() + at + " cannot load its library libzstd-jni.so");
      }
    }
    return String.join(", ", sides);
  }

  private Reply reply(Role role) {
    ImageInfo other = info(role.other());
    if (info(role).offer() == null) {
      warnOfOriginal(role);
      return new Reply(other, null);
    }
    int verbosity = Math.min(2, options.verbosity());
    return new Reply(
        other, new Choice(PROGRAM, protocol, features(), verbosity, settingsFor(role)));
  }

  /** An older endpoint refuses a setting that it does not know: only one that needs it gets it. */
  private Settings settingsFor(Role role) {
    boolean keeps = role == Role.TARGET && target.fileSize() > source.fileSize();
    Settings all =
        settings
            .with(Setting.BWLIMIT, bwlimit(role))
            .with(Setting.KEEP_REST, keeps && options.settings().flag(Setting.KEEP_REST))
            .with(Setting.SALT, salt);
    return role == Role.SOURCE
        ? all.with(Setting.MAX_DATA, PairChecks.maxData(source, target))
        : all;
  }

  /** The limit on the connection to an endpoint. What stays on this machine needs none. */
  private long bwlimit(Role role) {
    return options.isRemote(role) ? options.bwlimit() : 0;
  }

  /** What an original, which gets no settings, does in spite of the options. */
  private void warnOfOriginal(Role role) {
    Location location = options.location(role);
    if (bwlimit(role) > 0) {
      warnings.add(
          location.display() + ": iblocksync 1.0.1 there keeps no --bwlimit for what it sends");
    }
    for (Setting setting : List.of(Setting.SPARSE, Setting.DISCARD)) {
      if (role == Role.TARGET && options.settings().flag(setting)) {
        warnings.add(
            location.display()
                + ": iblocksync 1.0.1 there writes zeros, whatever --"
                + setting.name().toLowerCase(Locale.ROOT)
                + " says");
      }
    }
  }
}
