package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packages that scripts/package makes. (scripts/dev/test-package tries them in a fresh Debian,
 * which takes longer.)
 */
@Timeout(300)
class PackageIT {
  @TempDir static Path packages;

  @TempDir Path folder;

  @BeforeAll
  static void makePackages() throws IOException {
    assertEquals("", Commands.run(Repository.script("package").toString(), packages.toString()));
  }

  private static Path file(String end) throws IOException {
    try (var files = Files.list(packages)) {
      return files.filter(file -> file.toString().endsWith(end)).findFirst().orElseThrow();
    }
  }

  @Test
  void theyAreTheSameWhoeverMakesThemWhenAndWhere() throws IOException {
    String again = folder.resolve("again").toString();
    String script = "umask 077; cd / && TZ=Asia/Tokyo LC_ALL=C exec \"$@\"";
    Commands.run("sh", "-c", script, "sh", Repository.script("package").toString(), again);
    for (String end : List.of(".deb", ".tar.gz", ".cdx.json", "SHA256SUMS")) {
      Images.assertEqual(file(end), Path.of(again).resolve(file(end).getFileName()));
    }
  }

  @Test
  void theSumsAreThoseOfTheFiles() throws IOException {
    Program.shell("sha256sum --check --strict SHA256SUMS").in(packages).run().ended(0);
  }

  @Test
  void theBillOfMaterialsHasTheSumOfEachJar() throws IOException {
    String bill = Files.readString(file(".cdx.json"));
    for (Path jar : librariesOf(unpacked())) {
      String sum = Commands.run("sha256sum", jar.toString()).substring(0, 64);
      assertTrue(bill.contains('"' + sum + '"'), jar + " is not in the bill of materials");
    }
  }

  @Test
  void eachLibraryHasItsLicence() throws IOException {
    Path root = unpacked();
    List<String> libraries =
        librariesOf(root).stream()
            .map(jar -> jar.getFileName().toString().replace(".jar", ""))
            .filter(name -> !name.startsWith("iblocksync-"))
            .toList();
    assertTrue(libraries.size() > 5, libraries.toString());
    for (String library : libraries) {
      try (var files = Files.list(root.resolve("share/doc/iblocksync/licences/" + library))) {
        assertTrue(files.anyMatch(file -> file.getFileName().toString().startsWith("LICENSE")));
      }
    }
    String contents = Commands.run("dpkg-deb", "-c", file(".deb").toString());
    assertTrue(contents.contains("./usr/share/doc/iblocksync/NOTICE.commons-codec"), contents);
  }

  /** What is in the tar.gz. */
  private Path unpacked() throws IOException {
    Commands.run(
        "tar", "-C", folder.toString(), "--strip-components=1", "-xf", file(".tar.gz").toString());
    return folder;
  }

  private static List<Path> librariesOf(Path root) throws IOException {
    try (var files = Files.list(root.resolve("lib/iblocksync/lib"))) {
      return files.toList();
    }
  }

  @Test
  void lintianFindsNoError() throws IOException {
    String[] command = {"lintian", "--allow-root", "--fail-on", "error", file(".deb").toString()};
    Commands.run(command);
  }

  @Test
  void theDebianPackageInstallsSyncsAndLeavesNothing() throws IOException {
    assumeTrue(Repository.isRoot(), "dpkg needs the superuser");
    Path root = folder.resolve("root");
    Path database = root.resolve("var/lib/dpkg");
    for (String name : List.of("info", "parts", "triggers", "updates")) {
      Files.createDirectories(database.resolve(name));
    }
    Files.createFile(database.resolve("status"));
    Files.createDirectories(root.resolve("var/log"));
    dpkg(root, "-i", file(".deb").toString());
    assertEquals("", Commands.run("dpkg", "--root=" + root, "-V", "iblocksync"));
    Path app = root.resolve("usr/lib/iblocksync");
    assertEquals(3, archives(app), "archives in " + Sandbox.listing(app));
    Images images = new Images(folder);
    Path source = images.random("source.img", 300_000);
    Path target = images.path("target.img");
    Program.shell("exec \"$@\"", root + "/usr/bin/iblocksync", source, target).run().succeeded();
    Images.assertEqual(source, target);
    dpkg(root, "--purge", "iblocksync");
    List<String> left =
        Sandbox.listing(root).stream().filter(name -> !name.startsWith("var/")).toList();
    assertEquals(List.of(), left);
  }

  /** Runs it below another root folder, where none of what the package depends on is. */
  private static void dpkg(Path root, String... words) throws IOException {
    String[] command = new String[4 + words.length];
    command[0] = "dpkg";
    command[1] = "--root=" + root;
    command[2] = "--force-script-chrootless";
    command[3] = "--force-depends";
    System.arraycopy(words, 0, command, 4, words.length);
    Commands.run(command);
  }

  private static long archives(Path app) throws IOException {
    return Sandbox.listing(app).stream()
        .filter(name -> name.endsWith(".jsa") || name.endsWith(".aot"))
        .count();
  }

  @Test
  void theArchiveRunsWhereItIsUnpackedAndRemovesItself() throws IOException {
    unpacked();
    Program.shell("exec \"$@\"", folder + "/bin/iblocksync", "--version").run().ended(0);
    assertTrue(Files.exists(folder.resolve("share/man/man1/iblocksync.1")));
    String uninstall = folder + "/lib/iblocksync/uninstall";
    Program.shell("exec \"$@\"", uninstall).run().ended(0);
    try (var files = Files.walk(folder)) {
      assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
    }
  }
}
