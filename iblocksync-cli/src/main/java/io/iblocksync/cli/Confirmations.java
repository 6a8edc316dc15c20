package io.iblocksync.cli;

import io.iblocksync.cli.location.Location;
import io.iblocksync.cli.terminal.Prompt;
import io.iblocksync.program.Log;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.Setting;
import java.util.ArrayList;
import java.util.List;

/** What the user must confirm before anything is written. */
final class Confirmations {
  private final Options options;
  private final boolean terminal;
  private final boolean dryRun;

  /**
   * What is remarkable.
   *
   * @param text without a full stop
   * @param losesData whether something is lost that the source does not replace
   */
  private record Finding(String text, boolean losesData) {}

  /**
   * @param options say what is confirmed beforehand; in a dry run all is
   * @param terminal whether somebody can be asked
   */
  Confirmations(Options options, boolean terminal) {
    this.options = options;
    this.terminal = terminal;
    this.dryRun = options.settings().flag(Setting.DRY_RUN);
  }

  /** Asks about all that is remarkable with these two images. */
  void ask(ImageInfo source, ImageInfo target, Rest rest) throws DeclinedException {
    if (source.fileSize() == 0 && target.fileSize() > 0) {
      String all = " bytes, all of which " + rest.fate(dryRun);
      allowNothing("the source image is empty, but the target image has " + rest.bytes() + all);
      return;
    }
    List<Finding> findings = new ArrayList<>();
    if (rest.isLost()) {
      findings.add(new Finding(larger(source, target, rest), true));
    } else if (target.fileSize() > 0 && target.fileSize() < source.fileSize()) {
      findings.add(new Finding(smaller(source, target), false));
    }
    SignatureCheck.Result signatures =
        new SignatureCheck(source, target, host(options.source()), host(options.target())).result();
    switch (signatures.kind()) {
      case FINE -> {}
      case UNSAID -> Log.info(signatures.text());
      case NOT_COMPARED -> Log.warn(signatures.text());
      case DIFFERENT -> findings.add(new Finding(signatures.text(), true));
      case NOTHING_OVER_SOMETHING -> allowNothing(signatures.text());
    }
    if (!findings.isEmpty()) {
      confirm(findings, rest.isLost());
    }
  }

  private static String host(Location location) {
    return location instanceof Location.Remote remote ? remote.host() : null;
  }

  private String larger(ImageInfo source, ImageInfo target, Rest rest) {
    return "the target image "
        + Printable.line(target.filePath())
        + " ("
        + target.fileSize()
        + " bytes) is larger than the source image ("
        + source.fileSize()
        + " bytes): its last "
        + rest.where()
        + ", "
        + rest.fate(dryRun);
  }

  private static String smaller(ImageInfo source, ImageInfo target) {
    return "the size of the source image ("
        + source.fileSize()
        + " bytes) differs from that of the target image ("
        + target.fileSize()
        + " bytes), which grows";
  }

  /** Of nothing that overwrites something: a mistake upstream, or swapped arguments. */
  private void allowNothing(String finding) throws DeclinedException {
    boolean allowed = options.forceEmpty();
    if (allowed || dryRun) {
      Log.warn(finding + (allowed ? "" : "; without --force-empty a run is refused"));
    } else {
      throw new DeclinedException(
          finding
              + "; look whether source and target are the right ones, or use --force-empty to"
              + " sync nevertheless");
    }
  }

  /**
   * @param cut whether the first one is about the rest of a larger target
   */
  private void confirm(List<Finding> findings, boolean cut) throws DeclinedException {
    List<String> texts = findings.stream().map(Finding::text).toList();
    if (options.force() || dryRun) {
      texts.forEach(Log::warn);
    } else if (!terminal) {
      String keep = cut ? "--keep-rest to leave these bytes as they are, or " : "";
      String all = "-f to sync nevertheless";
      if (cut && findings.size() > 1) {
        keep = "";
        all += " (and --keep-rest to leave those bytes as they are)";
      }
      throw new DeclinedException(String.join("; ", texts) + "; use " + keep + all);
    } else {
      boolean yes = findings.stream().noneMatch(Finding::losesData);
      if (!Prompt.ask(String.join("; ", texts) + ". Continue?", yes, System.in, System.err)) {
        throw new DeclinedException("not confirmed, nothing was written");
      }
    }
  }
}
