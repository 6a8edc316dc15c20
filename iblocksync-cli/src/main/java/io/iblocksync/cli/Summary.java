package io.iblocksync.cli;

import io.iblocksync.cli.relay.RunFigures;
import io.iblocksync.cli.terminal.Units;
import io.iblocksync.protocol.Printable;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;

/**
 * What a sync has done, for people.
 *
 * @param target the target's path
 * @param created whether there was no target before
 * @param blocks of the source
 * @param updated how many of them were transmitted, or would be
 * @param bytes of the image that were transmitted, or would be
 * @param linkBytes how many bytes crossed connections to other machines, both ways; -1 if there is
 *     none
 * @param imageBytes the size of the source
 * @param rest of the target past the source's end
 * @param settings of the run
 * @param nanos from the start of the program to the end of both endpoints
 */
record Summary(
    String target,
    boolean created,
    long blocks,
    long updated,
    long bytes,
    long linkBytes,
    long imageBytes,
    Rest rest,
    Settings settings,
    long nanos) {
  /** A terminal of the usual width shows the line as one. */
  private static final int MAX_WIDTH = 80;

  private static final int MIN_NAME = 8;

  Summary(
      RunFigures figures,
      String target,
      boolean created,
      boolean remote,
      Rest rest,
      Settings settings,
      long nanos) {
    this(
        target,
        created,
        figures.now().blocks(),
        figures.transmittedBlocks(),
        figures.transmittedBytes(),
        remote ? figures.remoteBytes() : -1,
        figures.imageBytes(),
        rest,
        settings,
        nanos);
  }

  /**
   * One line, of at most 80 columns: as far as it needs to, it leaves out the time, what crossed
   * the connection and what became of the rest, and shows only the end of the target's name.
   */
  String line() {
    String line = "";
    for (int left = 3; left >= 0; left--) {
      line = line(left >= 2, left >= 3, left >= 1);
      if (line.length() <= MAX_WIDTH) {
        return line;
      }
    }
    return line;
  }

  private String line(boolean withLink, boolean withTime, boolean withRest) {
    String text = text(withLink, withTime, withRest);
    String file = target.substring(target.lastIndexOf('/') + 1);
    String name = Printable.line(file.isEmpty() ? target : file);
    int width = Math.max(MIN_NAME, MAX_WIDTH - text.length());
    return (name.length() <= width ? name : "..." + name.substring(name.length() - width + 3))
        + text;
  }

  private String text(boolean withLink, boolean withTime, boolean withRest) {
    boolean dryRun = settings.flag(Setting.DRY_RUN);
    boolean equal = updated == 0 && !created && !rest.isLost();
    String size = Units.bytes(equal || created ? imageBytes : bytes);
    String link = withLink && linkBytes >= 0 ? ", " + Units.bytes(linkBytes) + " sent" : "";
    String time = withTime && !dryRun ? " in " + Units.seconds(nanos) : "";
    String done;
    if (equal) {
      done = "equal, nothing to do (" + count(blocks) + ", " + size + link + ")";
    } else if (created) {
      done = (dryRun ? "would be created, " : "created, ") + count(blocks) + inBrackets(size, link);
    } else {
      done =
          updated
              + " of "
              + count(blocks)
              + (dryRun ? " would be updated" : " updated")
              + inBrackets(size, link);
    }
    return ": "
        + done
        + time
        + (withRest ? rest.summary(dryRun) : "")
        + (settings.flag(Setting.VERIFY) ? "; verified" : "");
  }

  private static String inBrackets(String size, String link) {
    return " (" + size + link + ")";
  }

  private static String count(long blocks) {
    return blocks == 1 ? "1 block" : blocks + " blocks";
  }
}
