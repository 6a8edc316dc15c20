package io.iblocksync.cli;

import static io.iblocksync.cli.it.Images.assertEqual;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Signatures;
import io.iblocksync.cli.it.Wrapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked before a target is overwritten that holds something else than the source. */
@Timeout(60)
class SignatureIT {
  private static final String UUID_A = "11111111-aaaa-4444-8888-000000000001";
  private static final String UUID_B = "22222222-bbbb-4444-8888-000000000002";

  @TempDir Path folder;
  private Images images;
  private Signatures signatures;

  @BeforeEach
  void makeImages() {
    images = new Images(folder);
    signatures = new Signatures(images);
  }

  private Path image(String kind) throws IOException {
    return switch (kind) {
      case "ext4" -> signatures.ext4("ext4.img", UUID_A);
      case "swap" -> signatures.swap("swap.img", UUID_B);
      case "crypto_LUKS" -> signatures.luks("luks.img");
      case "gpt" -> signatures.gpt("gpt.img", UUID.fromString(UUID_A));
      case "several" -> signatures.ambivalent("several.img");
      default -> throw new IllegalArgumentException(kind);
    };
  }

  /** Without a terminal that is a refusal. */
  private void assertAsked(Path source, Path target, String... texts) throws IOException {
    Path before = images.copy(target, "before.img");
    Program.iblocksync(source, target).run().failed(texts).failed("use -f to").saidNothingElse();
    assertEqual(before, target);
  }

  @ParameterizedTest
  @ValueSource(strings = {"crypto_LUKS", "several"})
  void aSourceWithoutAnySignatureIsNotWrittenOverOneThatHasOneNotEvenWithForce(String kind)
      throws IOException {
    Path target = image(kind);
    Path before = images.copy(target, "before.img");
    Path zeros = images.zeros("zeros.img", Files.size(target));
    Program.iblocksync("-f", zeros, target)
        .run()
        .failed(kind, "no signature", "--force-empty")
        .saidNothingElse();
    assertEqual(before, target);
  }

  @Test
  void swappedArgumentsDoNotOverwriteTheSourceWithATargetThatWasJustMade() throws IOException {
    Path source = image("ext4");
    Path before = images.copy(source, "before.img");
    Path target = images.zeros("target.img", Files.size(source));
    Program.iblocksync(target, source).run().failed("--force-empty", UUID_A).saidNothingElse();
    assertEqual(before, source);
    Program.iblocksync(source, target).run().succeeded();
    assertEqual(source, target);
  }

  @Test
  void aSourceWithoutAnySignatureIsWrittenOverOneIfJustThatIsForced() throws IOException {
    Path target = image("ext4");
    Path source = images.random("random.img", (int) Files.size(target));
    Program.iblocksync("--force-empty", source, target).run().forced();
    assertEqual(source, target);
  }

  @Test
  void anotherKindOfContentIsAskedAbout() throws IOException {
    Path source = image("swap");
    Path target = image("ext4");
    assertAsked(source, target, "swap", UUID_B, "ext4", UUID_A);
    Result typed = Program.iblocksync(source, target).typed("\n").run().failed("not confirmed");
    assertTrue(typed.says("Continue? [y/N] "), typed.description());
    Program.iblocksync("-f", source, target).run().forced();
    assertEqual(source, target);
  }

  @Test
  void aFileSystemIsNotWrittenOverAPartitionTableUnasked() throws IOException {
    assertAsked(image("ext4"), image("gpt"), "ext4", "gpt", UUID_A);
  }

  @Test
  void aDiskIsNotWrittenOverAnotherDiskUnasked() throws IOException {
    Path source = signatures.gpt("other.img", UUID.fromString(UUID_B));
    assertAsked(source, image("gpt"), "gpt");
  }

  @Test
  void anOlderStateOfTheSameDiskIsNotAskedAbout() throws IOException {
    Path target = image("gpt");
    Path source = images.copy(target, "source.img");
    images.change(source, 4096, 300, 400);
    Program.iblocksync(source, target).run().succeeded();
    assertEqual(source, target);
  }

  @Test
  void aTargetWithSeveralSignaturesIsAskedAboutIfTheSourceHasOne() throws IOException {
    Path target = image("several");
    Path source = images.copy(target, "source.img");
    // The ext4 of the two is gone.
    Images.write(source, new byte[4096]);
    assertAsked(source, target, "btrfs", "several");
  }

  @Test
  void whereBlkidFailsAWarningTellsThatTheCheckWasLeftOut() throws IOException {
    Path target = image("ext4");
    Path source = image("swap");
    Path blkid = Files.writeString(folder.resolve("blkid"), "#!/bin/sh\nexit 4\n");
    assertTrue(blkid.toFile().setExecutable(true));
    Result result = Program.iblocksync(source, target).finding(folder).run().forced();
    assertTrue(result.says("not compared"), result.description());
    assertTrue(result.says("blkid ended with status 4"), result.description());
    assertEqual(source, target);
  }

  @Test
  void whereBlkidFailsABlankTargetIsNotWarnedAbout() throws IOException {
    Path source = image("swap");
    Path target = images.zeros("target.img", Files.size(source));
    Path blkid = Files.writeString(folder.resolve("blkid"), "#!/bin/sh\nexit 4\n");
    assertTrue(blkid.toFile().setExecutable(true));
    Program.iblocksync(source, target).finding(folder).run().succeeded();
    assertEqual(source, target);
  }

  @Test
  void endpointsInProcessesOfTheirOwnTellWhatTheirImagesHold() throws IOException {
    Path target = image("ext4");
    Path source = images.zeros("zeros.img", Files.size(target));
    Program.iblocksync("-f", source, target)
        .with("IBLOCKSYNC_SOURCE_EXEC", Wrapper.ofSource(folder).write())
        .with("IBLOCKSYNC_TARGET_EXEC", Wrapper.ofTarget(folder).write())
        .run()
        .failed("ext4", "--force-empty");
  }
}
