package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked at a terminal, and what happens where there is none. */
@Timeout(60)
class ConfirmationsIT {
  private static final String UUID_A = "11111111-aaaa-4444-8888-000000000001";
  private static final String UUID_B = "22222222-bbbb-4444-8888-000000000002";

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;
  private Path before;

  @BeforeEach
  void makeImagesOfDifferentSizes() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", 50_000);
    target = images.random("target.img", 60_000);
    before = images.copy(target, "before.img");
  }

  @Tag("smoke")
  @Test
  void withoutATerminalDifferentSizesAreRefusedInOneLine() throws IOException {
    Program.iblocksync(source, target).run().failed("-f", "50000", "60000").saidNothingElse();
    assertEqual(before, target);
  }

  @Test
  void withForceDifferentSizesAreNotAskedAbout() throws IOException {
    Result result = Program.iblocksync("-f", source, target).typed("n\n").run().ended(0);
    assertTrue(!result.says("["), result.description());
    assertEqual(source, target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", "yes\n", "Y\n"})
  void yesAcceptsDifferentSizes(String answer) throws IOException {
    Program.iblocksync(source, target).typed(answer).run().ended(0);
    assertEqual(source, target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"n\n", "No\n", "\n", ""})
  void noOrNothingButEnterOrTheEndOfInputDeclinesDifferentSizes(String answer) throws IOException {
    Program.iblocksync(source, target).typed(answer).run().failed();
    assertEqual(before, target);
  }

  @Test
  void theQuestionNamesBothSizesAndIsSeenOnTheTerminal() throws IOException {
    Result result = Program.iblocksync(source, target).onTerminal("n\n").run().ended(1);
    assertTrue(result.says("50000") && result.says("60000"), result.description());
    assertEqual(before, target);
  }

  @Test
  void anAnswerThatIsNoneIsAskedForAgain() throws IOException {
    Program.iblocksync(source, target).typed("perhaps\nn\n").run().failed();
    assertEqual(before, target);
    Program.iblocksync(source, target).typed("perhaps\ny\n").run().ended(0);
    assertEqual(source, target);
  }

  @Test
  void theAnswerIsTakenFromStandardInputOnlyIfThatIsATerminal() throws IOException {
    Program.shell("echo y | exec \"$@\"", Repository.script("iblocksync"), source, target)
        .run()
        .failed("-f");
    assertEqual(before, target);
  }

  @Test
  void fileSystemsWithDifferentUuidsAreAskedAbout() throws IOException {
    Path one = fileSystem("one.img", UUID_A);
    Path other = fileSystem("other.img", UUID_B);
    Path otherBefore = images.copy(other, "other-before.img");
    Program.iblocksync(one, other).run().failed(UUID_A, UUID_B, "-f").saidNothingElse();
    Program.iblocksync(one, other).typed("n\n").run().failed();
    assertEqual(otherBefore, other);
    Program.iblocksync(one, other).typed("y\n").run().ended(0);
    assertEqual(one, other);
  }

  @Test
  void fileSystemsWithTheSameUuidAreNotAskedAbout() throws IOException {
    Path one = fileSystem("one.img", UUID_A);
    Path same = fileSystem("same.img", UUID_A);
    images.change(one, 4096, 200, 300);
    Program.iblocksync(one, same).run().succeeded();
    assertEqual(one, same);
  }

  @Test
  void aTargetWithoutAnyUuidIsNotAskedAbout() throws IOException {
    Path one = fileSystem("one.img", UUID_A);
    Path blank = images.random("blank.img", (int) Files.size(one));
    Program.iblocksync(one, blank).run().succeeded();
    assertEqual(one, blank);
  }

  @Test
  void withForceDifferentUuidsAreNotAskedAbout() throws IOException {
    Path one = fileSystem("one.img", UUID_A);
    Path other = fileSystem("other.img", UUID_B);
    Program.iblocksync("-f", one, other).run().forced();
    assertEqual(one, other);
  }

  private Path fileSystem(String name, String uuid) throws IOException {
    Path image = images.zeros(name, 2 << 20);
    Commands.run("mkfs.ext4", "-q", "-O", "^has_journal", "-U", uuid, image.toString());
    return image;
  }
}
