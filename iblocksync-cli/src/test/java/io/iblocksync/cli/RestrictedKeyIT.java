package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Sshd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The restricted key of WRAPPERS.md: it opens one image, whatever its owner asks for. */
@Timeout(60)
class RestrictedKeyIT {
  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path other;
  private Path target;

  @BeforeEach
  void makeImages() throws IOException {
    images = new Images(folder);
    source = images.random("source.img", 3_000_000);
    other = images.random("other.img", 3_000_000);
    target = images.path("target.img");
  }

  /** The options of the line in WRAPPERS.md, for this image. */
  private String restricted(Path image) throws IOException {
    String page = Files.readString(Repository.script("WRAPPERS.md"));
    Matcher line =
        Pattern.compile("(?m)^(restrict,command=\".*\") ssh-ed25519 AAAA.*$").matcher(page);
    assertTrue(line.find());
    assertTrue(line.group(1).contains(" /dev/vg0/data\""), line.group(1));
    return line.group(1).replace("/dev/vg0/data", image.toString());
  }

  @Test
  void aRestrictedKeySyncsTheImageOfItsLine() throws IOException {
    try (Sshd sshd = new Sshd(folder)) {
      String rsh = sshd.rshRestricted(restricted(source));
      Program.iblocksync("there:" + source, target)
          .with("IBLOCKSYNC_SOURCE_RSH", rsh)
          .run()
          .ended(0);
      Images.assertEqual(source, target);
    }
  }

  @Test
  void anotherPathLeadsToTheImageOfTheLine() throws IOException {
    try (Sshd sshd = new Sshd(folder)) {
      String rsh = sshd.rshRestricted(restricted(source));
      Program.iblocksync("there:" + other, target)
          .with("IBLOCKSYNC_SOURCE_RSH", rsh)
          .run()
          .ended(0);
      Images.assertEqual(source, target);
    }
  }

  @Test
  void aRunWithOtherArgumentsThanTheLineFails() throws IOException {
    try (Sshd sshd = new Sshd(folder)) {
      String rsh = sshd.rshRestricted(restricted(source));
      Program.iblocksync("-b", "64K", "there:" + source, target)
          .with("IBLOCKSYNC_SOURCE_RSH", rsh)
          .run()
          .failed("works with blocks of 1048576 bytes and sha1, expected 65536 and sha1");
      assertFalse(Files.exists(target));
    }
  }
}
