package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launchers in scripts/: finding Java, building, and what reaches the program. */
@Timeout(120)
class LauncherIT {
  private static final String PATH = "/usr/bin:/bin";
  private static final Predicate<String> REPORTS = name -> name.contains("hs_err");

  @TempDir Path folder;
  private Sandbox sandbox;
  private Path java;

  @BeforeEach
  void makeJava() throws IOException {
    sandbox = new Sandbox(folder);
    java = sandbox.fakeJava("17.0.1", true);
  }

  private Map<String, String> environment(String... more) throws IOException {
    Map<String, String> all = new HashMap<>();
    all.put("PATH", PATH);
    all.put("JAVA_HOME", java.toString());
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  /** A clone whose build is there already. */
  private Path builtClone(String name) throws Exception {
    Path clone = sandbox.freshClone(name);
    Map<String, String> env = environment("PATH", sandbox.fakeMaven(0) + ":" + PATH);
    assertEquals(0, sandbox.run(env, clone + "/scripts/iblocksync").status());
    return clone;
  }

  private static void assertOneLine(String text) {
    assertTrue(text.endsWith("\n") && text.indexOf('\n') == text.length() - 1, text);
  }

  private static void assertContains(String text, String part) {
    assertTrue(text.contains(part), () -> "<" + part + "> is missing in:\n" + text);
  }

  @Test
  @Tag("smoke")
  void theVersionIsPrintedWithAnEmptyEnvironment() throws Exception {
    String launcher = Sandbox.ROOT + "/scripts/iblocksync";
    Map<String, String> env = new HashMap<>(Map.of("PATH", PATH));
    if (System.getenv("JAVA_HOME") != null) {
      env.put("JAVA_HOME", System.getenv("JAVA_HOME"));
    }
    Result result = sandbox.run(env, launcher, "--version");
    assertEquals("", result.errors());
    assertEquals(0, result.status());
    assertContains(result.output(), "iblocksync 2.");
  }

  @Test
  void argumentsArriveUntouched() throws Exception {
    Path clone = builtClone("clone");
    Result result =
        sandbox.run(
            environment("IBLOCKSYNC_JAVA_OPTS", " -Dx=*  -Dy=$z "),
            clone + "/scripts/iblocksync",
            "a b",
            "",
            "c\nd",
            "*",
            "-e",
            "'\"$f\\",
            "b\u00e4ckup.img",
            "g ");
    assertContains(result.output(), "argument <-Dx=*>\nargument <-Dy=$z>\n");
    assertContains(
        result.output(),
        "argument <-cp>\nargument <"
            + clone.toRealPath()
            + "/target/iblocksync/iblocksync.jar>\nargument <io.iblocksync.cli.Main>\n"
            + "argument <a b>\nargument <>\nargument <c\nd>\nargument <*>\nargument <-e>\n"
            + "argument <'\"$f\\>\nargument <b\u00e4ckup.img>\nargument <g >\n");
    assertEquals("", result.errors());
  }

  @Test
  void theLauncherFollowsSymbolicLinks() throws Exception {
    Path clone = builtClone("the clone");
    Files.createDirectories(sandbox.path("links/more"));
    Files.createSymbolicLink(
        sandbox.path("links/serve"), Path.of("../the clone/scripts/iblocksync-serve"));
    Files.createSymbolicLink(sandbox.path("links/more/chained"), Path.of("../serve"));
    Files.createSymbolicLink(sandbox.path("folder"), clone.resolve("scripts"));
    for (String link :
        new String[] {"links/serve", "links/more/chained", "folder/iblocksync-serve"}) {
      for (String name : new String[] {link, sandbox.path(link).toString()}) {
        Result result = sandbox.run(environment(), "/bin/sh", "-c", "exec \"$0\"", name);
        assertContains(
            result.output(), "argument <-Diblocksync.bin=" + clone.toRealPath() + "/scripts>\n");
        assertContains(result.output(), "argument <io.iblocksync.serve.Main>\n");
      }
    }
  }

  @Test
  void noShellStays() throws Exception {
    Path clone = builtClone("clone");
    try (Running running = sandbox.start(environment(), clone + "/scripts/iblocksync")) {
      assertContains(running.await().output(), "pid " + running.pid() + "\n");
    }
  }

  @Test
  void theCallersLocaleIsKeptForChildren() throws Exception {
    String launcher = builtClone("clone") + "/scripts/iblocksync";
    String unset = sandbox.run(environment("LANG", "de_DE.UTF-8"), launcher).output();
    assertContains(unset, "LC_ALL=C.UTF-8\n");
    assertContains(unset, "argument <-Diblocksync.changed=LC_ALL>\n");
    assertFalse(unset.contains("IBLOCKSYNC_LC_ALL"), unset);
    String empty = sandbox.run(environment("LC_ALL", ""), launcher).output();
    assertContains(empty, "\nIBLOCKSYNC_LC_ALL=\n");
    String posix = sandbox.run(environment("LC_ALL", "POSIX"), launcher).output();
    assertContains(posix, "\nIBLOCKSYNC_LC_ALL=POSIX\n");
    String utf8 = sandbox.run(environment("LC_ALL", "C.UTF-8"), launcher).output();
    assertFalse(utf8.contains("iblocksync.changed"), utf8);
  }

  @Test
  void optionsForOtherJavaProgramsAreKeptForChildrenOnly() throws Exception {
    String launcher = builtClone("clone") + "/scripts/iblocksync";
    Map<String, String> env = environment("LC_ALL", "C.UTF-8", "IBLOCKSYNC__JAVA_OPTIONS", "old");
    env.put("JAVA_TOOL_OPTIONS", "-Da=\"b c\" $d");
    env.put("JDK_JAVA_OPTIONS", "");
    String output = sandbox.run(env, launcher).output();
    assertContains(output, "-Diblocksync.changed=JAVA_TOOL_OPTIONS,JDK_JAVA_OPTIONS>\n");
    assertContains(output, "\nIBLOCKSYNC_JAVA_TOOL_OPTIONS=-Da=\"b c\" $d\n");
    assertContains(output, "\nIBLOCKSYNC_JDK_JAVA_OPTIONS=\n");
    assertFalse(output.contains("\nJAVA_TOOL_OPTIONS"), output);
    assertFalse(output.contains("\nJDK_JAVA_OPTIONS"), output);
  }

  @Test
  @Tag("smoke")
  void noVariableOfJavasChangesHowItRuns() throws Exception {
    for (String name : List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS")) {
      for (String options : List.of("-XX:+UseG1GC", "-XX:+UseParallelGC -XX:+NoSuchOption")) {
        Result result = version(name, options);
        assertEquals("", result.errors());
        assertEquals(0, result.status());
      }
    }
  }

  @Test
  @Tag("smoke")
  void whyJavaCannotStartIsOneLineOfOurs() throws Exception {
    for (String options : List.of("-XX:+NoSuchOption", "-Xmx900000g", "-Xmx1x", "-Xnothing")) {
      Result result = version("IBLOCKSYNC_JAVA_OPTS", options);
      assertOneLine(result.errors());
      assertContains(result.errors(), "iblocksync: error: Java cannot start: ");
      assertContains(result.errors(), " (IBLOCKSYNC_JAVA_OPTS is '" + options + "')\n");
      assertEquals("", result.output());
      assertEquals(1, result.status());
    }
  }

  private Result version(String name, String value) throws Exception {
    return sandbox.run(real(name, value), Sandbox.ROOT + "/scripts/iblocksync", "--version");
  }

  /** The environment for the real program on the Java under test. */
  private static Map<String, String> real(String... more) {
    Map<String, String> env = new HashMap<>(Map.of("PATH", PATH));
    if (System.getenv("JAVA_HOME") != null) {
      env.put("JAVA_HOME", System.getenv("JAVA_HOME"));
    }
    for (int i = 0; i < more.length; i += 2) {
      env.put(more[i], more[i + 1]);
    }
    return env;
  }

  private Result limited(String limit, String... command) throws Exception {
    String[] words = new String[4 + command.length];
    words[0] = "/bin/sh";
    words[1] = "-c";
    words[2] = limit + "; exec \"$@\"";
    words[3] = "sh";
    System.arraycopy(command, 0, words, 4, command.length);
    return sandbox.run(real(), words);
  }

  @Test
  @Tag("smoke")
  void aGigabyteOfAddressSpaceIsEnough() throws Exception {
    Files.write(sandbox.path("source"), new byte[3_000_000]);
    String launcher = Sandbox.ROOT + "/scripts/iblocksync";
    Result result = limited("ulimit -v 1000000", launcher, "-p", "none", "source", "target");
    assertEquals("", result.errors());
    assertEquals(0, result.status());
  }

  @Test
  @Tag("smoke")
  void tooLittleAddressSpaceIsOneLineOfOursAndLeavesNothing() throws Exception {
    String launcher = Sandbox.ROOT + "/scripts/iblocksync-serve";
    for (String limit : List.of("ulimit -v 50000", "ulimit -v 500000", "ulimit -d 50000")) {
      Result result = limited(limit, launcher, "--version");
      assertOneLine(result.errors());
      assertContains(result.errors(), "iblocksync-serve: error: Java cannot start: ");
      assertContains(result.errors(), "ulimit -v or -d");
      assertEquals("", result.output());
      assertEquals(1, result.status());
    }
    assertEquals(List.of(), Sandbox.listing(folder).stream().filter(REPORTS).toList());
  }

  @Test
  void tooFewDescriptorsAreOneLineOfOurs() throws Exception {
    String launcher = Sandbox.ROOT + "/scripts/iblocksync";
    for (int files : new int[] {16, 20, 31}) {
      Result result = limited("ulimit -n " + files, launcher, "--version");
      assertEquals(
          "iblocksync: error: only "
              + files
              + " files can be open at once, but 32 are needed: raise the limit (ulimit -n)\n",
          result.errors());
      assertEquals(1, result.status());
    }
    // Java raises that one itself.
    assertEquals(0, limited("ulimit -S -n 16", launcher, "--version").status());
  }

  @Test
  @Tag("smoke")
  void thirtyTwoDescriptorsAreEnough() throws Exception {
    byte[] image = new byte[300_000];
    new Random(7).nextBytes(image);
    Files.write(sandbox.path("source"), image);
    Map<String, String> env = real("PATH", Sandbox.ROOT + "/scripts:" + PATH);
    env.put("IBLOCKSYNC_SOURCE_EXEC", "iblocksync-serve");
    env.put("IBLOCKSYNC_TARGET_EXEC", "iblocksync-receive");
    String sync = "ulimit -n 32; exec iblocksync -z -p none source target";
    Result result = sandbox.run(env, "/bin/sh", "-c", sync);
    assertEquals("", result.errors());
    assertEquals(0, result.status());
  }

  @Test
  @Tag("smoke")
  void aFullHeapEndsTheProgram() throws Exception {
    Files.write(sandbox.path("source"), new byte[3_000_000]);
    Map<String, String> env = real("IBLOCKSYNC_JAVA_OPTS", "-Xmx3m -Xmn1m");
    Result result = sandbox.run(env, Sandbox.ROOT + "/scripts/iblocksync", "source", "target");
    assertOneLine(result.errors());
    assertContains(result.errors(), "java.lang.OutOfMemoryError: Java heap space");
    assertEquals(3, result.status());
  }

  @Test
  void theReportOfACrashOfJavaIsNotLeftInTheCurrentFolder() throws Exception {
    Path temporary = Files.createDirectory(sandbox.path("temporary"));
    Path work = Files.createDirectory(sandbox.path("work"));
    Map<String, String> env = real("TMPDIR", temporary.toString());
    // It waits for its coordinator at a pipe that nobody else opens.
    String crash =
        "mkfifo p; cd work; ulimit -c 0; \"$0\" --block 1000 x <>../p & echo $!; wait $!";
    String serve = Sandbox.ROOT + "/scripts/iblocksync-serve";
    try (Running running = sandbox.start(env, "/bin/sh", "-c", crash, serve)) {
      Await.until("it runs", () -> isJava(running.output().strip()));
      Commands.run("kill", "-SEGV", running.output().strip());
      running.await();
    }
    assertEquals(List.of(), Sandbox.listing(work));
    assertEquals(1, Sandbox.listing(temporary).stream().filter(REPORTS).count());
  }

  /** Whether Java has taken over signals in the process of that id. */
  private static boolean isJava(String process) throws IOException {
    if (process.isEmpty()) {
      return false;
    }
    String status = Files.readString(Path.of("/proc", process, "status"));
    Matcher caught = Pattern.compile("(?m)^SigCgt:\\s*([0-9a-f]+)$").matcher(status);
    long segvAndTerm = 1 << 10 | 1 << 14;
    return caught.find()
        && (Long.parseUnsignedLong(caught.group(1), 16) & segvAndTerm) == segvAndTerm;
  }

  @Test
  void theLauncherAddsNothingElseToTheEnvironment() throws Exception {
    String launcher = builtClone("clone") + "/scripts/iblocksync";
    String output =
        sandbox
            .run(environment("LC_ALL", "C.UTF-8", "name", "x", "bin", "y", "PWD", "z"), launcher)
            .output();
    String[] lines =
        output
            .lines()
            .filter(line -> !line.startsWith("argument ") && !line.startsWith("pid "))
            .filter(line -> !line.startsWith(Program.MARK + "="))
            .sorted()
            .toArray(String[]::new);
    assertEquals(
        "JAVA_HOME="
            + java
            + "\nLC_ALL=C.UTF-8\nPATH="
            + PATH
            + "\nPWD="
            + folder.toRealPath()
            + "\nbin=y\nname=x",
        String.join("\n", lines));
  }

  @Test
  void terminalsAreNamed() throws Exception {
    Commands.needTool("script");
    String launcher = builtClone("clone") + "/scripts/iblocksync";
    Result without = sandbox.run(environment(), launcher);
    assertContains(without.output(), "argument <-Diblocksync.tty=n>\n"); // /dev/null
    Result piped = sandbox.run(environment(), "sh", "-c", "true | " + launcher);
    assertContains(piped.output(), "argument <-Diblocksync.tty=>\n");
    Result onTerminal =
        sandbox.run(environment(), "script", "-qec", launcher + " 2>/dev/null", "/dev/null");
    assertContains(onTerminal.output(), "argument <-Diblocksync.tty=01>\r\n");
  }

  @Test
  void closedDescriptorsAreOpenedBeforeJavaCanTakeThem() throws Exception {
    String launcher = builtClone("clone") + "/scripts/iblocksync";
    sandbox.executable(
        java + "/bin/java",
        "#!/bin/sh\nreadlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2 >seen\n");
    for (String closed : new String[] {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"}) {
      sandbox.run(environment(), "/bin/sh", "-c", "exec \"$0\" " + closed, launcher);
      assertEquals(3, Files.readAllLines(sandbox.path("seen")).size(), closed);
    }
  }

  @Test
  void aMissingJavaIsNamedByItsPackage() throws Exception {
    Path clone = builtClone("clone");
    Result result =
        sandbox.run(
            Map.of("PATH", sandbox.plainTools().toString()), clone + "/scripts/iblocksync-serve");
    assertOneLine(result.errors());
    assertContains(result.errors(), "iblocksync-serve: error: Java 17 or newer is missing");
    assertContains(result.errors(), " default-jre-headless");
    assertEquals("", result.output());
    assertEquals(1, result.status());
  }

  @Test
  void aJavaHomeThatCannotBeUsedGivesWayToTheJavaOnThePath() throws Exception {
    String launcher = builtClone("clone") + "/scripts/iblocksync";
    String path = java + "/bin:" + PATH;
    for (String home :
        List.of("/nowhere", sandbox.fakeJava("11.0.2", true).toString(), folder.toString())) {
      Result result = sandbox.run(environment("JAVA_HOME", home, "PATH", path), launcher);
      assertEquals("", result.errors());
      assertContains(result.output(), "argument <io.iblocksync.cli.Main>\n");
      assertContains(result.output(), "JAVA_HOME=" + home + "\n");
    }
  }

  @Test
  void theErrorNamesBothJavasThatCannotBeUsed() throws Exception {
    String launcher = builtClone("clone") + "/scripts/iblocksync";
    String tools = sandbox.plainTools().toString();
    for (String version : new String[] {"1.8.0_402", "11.0.2", "16"}) {
      Path old = sandbox.fakeJava(version, false);
      Path java8 = sandbox.fakeJava("1.8.0", false);
      for (String path : List.of(tools, java8 + "/bin:" + tools)) {
        Map<String, String> env = environment("JAVA_HOME", old.toString(), "PATH", path);
        Result result = sandbox.run(env, launcher);
        assertOneLine(result.errors());
        assertContains(result.errors(), "iblocksync: error: Java 17 or newer is missing: ");
        assertContains(
            result.errors(), "JAVA_HOME is " + old + ", which is Java " + version + ", and ");
        String second =
            path.equals(tools)
                ? "there is no java on PATH;"
                : java8 + "/bin/java, which is Java 1.8.0, is the java on PATH;";
        assertContains(result.errors(), second);
        assertEquals("", result.output());
        assertEquals(1, result.status());
      }
    }
    Map<String, String> env = environment("JAVA_HOME", "/nowhere", "PATH", tools);
    assertContains(
        sandbox.run(env, launcher).errors(), "JAVA_HOME is /nowhere, where no java is, and there");
  }

  @Test
  void aJavaWithoutReleaseFileIsAskedForItsVersion() throws Exception {
    Path clone = builtClone("clone");
    Files.delete(java.resolve("release"));
    sandbox.executable(
        java + "/bin/java",
        "#!/bin/sh\necho 'Picked up X' >&2; echo 'openjdk version \"11.0.9\" 2020' >&2\n");
    Map<String, String> env = environment("PATH", sandbox.plainTools().toString());
    Result old = sandbox.run(env, clone + "/scripts/iblocksync");
    assertContains(old.errors(), ", which is Java 11.0.9, and ");
    sandbox.executable(
        java + "/bin/java", "#!/bin/sh\necho 'openjdk version \"21-ea\" 2023' >&2\n");
    assertEquals(0, sandbox.run(environment(), clone + "/scripts/iblocksync").status());
  }

  @Test
  void aFreshCloneIsBuiltOnceAndNotOnStandardOutput() throws Exception {
    Path clone = sandbox.freshClone("a clone");
    Map<String, String> env = environment("PATH", sandbox.fakeMaven(0) + ":" + PATH);
    Result first = sandbox.run(env, clone + "/scripts/iblocksync", "x");
    assertEquals("iblocksync: building the program, once\n", first.errors());
    assertTrue(first.output().startsWith("pid "), first.output());
    assertEquals(0, first.status());
    assertEquals("", sandbox.run(env, clone + "/scripts/iblocksync-serve", "x").errors());
    assertEquals(1, sandbox.runsOfMaven());
  }

  @Test
  void whatIsNewerOrGoneIsBuiltAgain() throws Exception {
    Path clone = sandbox.freshClone("clone");
    Map<String, String> env = environment("PATH", sandbox.fakeMaven(0) + ":" + PATH);
    String launcher = clone + "/scripts/iblocksync";
    sandbox.run(env, launcher);
    Files.writeString(clone.resolve("iblocksync-serve/src/main/java/A.java"), "class A { }");
    sandbox.run(env, launcher);
    assertEquals(2, sandbox.runsOfMaven());
    Files.writeString(clone.resolve("iblocksync-cli/pom.xml"), "<project></project>");
    sandbox.run(env, launcher);
    assertEquals(3, sandbox.runsOfMaven());
    Files.delete(clone.resolve("iblocksync-protocol/src/main/java/A.java"));
    sandbox.run(env, launcher);
    assertEquals(4, sandbox.runsOfMaven());
    sandbox.run(env, launcher);
    assertEquals(4, sandbox.runsOfMaven());
  }

  @Test
  void twoAtOnceBuildOnce() throws Exception {
    Path clone = sandbox.freshClone("clone");
    Map<String, String> env = environment("PATH", sandbox.fakeMaven(0) + ":" + PATH);
    try (Running first = sandbox.start(env, clone + "/scripts/iblocksync-serve");
        Running second = sandbox.start(env, clone + "/scripts/iblocksync-receive")) {
      Result one = first.await().ended(0);
      Result other = second.await().ended(0);
      assertContains(one.output(), "argument <io.iblocksync.serve.Main>");
      assertContains(other.output(), "argument <io.iblocksync.receive.Main>");
    }
    assertEquals(1, sandbox.runsOfMaven());
  }

  @Test
  void aFailedBuildSaysWhyAndWhereTheLogIs() throws Exception {
    Path clone = sandbox.freshClone("clone");
    Map<String, String> env = environment("PATH", sandbox.fakeMaven(1) + ":" + PATH);
    Result result = sandbox.run(env, clone + "/scripts/iblocksync");
    assertEquals("", result.output());
    assertEquals(1, result.status());
    Path log = clone.toRealPath().resolve("target/build.log");
    assertEquals(
        "iblocksync: building the program, once\n[ERROR] A.java:[1,1] nonsense\n"
            + "iblocksync: error: the build failed: see "
            + log
            + "\n",
        result.errors());
    assertContains(Files.readString(log), "[INFO] chatter\nnoise\n");
  }

  @Test
  void aBuildThatFailedForAWarningShowsIt() throws Exception {
    Path clone = sandbox.freshClone("clone");
    sandbox.executable(
        "tools/mvn",
        """
        #!/bin/sh
        case " $* " in *' -q '*) ;; *) echo '[WARNING] /a/A.java:[3,9] A is proprietary' ;; esac
        echo '[ERROR] COMPILATION ERROR : '
        echo '[ERROR] /a/A.java: warnings found and -Werror specified'
        echo '[ERROR] Failed to execute goal: Compilation failure'
        echo '[ERROR] /a/A.java: warnings found and -Werror specified'
        exit 1
        """);
    Map<String, String> env = environment("PATH", sandbox.path("tools") + ":" + PATH);
    Result result = sandbox.run(env, clone + "/scripts/iblocksync");
    assertContains(result.errors(), "once\n[WARNING] /a/A.java:[3,9] A is proprietary\n[ERROR] ");
    assertEquals(1, result.errors().split("-Werror", -1).length - 1, result.errors());
  }

  @Test
  void aBuildTakesAnotherJdkThanAJavaHomeThatIsTooOld() throws Exception {
    Path clone = sandbox.freshClone("clone");
    Map<String, String> env = environment("JAVA_HOME", sandbox.fakeJava("11", true).toString());
    env.put("PATH", sandbox.fakeMaven(0) + ":" + java + "/bin:" + PATH);
    Result result = sandbox.run(env, clone + "/scripts/iblocksync");
    assertEquals("iblocksync: building the program, once\n", result.errors());
    assertEquals(0, result.status());
  }

  @Test
  void whatABuildLacksIsNamedByItsPackages() throws Exception {
    Path clone = sandbox.freshClone("clone");
    String tools = sandbox.plainTools().toString();
    Path noCompiler = sandbox.fakeJava("21", false);
    Result both =
        sandbox.run(
            Map.of("PATH", tools, "JAVA_HOME", noCompiler.toString()),
            clone + "/scripts/iblocksync");
    assertOneLine(both.errors());
    assertContains(both.errors(), "default-jdk-headless maven");
    Result maven = sandbox.run(environment("PATH", tools), clone + "/scripts/iblocksync");
    assertOneLine(maven.errors());
    assertContains(maven.errors(), "the Debian package maven");
    assertEquals(1, maven.status());
    Result compiler =
        sandbox.run(
            Map.of("PATH", sandbox.fakeMaven(0) + ":" + tools, "JAVA_HOME", noCompiler.toString()),
            clone + "/scripts/iblocksync");
    assertOneLine(compiler.errors());
    assertContains(compiler.errors(), "the Debian package default-jdk-headless");
    assertEquals("", compiler.output());
  }
}
