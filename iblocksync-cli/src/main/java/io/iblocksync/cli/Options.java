package io.iblocksync.cli;

import io.iblocksync.cli.location.Location;
import io.iblocksync.cli.location.LocationParser;
import io.iblocksync.cli.relay.Role;
import io.iblocksync.cli.terminal.ProgressStyle;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.program.Arguments;
import io.iblocksync.program.BlockOptions;
import io.iblocksync.program.ByteCount;
import io.iblocksync.program.UsageException;
import io.iblocksync.protocol.Setting;
import io.iblocksync.protocol.Settings;
import java.util.List;

/**
 * What the user wants, from the command line.
 *
 * @param blockSize in bytes
 * @param json whether the result is printed as JSON
 * @param force whether nothing is asked
 * @param forceEmpty whether nothing may overwrite something
 * @param existing whether a target that does not exist is refused
 * @param verbosity how often {@code -v} was given
 * @param settings what both endpoints are asked to do
 * @param compress whether what crosses to another machine is compressed
 * @param bwlimit bytes a second on each remote connection, each way; 0 for any number
 */
public record Options(
    HashAlgorithm algorithm,
    int blockSize,
    ProgressStyle progress,
    boolean json,
    boolean force,
    boolean forceEmpty,
    boolean existing,
    int verbosity,
    Settings settings,
    boolean compress,
    long bwlimit,
    Location source,
    Location target) {
  private static final long MAX_RATE = 1L << 40;

  /** 30 years. */
  private static final long NO_TIMEOUT = 1_000_000_000;

  /** Where an endpoint's image is. */
  Location location(Role role) {
    return role == Role.SOURCE ? source : target;
  }

  /** Whether an endpoint's image is on another machine. */
  boolean isRemote(Role role) {
    return location(role) instanceof Location.Remote;
  }

  /** The command line of the coordinator. */
  static Arguments arguments(String program) {
    return new Arguments(program)
        .value("-a", "--algo")
        .value("-b", "--block")
        .value("-p", "--progress")
        .value("--timeout")
        .flag("--json")
        .flag("-z", "--compress")
        .flag("-n", "--dry-run")
        .flag("--verify")
        .value("--bwlimit")
        .flag("--sparse")
        .flag("--discard")
        .flag("-f", "--force")
        .flag("--force-in-use")
        .flag("--force-empty")
        .flag("--keep-rest")
        .flag("--existing")
        .flag("-v", "--verbose");
  }

  /** Takes the options from a command line that asks neither for help nor for the version. */
  static Options of(Arguments arguments) throws UsageException {
    List<String> images = arguments.operands("SOURCE", "TARGET");
    return new Options(
        BlockOptions.algorithm(arguments.get("--algo")),
        BlockOptions.blockSize(arguments.get("--block")),
        progress(arguments.get("--progress")),
        arguments.count("--json") > 0,
        arguments.count("--force") > 0,
        arguments.count("--force-empty") > 0,
        arguments.count("--existing") > 0,
        arguments.count("--verbose"),
        settings(arguments),
        arguments.count("--compress") > 0,
        bwlimit(arguments.get("--bwlimit")),
        location(images.get(0)),
        location(images.get(1)));
  }

  private static Settings settings(Arguments arguments) throws UsageException {
    if (arguments.count("--dry-run") > 0 && arguments.count("--verify") > 0) {
      throw new UsageException("a dry run has nothing to verify (--dry-run, --verify)");
    }
    return Settings.NONE
        .with(Setting.VERIFY, arguments.count("--verify") > 0)
        .with(Setting.DRY_RUN, arguments.count("--dry-run") > 0)
        .with(Setting.FORCE_IN_USE, arguments.count("--force-in-use") > 0)
        .with(Setting.KEEP_REST, arguments.count("--keep-rest") > 0)
        .with(Setting.TIMEOUT, timeout(arguments.get("--timeout")))
        .with(Setting.SPARSE, arguments.count("--sparse") > 0)
        .with(Setting.DISCARD, arguments.count("--discard") > 0);
  }

  /** In seconds; 0 for the preset. */
  private static long timeout(String text) throws UsageException {
    if (text == null) {
      return 0;
    }
    if (text.isEmpty() || text.length() > 9 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new UsageException(
          "invalid timeout '" + text + "' (a whole number of seconds, 0 for none)");
    }
    long seconds = Long.parseLong(text);
    return seconds == 0 ? NO_TIMEOUT : seconds;
  }

  /** Whether a command line that cannot be taken asks for its error as JSON too. */
  static boolean asksForJson(String[] args) {
    for (String arg : args) {
      if (arg.equals("--")) {
        return false;
      }
      if (arg.length() > 2 && "--json".startsWith(arg)) {
        return true;
      }
    }
    return false;
  }

  private static long bwlimit(String rate) throws UsageException {
    try {
      return rate == null ? 0 : ByteCount.parse("rate", rate, MAX_RATE);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }

  private static ProgressStyle progress(String name) throws UsageException {
    if (name == null) {
      return ProgressStyle.FULL;
    }
    return switch (name) {
      case "none" -> ProgressStyle.NONE;
      case "dot" -> ProgressStyle.DOT;
      case "full" -> ProgressStyle.FULL;
      case "json" -> ProgressStyle.JSON;
      default ->
          throw new UsageException(
              "unknown progress bar style '"
                  + name
                  + "' (supported are 'none', 'dot', 'full' and 'json')");
    };
  }

  private static Location location(String text) throws UsageException {
    try {
      return LocationParser.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(e);
    }
  }
}
