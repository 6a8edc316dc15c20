package io.iblocksync.cli.location;

/**
 * Where an image is, as the user wrote it on the command line.
 *
 * <ul>
 *   <li>{@code path}, {@code ./path}, {@code /path}, {@code ~/path}, {@code ~user/path}: local. A
 *       name with a colon is local if a slash stands before the first colon, as with scp and rsync.
 *   <li>{@code [USER@]HOST:PATH}: remote; PATH is relative to the login directory unless it begins
 *       with a slash or a tilde. An IPv6 address stands in brackets.
 *   <li>{@code ssh://[USER@]HOST[:PORT]/PATH}: remote; PATH is absolute, but {@code /./PATH} is
 *       relative, and {@code /~/PATH} and {@code /~USER/PATH} are relative to a home.
 *   <li>{@code file:///PATH} or {@code file://localhost/PATH}: local, with the same meaning of
 *       PATH.
 * </ul>
 *
 * <p>URLs are not percent-decoded: {@code %20} is three characters of a name. Such paths come from
 * the keyboard and from scripts that paste a path behind a host, and an image named {@code 100%25}
 * must not silently become another one.
 */
public sealed interface Location {

  /** The path, not expanded and not quoted; never empty; does not begin with a dash. */
  String path();

  /** The location as the user wrote it, for messages. */
  String display();

  /** An image on this machine. A path that begins with a tilde means a home: {@link Home}. */
  record Local(String path, String display) implements Location {}

  /**
   * An image on another machine.
   *
   * @param user the user's name, or null if none was given
   * @param host the host's name or address, without brackets
   * @param port 1 to 65535, or 0 if none was given
   */
  record Remote(String user, String host, int port, String path, String display)
      implements Location {}
}
