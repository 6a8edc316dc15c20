package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Help, versions, usage errors and exit statuses of the three programs. */
@Timeout(60)
class CommandLineIT {
  @TempDir Path folder;

  @Tag("smoke")
  @ParameterizedTest
  @ValueSource(strings = {"iblocksync", "iblocksync-serve", "iblocksync-receive"})
  void helpAndVersionGoToStandardOutputAndEndWithZero(String program) throws IOException {
    Result help = Program.script(program, "--help").run().ended(0);
    assertTrue(help.output().startsWith("usage: " + program + " "), help.description());
    assertEquals("", help.errors());
    for (String line : help.output().lines().toList()) {
      assertTrue(line.length() <= 80, line);
    }
    Result version = Program.script(program, "--version").run().ended(0);
    assertTrue(version.output().startsWith(program + " 2.2.0"), version.description());
    assertTrue(version.output().contains("Copyright (C) 2017-2022"), version.description());
    assertEquals("", version.errors());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "only-one",
        "one two three",
        "--no-such-option a b",
        "-a sha4 a b",
        "-a '' a b",
        "-b 0 a b",
        "-b -1 a b",
        "-b 1.5 a b",
        "-b many a b",
        "-b 1025M a b",
        "-b 1E a b",
        "-b a b",
        "-p bar a b",
        "a ''",
        "'' b",
        "-evil:/a b",
        "a ssh://-evil/b",
        "a -u@host:b",
        ":b a",
        "a ssh://host:port/b",
        "a ssh://host:70000/b",
        "a '[::1:b'",
      })
  void aUsageErrorIsOneLineAndEndsWithTwo(String arguments) throws IOException {
    String launcher = Shell.quote(Repository.script("iblocksync"));
    Program.shell("exec " + launcher + " " + arguments)
        .in(folder)
        .run()
        .failed(2)
        .saidNothingElse();
    try (var made = Files.list(folder)) {
      assertEquals(0, made.count());
    }
  }

  @Test
  void theTextOfAUsageErrorSaysWhatIsWrong() throws IOException {
    Program.iblocksync("-a", "sha4", "a", "b").run().failed(2, "sha4");
    Program.iblocksync("-b", "2Q", "a", "b").run().failed(2, "2Q");
    Program.iblocksync("-p", "bar", "a", "b").run().failed(2, "bar");
    Program.iblocksync("--frob", "a", "b").run().failed(2, "--frob");
    Program.iblocksync("a", "b", "third").run().failed(2, "third");
  }

  @Test
  void theLargestBlockSizeWorks() throws IOException {
    Images images = new Images(folder);
    Path source = images.random("source.img", 100_000);
    Program.iblocksync("-b", "1G", source, images.path("target.img")).run().succeeded();
    Images.assertEqual(source, images.path("target.img"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void anEndpointStartedByHandOnATerminalSaysSoAndEndsWithTwo(String program) throws IOException {
    Path image = new Images(folder).random("image", 10);
    Result result = Program.script(program, image).onTerminal("").run().ended(2);
    assertTrue(result.output().contains(program + ": error: "), result.description());
    assertTrue(result.output().contains(program + " --help"), result.description());
    assertEquals(1, result.output().strip().lines().count(), result.description());
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void anEndpointWhoseInputEndsAtOnceFailsAndChangesNothing(String program) throws IOException {
    Path image = folder.resolve("missing.img");
    Result result =
        Program.shell(
                "true | \"$@\"",
                Repository.script(program),
                "--block",
                4096,
                "--algo",
                "sha1",
                image)
            .run()
            .ended(1);
    assertEquals("", result.output() + result.errors());
    assertFalse(Files.exists(image));
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void anEndpointWithoutInputSaysThatItIsNotStartedByHand(String program) throws IOException {
    Path image = new Images(folder).random("image", 10);
    Program.shell("\"$@\" </dev/null", Repository.script(program), image)
        .run()
        .failed(2, "not started by hand", "/dev/null", program + " --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"iblocksync-serve", "iblocksync-receive"})
  void anEndpointsUsageErrorEndsWithTwo(String program) throws IOException {
    for (String option : new String[] {"--block=0", "--algo=sha4", "--frob"}) {
      Result result = Program.script(program, option, "/dev/null").run().ended(2);
      assertTrue(result.errors().startsWith(program + ": error: "), result.description());
      assertEquals(1, result.errors().strip().lines().count(), result.description());
      assertEquals("", result.output());
    }
    assertEquals(2, Program.script(program).run().status());
  }
}
