package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.TwoImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As cron starts it: no terminal, no HOME, a search path of two folders, no standard input. */
@Timeout(60)
class CronIT extends TwoImages {
  private static final String PATH = "/usr/bin:/bin";

  CronIT() {
    super(300_000);
  }

  @Tag("smoke")
  @Test
  void aRunLeavesTheSummaryAloneInItsLog() throws IOException {
    Path target = images.path("target.img");
    Program.iblocksync(source, target).bare(PATH).inputClosed().run().succeeded();
    assertEqual(source, target);
  }

  @Test
  void aQuestionIsARefusalInOneLine() throws IOException {
    Path target = images.random("target.img", 200_000);
    Path before = images.copy(target, "before.img");
    Program.iblocksync(source, target)
        .bare(PATH)
        .inputClosed()
        .run()
        .failed("-f")
        .saidNothingElse();
    assertEqual(before, target);
  }

  @Tag("smoke")
  @Test
  void aNameInUtf8WorksWithoutAnyLocale() throws IOException {
    Path target = images.path("bäckup.img");
    Program.iblocksync(source, target).bare(PATH).inputClosed().run().succeeded();
    assertEqual(source, target);
    Path back = images.path("zurück ☃.img");
    Program.iblocksync(target, back).bare(PATH).with("LC_ALL", "C").run().succeeded();
    assertEqual(source, back);
  }

  @Test
  void aNameThatIsNotUtf8IsRefusedInOneLine() throws IOException {
    String run = "exec \"$1\" \"$2\" \"$(printf 'b\\344ckup.img')\"";
    for (String locale : new String[] {"C", "C.UTF-8"}) {
      Program.shell(run, Repository.script("iblocksync"), source)
          .bare(PATH)
          .with("LC_ALL", locale)
          .in(folder)
          .run()
          .failed(2, "UTF-8")
          .saidNothingElse();
    }
    try (var files = Files.list(folder)) {
      assertEquals(1, files.count());
    }
  }

  @Test
  void theHomeIsThatOfTheUserDatabaseWhereTheEnvironmentHasNone() throws IOException {
    Path inHome =
        Files.createTempDirectory(Path.of(System.getProperty("user.home")), ".iblocksync");
    try {
      String target = inHome.getFileName() + "/target.img";
      Program.iblocksync(source, "~/" + target).bare(PATH).run().succeeded();
      assertEqual(source, inHome.resolve("target.img"));
    } finally {
      Files.deleteIfExists(inHome.resolve("target.img"));
      Files.delete(inHome);
    }
  }

  @Test
  void closedOutputsDoNotHarmTheTarget() throws IOException {
    Path target = images.path("target.img");
    Program.shell("exec \"$@\" <&- >&- 2>&-", Repository.script("iblocksync"), source, target)
        .bare(PATH)
        .run();
    assertEqual(source, target);
  }

  @Test
  void aTargetThatFailsIsSaidInOneLine() throws IOException {
    Program.iblocksync(source, images.path("missing/target.img"))
        .bare(PATH)
        .inputClosed()
        .run()
        .failed("No such file or directory")
        .saidNothingElse();
  }
}
