package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** scripts/install, scripts/uninstall and the copy that they make and remove. */
@Timeout(120)
class InstallIT {
  private static final String INSTALL = Sandbox.ROOT + "/scripts/install";
  private static final String UNINSTALL = Sandbox.ROOT + "/scripts/uninstall";

  @TempDir Path folder;
  private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() {
    sandbox = new Sandbox(folder);
  }

  private static Map<String, String> environment(String... more) {
    Map<String, String> all = new HashMap<>(System.getenv());
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  private static void assertDone(Result result) {
    assertEquals(0, result.status(), result.errors());
    assertEquals("", result.errors());
  }

  /** The environment of cron, with the Java under test. */
  private static Map<String, String> sparseEnvironment() {
    String java = System.getenv("JAVA_HOME");
    return java == null
        ? Map.of("PATH", "/usr/bin:/bin")
        : Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", java);
  }

  @Test
  @Tag("smoke")
  void anInstalledCopySyncsAndItsFoldersStayAsTheyAre() throws Exception {
    Path prefix = sandbox.path("a prefix");
    assertDone(sandbox.run(environment("PREFIX", prefix.toString()), INSTALL));
    List<String> before = Sandbox.listing(prefix);
    lock(prefix, "r-xr-xr-x");
    try {
      byte[] image = new byte[300_001];
      new Random(7).nextBytes(image);
      Files.write(sandbox.path("source"), image);
      Map<String, String> env = sparseEnvironment();
      assertDone(sandbox.run(env, prefix + "/bin/iblocksync", "source", "b\u00e4ckup.img"));
      assertEquals(-1, Files.mismatch(sandbox.path("source"), sandbox.path("b\u00e4ckup.img")));
      assertEquals(before, Sandbox.listing(prefix));
    } finally {
      lock(prefix, "rwxr-xr-x");
    }
  }

  @Test
  @Tag("smoke")
  void archivesAreMadeAndIgnoredInSilenceWhenTheyDoNotFit() throws Exception {
    Path prefix = sandbox.path("prefix");
    assertDone(sandbox.run(environment("PREFIX", prefix.toString()), INSTALL));
    List<String> archives =
        Sandbox.listing(prefix.resolve("lib/iblocksync")).stream()
            .filter(name -> name.endsWith(".jsa") || name.endsWith(".aot"))
            .toList();
    assertEquals(3, archives.size(), archives.toString());
    String launcher = prefix + "/bin/iblocksync";
    assertDone(sandbox.run(sparseEnvironment(), launcher, "--version"));
    Path jar = prefix.resolve("lib/iblocksync/iblocksync.jar");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(0));
    assertDone(sandbox.run(sparseEnvironment(), launcher, "--version"));
    for (String archive : archives) {
      Files.delete(prefix.resolve("lib/iblocksync/" + archive));
      Files.writeString(prefix.resolve("lib/iblocksync/" + archive), "nonsense");
    }
    assertDone(sandbox.run(sparseEnvironment(), launcher, "--version"));
  }

  private static void lock(Path below, String permissions) throws IOException {
    try (var files = Files.walk(below)) {
      for (Path file : files.filter(Files::isDirectory).toList()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
      }
    }
  }

  @Test
  void theDestinationStandsBeforeThePrefix() throws Exception {
    Map<String, String> env = environment("DESTDIR", sandbox.path("dest dir").toString());
    Result result = sandbox.run(env, INSTALL);
    assertDone(result);
    assertFalse(result.output().contains("uninstall"), result.output());
    Path local = sandbox.path("dest dir/usr/local");
    assertTrue(Files.isExecutable(local.resolve("bin/iblocksync-receive")));
    assertEquals(
        -1,
        Files.mismatch(
            Sandbox.ROOT.resolve("LICENSE"), local.resolve("share/doc/iblocksync/LICENSE")));
    assertDone(sandbox.run(env, local + "/bin/iblocksync", "--version"));
  }

  @Test
  void uninstallingRemovesWhatInstallingMadeAndNothingElse() throws Exception {
    Path prefix = sandbox.path("prefix");
    Files.createDirectories(prefix.resolve("lib/other"));
    Files.createDirectories(prefix.resolve("share/doc"));
    Files.createDirectories(prefix.resolve("bin"));
    Files.writeString(prefix.resolve("bin/iblocksync-other"), "");
    List<String> before = Sandbox.listing(prefix);
    Map<String, String> env = environment("PREFIX", prefix.toString());
    Result first = sandbox.run(env, INSTALL);
    assertDone(first);
    String told = first.output();
    assertTrue(told.contains("\n  programs                        " + prefix + "/bin\n"), told);
    assertTrue(told.contains("run " + prefix + "/lib/iblocksync/uninstall\n"), told);
    assertTrue(told.contains("\n" + prefix + "/bin is not on your PATH yet.\n"), told);
    assertDone(sandbox.run(env, INSTALL));
    assertDone(sandbox.run(env, UNINSTALL));
    assertEquals(before, Sandbox.listing(prefix));
  }

