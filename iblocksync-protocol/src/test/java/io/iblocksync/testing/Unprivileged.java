package io.iblocksync.testing;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a main class for which file permissions count, also where the tests run as root. A test is
 * skipped where root cannot give up what lets it pass over permissions.
 */
public final class Unprivileged {
  private static final String PREFIX = "setpriv --bounding-set -dac_override,-dac_read_search";

  private Unprivileged() {}

  /**
   * Runs {@code main} in a Java of its own.
   *
   * @param classes the main class, and others whose folders or jars it needs
   * @return all that it printed
   */
  public static String run(List<Class<?>> classes, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (Commands.run("id", "-u").equals("0")) {
      Commands.need("way to give up root's privileges", (PREFIX + " true").split(" "));
      command.addAll(List.of(PREFIX.split(" ")));
    }
    List<String> places = new ArrayList<>();
    for (Class<?> type : classes) {
      places.add(Path.of(uri(type)).toString());
    }
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-cp", String.join(":", places), classes.get(0).getName()));
    command.addAll(List.of(arguments));
    return Commands.run(command.toArray(new String[0]));
  }

  private static URI uri(Class<?> type) throws IOException {
    try {
      return type.getProtectionDomain().getCodeSource().getLocation().toURI();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
