package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Await;
import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.cli.it.Sshd;
import io.iblocksync.cli.it.Wrapper;
import io.iblocksync.testing.Commands;
import io.iblocksync.testing.LoopDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Source and target through a real sshd. */
@Timeout(60)
class SshIT {
  @TempDir static Path shared;
  private static Sshd sshd;

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;

  @AfterAll
  static void stopSshd() throws IOException {
    if (sshd != null) {
      sshd.close();
    }
  }

  @BeforeEach
  void makeImages() throws IOException {
    // Not before all: then it would be no test that is skipped where there is no sshd.
    if (sshd == null) {
      sshd = new Sshd(shared);
    }
    images = new Images(folder);
    source = images.random("source.img", 3_000_000);
    target = images.path("target.img");
  }

  @AfterEach
  void noRemoteProcessIsLeft() throws Exception {
    if (sshd == null) {
      return;
    }
    Await.until("no remote process is left", () -> sshd.processes().isEmpty());
  }

  private Program sync(Object from, Object to) {
    return Program.iblocksync("-b", "64K", from, to)
        .with("IBLOCKSYNC_SOURCE_RSH", sshd.rsh())
        .with("IBLOCKSYNC_TARGET_RSH", sshd.rsh());
  }

  /** In the place of a remote endpoint's log: what went wrong there comes with an assertion. */
  private Program as(String client, Object from, Object to) {
    return sync(from, to)
        .with("IBLOCKSYNC_SOURCE_RSH", sshd.rsh(client))
        .with("IBLOCKSYNC_TARGET_RSH", sshd.rsh(client));
  }