  @Test
  void anInstalledCopyRemovesItself() throws Exception {
    Path prefix = Files.createDirectory(sandbox.path("prefix"));
    Map<String, String> env = environment("PREFIX", prefix.toString());
    assertDone(sandbox.run(env, INSTALL));
    assertTrue(Files.exists(prefix.resolve("share/man/man1/iblocksync.1")));
    assertDone(sandbox.run(sparseEnvironment(), prefix + "/lib/iblocksync/uninstall"));
    assertEquals(List.of(), Sandbox.listing(prefix));
  }

  @Test
  void aCopyThatCameByTarLeavesTheFoldersThatWereThere() throws Exception {
    Path stage = sandbox.path("stage");
    assertDone(sandbox.run(environment("DESTDIR", stage.toString()), INSTALL));
    Path prefix = sandbox.path("prefix");
    Files.createDirectories(prefix.resolve("bin"));
    Files.createDirectories(prefix.resolve("lib"));
    Files.createDirectories(prefix.resolve("share/man/man1"));
    String tar = "tar -C stage/usr/local -c bin lib share | tar -C prefix -x --no-overwrite-dir";
    assertDone(sandbox.run(environment(), "/bin/sh", "-c", tar));
    // By a relative name, which is no reason to remove another copy.
    assertDone(sandbox.run(sparseEnvironment(), "prefix/lib/iblocksync/uninstall"));
    for (String folder : List.of("bin", "lib", "share/man/man1")) {
      assertTrue(Files.isDirectory(prefix.resolve(folder)), folder);
    }
    try (var files = Files.walk(prefix)) {
      assertEquals(List.of(), files.filter(Files::isRegularFile).toList());
    }
  }

  @Test
  void uninstallingWhatIsNotThereIsAnError() throws Exception {
    Result result = sandbox.run(environment("PREFIX", sandbox.path("none").toString()), UNINSTALL);
    assertEquals(1, result.status());
    assertEquals(
        "uninstall: error: there is no iblocksync in " + sandbox.path("none") + "/lib\n",
        result.errors());
  }

  @Test
  void aLinkToTheCloneIsReplacedNotWrittenThrough() throws Exception {
    Path clone = sandbox.freshClone("clone");
    Path java = sandbox.fakeJava("17.0.1", true);
    sandbox.executable("java-17.0.1/bin/java", "#!/bin/sh\necho '  --help  Display this help'\n");
    Map<String, String> env =
        Map.of(
            "PATH", sandbox.fakeMaven(0) + ":/usr/bin:/bin",
            "JAVA_HOME", java.toString(),
            "PREFIX", sandbox.path("prefix").toString());
    Path launcher = clone.resolve("scripts/iblocksync");
    Files.createDirectories(sandbox.path("prefix/bin"));
    Files.createSymbolicLink(sandbox.path("prefix/bin/iblocksync"), launcher);
    assertEquals(0, sandbox.run(env, clone + "/scripts/install").status());
    assertTrue(
        Files.isRegularFile(sandbox.path("prefix/bin/iblocksync"), LinkOption.NOFOLLOW_LINKS));
    assertEquals(-1, Files.mismatch(Sandbox.ROOT.resolve("scripts/iblocksync"), launcher));
  }

  @Test
  void whoMayNotWriteThereIsToldOfAPrefixOfTheirOwn() throws Exception {
    Path prefix = Files.createDirectory(sandbox.path("prefix"));
    lock(prefix, "r-xr-xr-x");
    Map<String, String> env = environment("PREFIX", prefix + "/not/there");
    // As root, without what lets it write everywhere.
    Result result =
        Repository.isRoot()
            ? sandbox.run(env, "setpriv", "--bounding-set=-all", "--inh-caps=-all", INSTALL)
            : sandbox.run(env, INSTALL);
    assertEquals(1, result.status(), result.errors());
    assertEquals(
        "install: error: you cannot write to "
            + prefix
            + ": run it as root, or install for yourself alone with\n"
            + "  PREFIX=$HOME/.local scripts/install\n",
        result.errors());
    assertEquals(List.of(), Sandbox.listing(prefix));
  }

  @Test
  void aRelativePrefixIsAUsageError() throws Exception {
    for (String script : new String[] {INSTALL, UNINSTALL}) {
      assertEquals(2, sandbox.run(environment("PREFIX", "here"), script).status());
    }
  }
}
