package io.iblocksync.cli.it;

import java.nio.file.Path;

/** Where the programs under test stand, and the Java that they run on. */
public final class Repository {
  private Repository() {}

  /** The launcher of this name. Failsafe tells the module's folder in {@code basedir}. */
  public static Path script(String name) {
    return scripts().resolve(name);
  }

  public static Path scripts() {
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    return module.resolveSibling("scripts").normalize();
  }

  /** The Java that {@code -Dit.java.home} names, else that of the tests. */
  static String javaHome() {
    return System.getProperty("it.java.home", System.getProperty("java.home"));
  }

  /** The tests' own search path, with the folders of the system's tools added. */
  static String path() {
    return System.getenv("PATH") + ":/usr/sbin:/sbin";
  }

  public static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }
}