  @Tag("smoke")
  @ParameterizedTest
  @CsvSource({"'', there:", "there:, ''", "there:, there:"})
  void everyCombinationOfLocalAndRemoteSyncs(String from, String to) throws IOException {
    sync(from + source, to + target).run().succeeded().counted(46, 46);
    assertEqual(source, target);
    images.change(target, 65536, 0, 9, 45);
    sync(from + source, to + target).run().succeeded().counted(46, 3);
    assertEqual(source, target);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " a blank  and two ",
        "it's \"quoted\" `echo no`",
        "$HOME $(echo no) ${PATH}",
        "a;touch injected;b & touch injected | x > injected",
        "*[a-z]?{1,2}!!",
        "two\nlines\n",
        "bäckup – ☃",
        "back\\slash\\n\\",
        "--help",
        "~root",
        "#hash:colon %41 + 100%",
      })
  void namesArriveAtTheRemoteShellAsTheyAre(String name) throws IOException {
    Path there = Files.createDirectory(images.path("there"));
    Path elsewhere = Files.createDirectory(images.path("elsewhere"));
    Path named = Files.copy(source, there.resolve(name));
    sync("there:" + named, "there:" + elsewhere.resolve(name)).run().succeeded().counted(46, 46);
    assertEqual(source, elsewhere.resolve(name));
    try (var files = Files.list(elsewhere)) {
      assertEquals(1, files.count());
    }
    assertFalse(Files.exists(Path.of(System.getProperty("user.home")).resolve("injected")));
  }

  @Test
  void relativeNamesAreThoseOfTheRemoteHome() throws IOException {
    Path home = sshd.home();
    for (String name : List.of("plain", "-dash", "a b", "./~tilde", "--block")) {
      Path file = Files.copy(source, home.resolve(name));
      as("home", "there:" + name, "ssh://there/./" + name + ".copy").run().succeeded();
      assertEqual(file, home.resolve(name + ".copy"));
    }
  }

  @Test
  void aLeadingTildeMeansAHomeOfTheRemoteSide() throws IOException {
    Path home = sshd.home();
    sync(source, "there:~/in the home.img").run().succeeded();
    assertEqual(source, home.resolve("in the home.img"));
    sync(source, "ssh://there/~/from $(a) url").run().succeeded();
    assertEqual(source, home.resolve("from $(a) url"));
    // A user's name means the real home.
    Path real = Path.of(System.getProperty("user.home"));
    Path inHome = Files.createTempDirectory(real, ".iblocksync");
    String user = System.getProperty("user.name");
    Path there = inHome.resolve("a b");
    try {
      for (String path : List.of("there:~" + user + "/", "ssh://there/~" + user + "/")) {
        sync(source, path + real.relativize(there)).run().succeeded();
        assertEqual(source, there);
        Files.delete(there);
      }
    } finally {
      Files.deleteIfExists(there);
      Files.delete(inHome);
    }
  }

  @Test
  void aPortAndAnIpv6AddressReachSsh() throws IOException {
    String user = System.getProperty("user.name");
    sync(source, "ssh://127.0.0.1:" + sshd.port() + target).run().succeeded();
    assertEqual(source, target);
    sync(source, "ssh://" + user + "@[::1]:" + sshd.port() + images.path("six.img"))
        .run()
        .succeeded();
    assertEqual(source, images.path("six.img"));
    Program.iblocksync("[::1]:" + source, images.path("scp.img"))
        .with("IBLOCKSYNC_SOURCE_RSH", sshd.rsh() + " -o 'Port=" + sshd.port() + "'")
        .run()
        .succeeded();
    assertEqual(source, images.path("scp.img"));
    sync("there:" + source, user + "@there:" + images.path("user.img")).run().succeeded();
    assertEqual(source, images.path("user.img"));
  }

  @Test
  void aRemoteCommandIsGivenToTheRemoteShellAsItStands() throws IOException {
    Path serve = Repository.script("iblocksync-serve");
    Path log = images.path("log");
    String command = "echo \"$HOME\" >" + Shell.quote(log) + " && exec " + Shell.quote(serve);
    sync("there:" + source, target).with("IBLOCKSYNC_SOURCE_EXEC", command).run().succeeded();
    assertEquals(sshd.home() + "\n", Files.readString(log));
    assertEqual(source, target);
  }

  @Test
  void aWrongHostKeyIsOneLineOfOurs() throws IOException {
    Result result = as("impostor", "there:" + source, target).run().failed(75, "there", "255");
    assertTrue(result.errors().contains("Host key verification failed."), result.description());
    as("impostor", source, "there:" + target).run().failed(75, "there", "255");
    assertFalse(Files.exists(target));
  }

  @Test
  void aRefusedLoginIsOneLineOfOurs() throws IOException {
    Result result = as("stranger", "there:" + source, target).run().failed(75, "there", "255");
    assertTrue(result.errors().contains("Permission denied"), result.description());
    as("stranger", source, "there:" + target).run().failed(75, "there", "255");
    assertFalse(Files.exists(target));
  }

  @Test
  void aHostThatDoesNotAnswerIsOneLineOfOurs() throws IOException {
    sync("ssh://127.0.0.1:1/" + source, target).run().failed(75, "127.0.0.1", "255");
    assertFalse(Files.exists(target));
  }

  @Test
  void aRemoteWithoutTheProgramIsToldToInstallIt() throws IOException {
    as("bare", "there:" + source, target).run().failed("there", "iblocksync-serve", "install");
    as("bare", source, "there:" + target).run().failed("there", "iblocksync-receive", "install");
    assertFalse(Files.exists(target));
  }

  @Test
  void aLoginShellThatPrintsIsShownWithAHint() throws IOException {
    as("banner", "there:" + source, target)
        .run()
        .failed("there", "Welcome to this machine")
        .saidNothingElse();
    as("banner", source, "there:" + target)
        .run()
        .failed("there", "Welcome to this machine")
        .saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void aRemoteFailureSaysWhereItWas() throws IOException {
    Path missing = images.path("missing.img");
    sync("there:" + missing, target)
        .run()
        .failed("there", missing.toString(), "No such file or directory")
        .saidNothingElse();
    sync(source, "there:" + missing + "/target")
        .run()
        .failed("there", missing.toString(), "No such file or directory")
        .saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void sshThatIsNotThereIsOneLine() throws IOException {
    sync("there:" + source, target)
        .with("IBLOCKSYNC_SOURCE_RSH", "no-such-ssh -v")
        .run()
        .failed("no-such-ssh")
        .saidNothingElse();
  }

  @Test
  void aRemoteWrapperHasCleanedUpWhenTheRunEnds() throws IOException {
    Wrapper from = Wrapper.ofSource(folder).slowly();
    Wrapper to = Wrapper.ofTarget(folder).slowly();
    sync("there:" + source, "there:" + target)
        .with("IBLOCKSYNC_SOURCE_EXEC", Shell.quote(from.write()))
        .with("IBLOCKSYNC_TARGET_EXEC", Shell.quote(to.write()))
        .run()
        .succeeded();
    assertEquals(Wrapper.cleanedUpOnce(), from.log());
    assertEquals(Wrapper.cleanedUpOnce(), to.log());
    to.status(7);
    Result failed =
        sync("there:" + source, "there:" + target)
            .with("IBLOCKSYNC_TARGET_EXEC", Shell.quote(to.write()))
            .run()
            .ended(1);
    assertTrue(failed.error().contains("7"), failed.description());
    assertTrue(failed.error().contains("there"), failed.description());
  }

  @Test
  void aSignalToTheCoordinatorLetsRemoteWrappersCleanUp() throws Exception {
    Wrapper from = Wrapper.ofSource(folder).slowly().stuckAfter(1_200);
    Wrapper to = Wrapper.ofTarget(folder).slowly();
    try (Running running = stuck(from, to)) {
      running.signal("TERM");
      running.await().ended(143);
    }
    assertEquals(Wrapper.cleanedUpOnce(), from.log());
    assertEquals(Wrapper.cleanedUpOnce(), to.log());
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aSignalToTheWholeProcessGroupLetsRemoteWrappersCleanUp(String signal, int status)
      throws Exception {
    Wrapper from = Wrapper.ofSource(folder).slowly().stuckAfter(1_200);
    Wrapper to = Wrapper.ofTarget(folder).slowly();
    try (Running running = stuck(from, to)) {
      running.signalGroup(signal);
      running.await().ended(status);
    }
    assertEquals(Wrapper.cleanedUpOnce(), from.log());
    assertEquals(Wrapper.cleanedUpOnce(), to.log());
  }

  /** A run that stands still in its middle. */
  private Running stuck(Wrapper from, Wrapper to) throws Exception {
    Running running =
        sync("there:" + source, "there:" + target)
            .with("IBLOCKSYNC_SOURCE_EXEC", Shell.quote(from.write()))
            .with("IBLOCKSYNC_TARGET_EXEC", Shell.quote(to.write()))
            .start();
    Await.until("the sync has begun", () -> Files.exists(target));
    return running;
  }

  @Test
  void aConnectionThatIsLostEndsBothSides() throws Exception {
    Wrapper from = Wrapper.ofSource(folder).stuckAfter(1_200);
    Wrapper to = Wrapper.ofTarget(folder);
    try (Running running =
        sync(source, "there:" + target)
            .with("IBLOCKSYNC_SOURCE_EXEC", from.write())
            .with("IBLOCKSYNC_TARGET_EXEC", Shell.quote(to.write()))
            .start()) {
      Await.until("the sync has begun", () -> Files.exists(target));
      assertEquals(1, running.processes().signal("KILL", "ssh\0-F"));
      running.await().failed("there");
      assertEquals(Wrapper.cleanedUpOnce(), from.log());
      Await.until("the remote side has ended", () -> sshd.processes().isEmpty());
      assertEquals(Wrapper.cleanedUpOnce(), to.log());
    }
  }

  @Test
  void aQuestionIsAskedAboutRemoteImagesToo() throws IOException {
    Files.write(target, new byte[1_000]);
    sync("there:" + source, "there:" + target).run().failed("-f").saidNothingElse();
    assertEquals(1_000, Files.size(target));
    sync("there:" + source, "there:" + target).typed("y\n").run().ended(0);
    assertEqual(source, target);
  }

  @Test
  void aRemoteDeviceIsSyncedToAFile() throws IOException {
    Commands.run("truncate", "-s", "3145728", source.toString());
    try (var device = LoopDevice.over(source)) {
      sync("there:" + device.path(), target).run().succeeded();
    }
    assertEqual(source, target);
  }
}
