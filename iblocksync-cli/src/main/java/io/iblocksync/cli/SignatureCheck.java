package io.iblocksync.cli;

import io.iblocksync.cli.relay.Role;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.Signature;
import io.iblocksync.protocol.Signature.State;
import java.util.Locale;

/**
 * Compares by which signatures the source and the target are recognised. The target may be
 * overwritten without a question only if it has none, or the same as the source: what is not known
 * never counts as the same.
 *
 * <p>Endpoints up to 2.0.0 report no signature, only the UUID of a superblock, empty if there is
 * none or if that is not known.
 */
final class SignatureCheck {
  private static final int MAX_SHOWN = 100;

  /** What follows from the two signatures. */
  enum Kind {
    /** Nothing is lost that is not replaced by a newer state of itself. */
    FINE,

    /** As far as older endpoints can report it, the same. */
    UNSAID,

    /** It could not be compared. */
    NOT_COMPARED,

    /** Something else is overwritten. */
    DIFFERENT,

    /** Something is overwritten by nothing. */
    NOTHING_OVER_SOMETHING
  }

  /**
   * The result.
   *
   * @param text for the user, without a full stop; empty if all is fine
   */
  record Result(Kind kind, String text) {}

  private static final Result FINE = new Result(Kind.FINE, "");

  /** An image as its endpoint reports it. */
  private final ImageInfo source;

  private final ImageInfo target;
  private final String sourceHost;
  private final String targetHost;

  /**
   * @param sourceHost the name of the source's host; null if that is this one
   * @param targetHost the name of the target's host; null if that is this one
   */
  SignatureCheck(ImageInfo source, ImageInfo target, String sourceHost, String targetHost) {
    this.source = source;
    this.target = target;
    this.sourceHost = sourceHost;
    this.targetHost = targetHost;
  }

  /** The signature that an endpoint reports; null from an older release. */
  static Signature of(ImageInfo info) {
    return info.details() == null ? null : info.details().signature();
  }

  Result result() {
    Signature to = of(target);
    if (target.fileSize() == 0) {
      return FINE;
    }
    if (to == null) {
      return target.uuid().isEmpty() ? unsaid() : overSomething(withUuid(target));
    }
    return switch (to.state()) {
      case NONE -> FINE;
      case UNKNOWN -> notCompared(why("target", targetHost, to));
      case FOUND, SEVERAL -> overSomething(to);
    };
  }

  /** What is known of the signature of an image whose older endpoint reports its UUID. */
  private static Signature withUuid(ImageInfo info) {
    return Signature.found("", info.uuid(), "", "");
  }

  private Result overSomething(Signature to) {
    Signature from = of(source);
    if (from == null) {
      return source.uuid().isEmpty() ? byOlderWithout(to) : compare(withUuid(source), to);
    }
    return switch (from.state()) {
      case NONE ->
          new Result(
              Kind.NOTHING_OVER_SOMETHING,
              "the source image has no signature of a file system or anything else, but the"
                  + " target image holds "
                  + describe(to));
      case UNKNOWN -> notCompared(why("source", sourceHost, from));
      case FOUND -> compare(from, to);
      case SEVERAL ->
          to.state() == State.SEVERAL
              ? notCompared("blkid finds several signatures in each of them")
              : compare(from, to);
    };
  }

  /** An older source has no UUID. Had it what the target has, it would, if that has one. */
  private Result byOlderWithout(Signature to) {
    if (to.uuid().isEmpty()) {
      return notCompared(
          "the older iblocksync" + on(sourceHost) + " does not report what the source image holds");
    }
    return new Result(
        Kind.DIFFERENT, "the source image has no UUID, but the target image holds " + describe(to));
  }

  private Result compare(Signature from, Signature to) {
    boolean older = of(source) == null || of(target) == null;
    if (older && from.uuid().equals(to.uuid()) && !to.uuid().isEmpty()) {
      return unsaid();
    } else if (!older && from.sameAs(to)) {
      return FINE;
    }
    if ((older || sameButUuid(from, to)) && !from.uuid().isEmpty() && !to.uuid().isEmpty()) {
      return new Result(
          Kind.DIFFERENT,
          "the UUID of the source image ("
              + shown(from.uuid())
              + ") differs from that of the target image ("
              + shown(to.uuid())
              + ")");
    }
    return new Result(
        Kind.DIFFERENT,
        "the source image holds " + describe(from) + ", but the target image " + describe(to));
  }

  private static boolean sameButUuid(Signature from, Signature to) {
    return from.type().equals(to.type())
        && from.tableType().equals(to.tableType())
        && from.tableUuid().equals(to.tableUuid());
  }

  private Result unsaid() {
    Role older = of(target) == null ? Role.TARGET : Role.SOURCE;
    return new Result(
        Kind.UNSAID,
        "only UUIDs are compared: the older iblocksync"
            + on(older == Role.TARGET ? targetHost : sourceHost)
            + " reports nothing else of what the "
            + older.name().toLowerCase(Locale.ROOT)
            + " image holds");
  }

  private static Result notCompared(String why) {
    return new Result(
        Kind.NOT_COMPARED, "what the source and the target image hold was not compared: " + why);
  }

  private static String why(String role, String host, Signature signature) {
    return shown(signature.detail()) + " (for the " + role + on(host) + ")";
  }

  private static String on(String host) {
    return host == null ? "" : " on " + shown(host);
  }

  /** What an image holds, as in {@code ext4 (UUID 1234) and a partition table gpt}. */
  static String describe(Signature signature) {
    if (signature.state() == State.SEVERAL) {
      String which = shown(signature.detail());
      return "several signatures" + (which.isEmpty() ? "" : " (" + which + ")");
    }
    String superblock =
        signature.type().isEmpty() ? "a file system or the like" : shown(signature.type());
    String table = "a partition table " + shown(signature.tableType());
    if (signature.tableType().isEmpty()) {
      return superblock + uuid(signature.uuid());
    }
    String all = signature.type().isEmpty() ? "" : superblock + uuid(signature.uuid()) + " and ";
    return all + table + uuid(signature.tableUuid());
  }

  private static String uuid(String uuid) {
    return uuid.isEmpty() ? "" : " (UUID " + shown(uuid) + ")";
  }

  private static String shown(String text) {
    return Printable.line(text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) : text);
  }
}
