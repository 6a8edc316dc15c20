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
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Shell scripts in the place of endpoints, that prepare something and clean it up. */
@Timeout(60)
class WrapperIT {
  @TempDir Path folder;
  private Path source;
  private Path target;
  private Wrapper sourceWrapper;
  private Wrapper targetWrapper;

  @BeforeEach
  void makeImages() throws IOException {
    source = new Images(folder).random("source.img", 300_000);
    target = folder.resolve("target.img");
    sourceWrapper = Wrapper.ofSource(folder);
    targetWrapper = Wrapper.ofTarget(folder);
  }

  private Program wrapped() throws IOException {
    return Program.iblocksync("-b", "4K", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .with("IBLOCKSYNC_TARGET_EXEC", targetWrapper.write());
  }

  @Tag("smoke")
  @Test
  void bothWrappersHaveCleanedUpWhenASuccessfulRunEnds() throws IOException {
    sourceWrapper.slowly();
    targetWrapper.slowly();
    wrapped().run().succeeded().counted(74, 74);
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
    assertEqual(source, target);
  }

  @Test
  void anEndpointsArgumentsStandInTheirOldOrder() throws IOException {
    sourceWrapper.before("printf '%s|' \"$@\" >" + Shell.quote(folder.resolve("source.args")));
    targetWrapper.before("printf '%s|' \"$@\" >" + Shell.quote(folder.resolve("target.args")));
    wrapped().run().succeeded();
    String options = "--block|4096|--algo|sha1|";
    assertEquals(options + source + "|", Files.readString(folder.resolve("source.args")));
    assertEquals(options + target + "|", Files.readString(folder.resolve("target.args")));
  }

  @Test
  void aWrapperCanGiveTheEndpointAnotherImage() throws IOException {
    Path snapshot = new Images(folder).random("snapshot.img", 200_000);
    sourceWrapper.before("set -- \"$1\" \"$2\" \"$3\" \"$4\" " + Shell.quote(snapshot));
    wrapped().run().succeeded();
    assertEqual(snapshot, target);
  }

  @Test
  void aMissingSourceNeverStartsTheTargetsWrapper() throws IOException {
    source = folder.resolve("missing.img");
    wrapped().run().failed(source.toString(), "No such file or directory");
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(List.of(), targetWrapper.log());
  }

  @Test
  void theSourcesWrapperHasCleanedUpWhenTheTargetFails() throws IOException {
    target = folder.resolve("missing/target.img");
    sourceWrapper.slowly();
    wrapped().run().failed(target.toString(), "No such file or directory");
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
  }

  @Test
  void aSourcesWrapperThatFailsBeforeMakesTheRunFailWithItsStatus() throws IOException {
    sourceWrapper.before("echo no room for a snapshot >&2; exit 3");
    Result result = wrapped().run().failed("3");
    assertTrue(result.errors().contains("no room for a snapshot\n"), result.description());
    assertEquals(List.of(), targetWrapper.log());
    assertFalse(Files.exists(target));
  }

  @Test
  void aTargetsWrapperThatFailsBeforeMakesTheRunFailWithItsStatus() throws IOException {
    sourceWrapper.slowly();
    targetWrapper.before("echo no such volume >&2; exit 4");
    Result result = wrapped().run().failed("4");
    assertTrue(result.errors().contains("no such volume\n"), result.description());
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    assertFalse(Files.exists(target));
  }

  @Test
  void aWrapperThatFailsAfterwardsMakesTheRunFailWithItsStatus() throws IOException {
    sourceWrapper.after("echo cannot remove the snapshot >&2").status(5);
    Result result = wrapped().run().ended(1);
    assertTrue(result.error().contains("5"), result.description());
    assertTrue(result.errors().contains("cannot remove the snapshot\n"), result.description());
    assertEqual(source, target);
    sourceWrapper.status(0);
    targetWrapper.status(6);
    assertTrue(wrapped().run().ended(1).error().contains("6"));
  }

  @Test
  void aWrapperThatNeverStartsTheEndpointMakesTheRunFail() throws IOException {
    sourceWrapper.before("exit 0");
    wrapped().run().failed().saidNothingElse();
    sourceWrapper.before("");
    targetWrapper.before("exit 0");
    wrapped().run().failed().saidNothingElse();
    assertFalse(Files.exists(target));
  }

  @Test
  void whatAWrapperPrintsBeforeTheEndpointIsShownWithAHint() throws IOException {
    sourceWrapper.before("echo 'Logical volume \"snap\" created.'");
    wrapped().run().failed("Logical volume \"snap\" created.", ">&2").saidNothingElse();
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    sourceWrapper.before("");
    targetWrapper.before("echo hello");
    wrapped().run().failed("hello", ">&2").saidNothingElse();
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
    assertFalse(Files.exists(target));
  }

  @Test
  void whatAWrapperPrintsAfterTheEndpointIsIgnored() throws IOException {
    sourceWrapper.after("echo 'Logical volume \"snap\" removed.'");
    targetWrapper.after("head -c 1000000 /dev/zero");
    wrapped().run().succeeded();
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
    assertEqual(source, target);
  }

  @Test
  void aBackgroundChildThatHoldsThePipesDoesNotHoldTheRun() throws IOException {
    sourceWrapper.before("sleep 50 &");
    targetWrapper.before("sleep 50 &");
    long start = System.nanoTime();
    try (Running running = wrapped().start()) {
      running.awaitAlone().succeeded();
    }
    assertTrue(System.nanoTime() - start < 20_000_000_000L);
    assertEqual(source, target);
  }

  @Test
  void aLongCleanUpIsWaitedForAndSaidSo() throws IOException {
    targetWrapper.after("sleep 7");
    Result result = wrapped().run().ended(0);
    assertEquals(Wrapper.cleanedUpOnce(), targetWrapper.log());
    assertTrue(result.errors().contains("wait"), result.description());
    assertEquals(1, result.errors().lines().count(), result.description());
  }

  @Test
  @Timeout(120)
  void aCleanUpThatNeverEndsAfterASuccessIsEndedByASignalToTheCoordinator() throws Exception {
    targetWrapper.after("sleep 600");
    try (Running running =
        wrapped().with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=6 -Diblocksync.kill=1").start()) {
      Await.until("the clean-up has begun", () -> targetWrapper.log().size() > 1);
      Await.pause(1000); // The coordinator has noticed the end of the protocol.
      running.signal("TERM");
      running.await().ended(143);
    }
    assertEquals(List.of("prepared", "cleaning"), targetWrapper.log());
  }

  @Test
  void aCommandIsSplitAsAShellSplitsWords() throws IOException {
    Path script = Files.createDirectory(folder.resolve("it's a")).resolve("wrapper $x");
    Files.move(sourceWrapper.write(), script);
    Program run = Program.iblocksync(source, target);
    // First the name of a file as it is, then words of which the file is one.
    run.with("IBLOCKSYNC_SOURCE_EXEC", script).run().succeeded();
    assertEquals(Wrapper.cleanedUpOnce(), sourceWrapper.log());
    String quoted = "nice -n 0 \"" + folder + "/it's\"\\ a/'wrapper $x'";
    run.with("IBLOCKSYNC_SOURCE_EXEC", quoted).run().succeeded();
    assertEquals(6, sourceWrapper.log().size());
    run.with("IBLOCKSYNC_SOURCE_EXEC", "'open").run().failed(2).saidNothingElse();
  }

  @Test
  void aCommandThatIsNotThereIsNamed() throws IOException {
    Program.iblocksync(source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", "no-such-serve")
        .run()
        .failed("no-such-serve")
        .saidNothingElse();
    Program.iblocksync(source, target)
        .with("IBLOCKSYNC_TARGET_EXEC", source)
        .run()
        .failed(source.toString());
    assertFalse(Files.exists(target));
  }

  @Test
  void aWrapperSeesTheCallersLocale() throws IOException {
    sourceWrapper.before("echo \"${LC_ALL-unset}|${LANG-unset}\" >>" + folder + "/locale");
    for (String locale : List.of("de_DE.ISO-8859-1", "C.UTF-8", "")) {
      wrapped().with("LC_ALL", locale).with("LANG", "C").run().succeeded();
    }
    wrapped()
        .bare("/usr/bin:/bin")
        .with("IBLOCKSYNC_SOURCE_EXEC", sourceWrapper.write())
        .run()
        .succeeded();
    assertEquals(
        List.of("de_DE.ISO-8859-1|C", "C.UTF-8|C", "|C", "unset|unset"),
        Files.readAllLines(folder.resolve("locale")));
  }

  @Test
  void theEndpointsBesideTheLauncherComeBeforeThoseOnThePath() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Path decoy = Files.writeString(elsewhere.resolve("iblocksync-serve"), "#!/bin/sh\nexit 9\n");
    assertTrue(decoy.toFile().setExecutable(true));
    Path link =
        Files.createSymbolicLink(elsewhere.resolve("sync"), Repository.script("iblocksync"));
    Program.shell("exec \"$@\"", link, source, target)
        .with("PATH", elsewhere + ":/usr/bin:/bin")
        .run()
        .succeeded();
    assertEqual(source, target);
  }
}
