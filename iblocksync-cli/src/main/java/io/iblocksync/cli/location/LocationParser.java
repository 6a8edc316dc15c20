package io.iblocksync.cli.location;

/** Reads a location in any of the syntaxes that {@link Location} lists. */
public final class LocationParser {
  private final String text;

  private LocationParser(String text) {
    this.text = text;
  }

  /**
   * Reads a location.
   *
   * @throws IllegalArgumentException if it is none, with a message for the user
   */
  public static Location parse(String text) {
    return new LocationParser(text).parse();
  }

  private Location parse() {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("the path is empty");
    }
    if (startsWith("ssh://")) {
      return sshUrl(text.substring("ssh://".length()));
    }
    if (startsWith("file://")) {
      return fileUrl(text.substring("file://".length()));
    }
    int colon = remoteColon();
    if (colon < 0) {
      return new Location.Local(dashSafe(text), text);
    }
    String path = text.substring(colon + 1);
    if (path.startsWith("//")) {
      // sftp://, rsync:// and the like would else be hosts of that name.
      throw error("only ssh:// and file:// URLs are understood");
    }
    return remote(text.substring(0, colon), 0, path);
  }

  private boolean startsWith(String scheme) {
    return text.regionMatches(true, 0, scheme, 0, scheme.length());
  }

  /** Returns the index of the colon after the host of a scp-like path, or -1 for a local path. */
  private int remoteColon() {
    int slash = text.indexOf('/');
    int end = slash < 0 ? text.length() : slash;
    int colon = text.indexOf(':');
    if (colon < 0 || colon > end) {
      return -1;
    }
    int bracket = text.indexOf('[');
    boolean bracketed =
        bracket == 0 || bracket > 0 && bracket < colon && text.charAt(bracket - 1) == '@';
    if (!bracketed) {
      return colon;
    }
    int close = text.indexOf("]:", bracket);
    if (close < 0 || close > end) {
      throw error("the host's bracket is not closed and followed by a colon");
    }
    return close + 1;
  }

  private Location sshUrl(String rest) {
    int slash = rest.indexOf('/');
    if (slash < 0) {
      throw error("the path is missing");
    }
    String authority = rest.substring(0, slash);
    int hostStart = authority.lastIndexOf('@') + 1;
    int colon = authority.lastIndexOf(':');
    if (colon < hostStart || authority.endsWith("]")) {
      return remote(authority, 0, urlPath(rest.substring(slash)));
    }
    return remote(
        authority.substring(0, colon),
        port(authority.substring(colon + 1)),
        urlPath(rest.substring(slash)));
  }

  private Location fileUrl(String rest) {
    String path;
    if (rest.startsWith("/")) {
      path = urlPath(rest);
    } else if (rest.regionMatches(true, 0, "localhost/", 0, "localhost/".length())) {
      path = urlPath(rest.substring("localhost".length()));
    } else if (rest.startsWith("~") || rest.startsWith("./") || rest.startsWith("../")) {
      path = rest; // Cannot be the name of a host, so what is meant is clear.
    } else {
      throw error("file:// takes three slashes: file:///path, or file:///./path if relative");
    }
    if (path.isEmpty()) {
      throw error("the path is missing");
    }
    return new Location.Local(dashSafe(path), text);
  }

  /** Turns the path of a URL, which begins with a slash, into one as it is written elsewhere. */
  private static String urlPath(String path) {
    if (path.startsWith("/~")) {
      return path.substring(1);
    }
    if (!path.startsWith("/./")) {
      return path.equals("/") ? "" : path;
    }
    int start = "/./".length();
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    // The tilde is one of a name here, and must not mean a home.
    return path.startsWith("~", start) ? "./" + path.substring(start) : path.substring(start);
  }

  private Location remote(String userAndHost, int port, String path) {
    int at = userAndHost.lastIndexOf('@');
    String user = at < 0 ? null : userAndHost.substring(0, at);
    String host = userAndHost.substring(at + 1);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    if (bracketed) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw error("an IPv6 address must stand in brackets");
    }
    if (user != null) {
      check(user, "user");
    }
    check(host, "host");
    if (host.indexOf('[') >= 0 || host.indexOf(']') >= 0) {
      throw error("the host has a bracket that has no other");
    }
    if (path.isEmpty()) {
      throw error("the path is missing");
    }
    return new Location.Remote(user, host, port, dashSafe(path), text);
  }

  /** Holds what could be an option or a second word for ssh away from it. */
  private void check(String name, String what) {
    if (name.isEmpty()) {
      String hint = text.startsWith(":") ? " (a local name with a colon is written ./NAME)" : "";
      throw error("the " + what + " is empty" + hint);
    }
    if (name.startsWith("-")) {
      throw error("the " + what + " begins with a dash");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        throw error("the " + what + " holds a blank or a control character");
      }
    }
  }

  private int port(String digits) {
    int port = 0;
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9' || port > 65535) {
        throw error("the port is not a number from 1 to 65535");
      }
      port = 10 * port + c - '0';
    }
    if (port < 1 || port > 65535) {
      throw error("the port is not a number from 1 to 65535");
    }
    return port;
  }

  /** Keeps a path that begins with a dash from being taken for an option. */
  private static String dashSafe(String path) {
    return path.startsWith("-") ? "./" + path : path;
  }

  private IllegalArgumentException error(String reason) {
    return new IllegalArgumentException("'" + text + "': " + reason);
  }
}
