package io.iblocksync.cli.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a program ended: its exit status and what it left on standard output and standard error.
 *
 * @param description the command and both texts, for a test's message
 */
public record Result(int status, String output, String errors, String description) {
  /** The name is that of the program, or of the endpoint that failed and of its host. */
  private static final Pattern ERROR =
      Pattern.compile("(?:iblocksync|\\S*iblocksync-\\S+)(?: on \\S+)?: error: .*");

  private static final Pattern SUMMARY =
      Pattern.compile(
          "\\S.*: (?:equal, nothing to do \\((\\d+) blocks?, .*|created, (\\d+) blocks? \\(.*"
              + "|(\\d+) of (\\d+) blocks? updated \\(.*)");

  /** Asserts the exit status. */
  public Result ended(int expected) {
    assertEquals(expected, status, description);
    return this;
  }

  /** Asserts success with a clean log: the summary alone on standard output, nothing else. */
  public Result succeeded() {
    ended(0);
    assertEquals("", errors, description);
    summary();
    return this;
  }

  /** Asserts success where {@code -f} accepted what standard error has a single warning about. */
  public Result forced() {
    ended(0);
    assertTrue(errors.matches("[-0-9]{10} [:0-9]{8}\\.[0-9]{3}: WARNING: .+\n"), description);
    summary();
    return this;
  }

  /** Asserts how many blocks the summary says the source has, and how many were updated. */
  public Result counted(long blocks, long updated) {
    Matcher summary = summary();
    String all = summary.group(1);
    String changed = "0";
    if (summary.group(2) != null) {
      all = summary.group(2);
      changed = all;
    } else if (summary.group(3) != null) {
      all = summary.group(4);
      changed = summary.group(3);
    }
    assertEquals(updated + " of " + blocks, changed + " of " + all, description);
    return this;
  }

  private Matcher summary() {
    Matcher matcher = SUMMARY.matcher(output.strip());
    assertTrue(matcher.matches(), description);
    return matcher;
  }

  /** Asserts failure with exactly one line of ours that holds these texts, and no stack trace. */
  public Result failed(String... texts) {
    return failed(1, texts);
  }

  /** The same with another exit status. */
  public Result failed(int expected, String... texts) {
    ended(expected);
    String line = error();
    for (String text : texts) {
      assertTrue(line.contains(text), () -> "no '" + text + "' in: " + line + "\n" + description);
    }
    assertEquals("", output, description);
    return this;
  }

  /** The one line {@code NAME: error: TEXT}; a question may stand before it. */
  public String error() {
    List<String> lines = ERROR.matcher(errors).results().map(MatchResult::group).toList();
    assertEquals(1, lines.size(), description);
    assertFalse(errors.contains("\tat "), description);
    assertFalse(errors.contains("Exception"), description);
    return lines.get(0);
  }

  /** Asserts that the line of ours is all that stands on standard error. */
  public Result saidNothingElse() {
    assertEquals(error(), errors.stripTrailing(), description);
    return this;
  }

  public boolean says(String text) {
    return output.contains(text) || errors.contains(text);
  }
}
