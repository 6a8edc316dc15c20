package io.iblocksync.cli.it;

import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Where the programs under test stand, and the Java that they run on. */
public final class Repository {
  private static final Path SCRIPTS = built();

  private Repository() {}

  /** Sees to it that no launcher finds anything to build, and says so, in the middle of a test. */
  private static Path built() {
    // Failsafe tells the module's folder.
    Path module = Path.of(System.getProperty("basedir", "")).toAbsolutePath();
    Path scripts = module.resolveSibling("scripts").normalize();
    try {
      Commands.run(scripts.resolve("build").toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return scripts;
  }

  /** The launcher of this name. */
  public static Path script(String name) {
    return SCRIPTS.resolve(name);
  }

  /** The folder of the launchers. */
  public static Path scripts() {
    return SCRIPTS;
  }

  /** Where the compiled tests of this module are. */
  static Path testClasses() {
    return SCRIPTS.resolveSibling("iblocksync-cli/target/test-classes");
  }

  /** The Java that {@code -Dit.java.home} names, else that of the tests. */
  public static String javaHome() {
    return otherJava() == null ? System.getProperty("java.home") : otherJava();
  }

  /** The Java that {@code -Dit.java.home} names, else null. */
  static String otherJava() {
    return System.getProperty("it.java.home");
  }

  /** The tests' own search path, with the folders of the system's tools added. */
  static String path() {
    return System.getenv("PATH") + ":/usr/sbin:/sbin";
  }

  public static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }
}
