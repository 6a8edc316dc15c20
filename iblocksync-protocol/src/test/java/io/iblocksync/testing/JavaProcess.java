package io.iblocksync.testing;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs a main class in a Java of its own. */
public final class JavaProcess {
  private static final String[] UNPRIVILEGED = {
    "setpriv", "--bounding-set", "-dac_override,-dac_read_search"
  };

  private JavaProcess() {}

  /**
   * Runs a main class.
   *
   * @param classes the main class, and others whose folders or jars it needs
   * @return all that it printed
   */
  public static String run(List<Class<?>> classes, String... arguments) throws IOException {
    return runUnder(List.of(), classes, arguments);
  }

  /**
   * Runs a main class for which file permissions count, also where the tests run as root. The test
   * is skipped where root cannot give up what lets it pass over permissions.
   */
  public static String runUnprivileged(List<Class<?>> classes, String... arguments)
      throws IOException {
    List<String> prefix = List.of();
    if (Commands.run("id", "-u").equals("0")) {
      prefix = List.of(UNPRIVILEGED);
      List<String> trial = new ArrayList<>(prefix);
      trial.add("true");
      Commands.need("way to give up root's privileges", trial.toArray(new String[0]));
    }
    return runUnder(prefix, classes, arguments);
  }

  /** Runs a main class by a command to which Java and all its arguments are appended. */
  public static String runUnder(List<String> prefix, List<Class<?>> classes, String... arguments)
      throws IOException {
    List<String> places = new ArrayList<>();
    for (Class<?> type : classes) {
      places.add(place(type));
    }
    List<String> command = new ArrayList<>(prefix);
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-cp", String.join(":", places), classes.get(0).getName()));
    command.addAll(List.of(arguments));
    return Commands.run(command.toArray(new String[0]));
  }

  private static String place(Class<?> type) throws IOException {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }
}
