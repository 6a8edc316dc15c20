package io.iblocksync.cli;

import io.iblocksync.cli.relay.RunFigures;
import io.iblocksync.cli.terminal.Units;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;

/**
 * What a sync has done, for people.
 *
 * @param bytes of the image that went from the source to the target
 * @param imageBytes the size of the source, all of which was dealt with
 * @param rest of the target past the source's end
 * @param settings of the run
 * @param nanos from the start of the program to the end of both endpoints
 */
record Summary(
    long comparedBlocks,
    long transmittedBlocks,
    long bytes,
    long imageBytes,
    Rest rest,
    Settings settings,
    long nanos) {
  Summary(RunFigures figures, Rest rest, Settings settings, long nanos) {
    this(
        figures.comparedBlocks(),
        figures.transmittedBlocks(),
        figures.transmittedBytes(),
        figures.imageBytes(),
        rest,
        settings,
        nanos);
  }

  /** One line. */
  String line() {
    boolean dryRun = settings.flag(Setting.DRY_RUN);
    return "Compared "
        + comparedBlocks
        + (dryRun ? " blocks, would transmit " : " blocks, transmitted ")
        + transmittedBlocks
        + " blocks: "
        + bytes
        + " bytes in "
        + Units.seconds(nanos)
        + " (image at "
        + Units.rate(imageBytes, nanos)
        + ")"
        + rest.summary(dryRun)
        + (dryRun ? "; nothing was written (dry run)" : "")
        + (settings.flag(Setting.VERIFY) ? "; verified" : "");
  }
}
