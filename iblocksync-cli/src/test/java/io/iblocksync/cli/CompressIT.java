package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.LocalShell;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compression of what crosses to another machine. */
@Timeout(120)
class CompressIT {
  private static final int SIZE = 3_000_000;

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;
  private LocalShell shell;

  @BeforeEach
  void makeImages() throws IOException {
    images = new Images(folder);
    target = images.path("target.img");
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < SIZE; i++) {
      text.append(i).append(' ');
    }
    source = Files.writeString(images.path("source.img"), text);
    shell = new LocalShell(folder);
  }

  @Test
  void aRemoteTargetReceivesFewerBytes() throws IOException {
    Result result = sync(source.toString(), "host:" + target).succeeded();
    assertEquals("", result.errors());
    Images.assertEqual(source, target);
    assertTrue(shell.sent() < SIZE / 2, shell.sent() + " bytes");
  }

  @Test
  void aRemoteSourceSendsFewerBytes() throws IOException {
    sync("host:" + source, target.toString()).succeeded();
    Images.assertEqual(source, target);
    assertTrue(shell.received() < SIZE / 2, shell.received() + " bytes");
  }

  @Test
  void whatCannotBeCompressedGoesAsItIs() throws IOException {
    source = images.random("random.img", SIZE);
    sync(source.toString(), "host:" + target).succeeded();
    Images.assertEqual(source, target);
    assertTrue(shell.sent() > SIZE && shell.sent() < SIZE + 10_000, shell.sent() + " bytes");
  }

  @Test
  void whatWasCompressedAndHasNoCounterpartIsVerified() throws IOException {
    Images.assertEqual(source, verified());
    Files.write(target, new byte[100_000]);
    Images.assertEqual(source, verified());
  }

  private Path verified() throws IOException {
    Result result =
        Program.iblocksync("-z", "--verify", "-f", source, "host:" + target)
            .with("IBLOCKSYNC_TARGET_RSH", shell.script())
            .run()
            .ended(0);
    assertTrue(result.output().endsWith("; verified\n"), result.description());
    return target;
  }

  @Test
  void betweenImagesOfOneMachineNothingIsCompressedAndVerboseSaysSo() throws IOException {
    Result result = Program.iblocksync("-v", "-z", source, target).run().ended(0);
    Images.assertEqual(source, target);
    assertTrue(result.errors().contains("INFO nothing is compressed: "), result.description());
  }

  @Test
  void aSideWhoseLibraryCannotBeLoadedCompressesNothingAndIsNamed() throws IOException {
    Path app = copyOfTheProgram();
    for (String change :
        List.of(
            "rm -r lib/iblocksync/native/zstd",
            "truncate -s 100000 lib/iblocksync/native/zstd/*/libzstd-jni.so")) {
      for (String role : List.of("serve", "receive")) {
        Files.deleteIfExists(target);
        Commands.run("sh", "-c", "cp -R \"$0\" \"$0-broken\"", app.toString());
        Path broken = folder.resolve("app-broken");
        Commands.run("sh", "-c", "cd \"$0\" && " + change, broken.toString());
        String options = "IBLOCKSYNC_JAVA_OPTS=-Djava.io.tmpdir=/proc ";
        String command = options + Shell.quote(broken.resolve("bin/iblocksync-" + role));
        String variable = role.equals("serve") ? "SOURCE" : "TARGET";
        Result result =
            Program.iblocksync("-z", "host:" + source, "host:" + target)
                .with("IBLOCKSYNC_SOURCE_RSH", shell.script())
                .with("IBLOCKSYNC_TARGET_RSH", new LocalShell(directory(role)).script())
                .with("IBLOCKSYNC_" + variable + "_EXEC", command)
                .run()
                .ended(0);
        Images.assertEqual(source, target);
        String side = "iblocksync-" + role + " at host:" + (role.equals("serve") ? source : target);
        assertTrue(
            result
                .errors()
                .endsWith(
                    ": WARNING: nothing is compressed: "
                        + side
                        + " cannot load its library libzstd-jni.so\n"),
            result.description());
        assertEquals(1, result.errors().lines().count(), result.description());
        Commands.run("rm", "-r", broken.toString());
      }
    }
  }

  @Test
  void aLibraryWhereNothingCanBeExecutedIsNotOffered() throws IOException {
    assumeTrue(Repository.isRoot(), "only the superuser mounts");
    Path app = copyOfTheProgram();
    Path mounted = Files.createDirectory(folder.resolve("mounted"));
    Commands.need("mount", "mount", "-t", "tmpfs", "-o", "noexec", "noexec", mounted.toString());
    try {
      Commands.run("cp", "-R", app + "/lib", app + "/bin", mounted.toString());
      String command = "sh " + Shell.quote(mounted.resolve("bin/iblocksync-receive"));
      Result result =
          Program.iblocksync("-z", source, "host:" + target)
              .with("IBLOCKSYNC_TARGET_RSH", shell.script())
              .with("IBLOCKSYNC_TARGET_EXEC", command)
              .run()
              .ended(0);
      assertTrue(result.errors().contains(" cannot load its library "), result.description());
      Images.assertEqual(source, target);
    } finally {
      Commands.run("umount", mounted.toString());
    }
  }

  @Test
  void aSourceThatFailsToLoadWhatItOfferedSendsAllAsItIs() throws IOException {
    Path app = copyOfTheProgram();
    // Whole by its headers.
    Commands.run(
        "sh",
        "-c",
        "for f in \"$0\"/lib/iblocksync/native/zstd/*/*; do"
            + " dd if=/dev/zero of=\"$f\" bs=64 seek=1 count=9 conv=notrunc status=none; done",
        app.toString());
    Result result =
        Program.iblocksync("-z", "host:" + source, target)
            .with("IBLOCKSYNC_SOURCE_RSH", shell.script())
            .with("IBLOCKSYNC_SOURCE_EXEC", Shell.quote(app.resolve("bin/iblocksync-serve")))
            .run()
            .ended(0);
    Images.assertEqual(source, target);
    assertTrue(
        result
            .errors()
            .contains("WARNING: iblocksync-serve on host: nothing is compressed: cannot load zstd"),
        result.description());
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  /** The program as an installed copy has it, as far as an endpoint needs it. */
  private Path copyOfTheProgram() throws IOException {
    Path app = folder.resolve("app");
    Commands.run(
        "sh",
        "-c",
        "mkdir -p \"$1/lib\" \"$1/bin\" && cp -R \"$0/../target/iblocksync\" \"$1/lib/\" &&"
            + " cp \"$0\"/lib/*.sh \"$1/lib/iblocksync/\" && rm -f \"$1\"/lib/iblocksync/*.[ja]?[at] &&"
            + " cp \"$0\"/iblocksync-serve \"$0\"/iblocksync-receive \"$1/bin/\"",
        Repository.scripts().toString(),
        app.toString());
    return app;
  }

  private Result sync(String from, String to) throws IOException {
    return Program.iblocksync("-z", from, to)
        .with("IBLOCKSYNC_SOURCE_RSH", shell.script())
        .with("IBLOCKSYNC_TARGET_RSH", shell.script())
        .run();
  }
}
