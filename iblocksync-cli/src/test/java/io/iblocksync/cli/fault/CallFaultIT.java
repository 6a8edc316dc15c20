package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Shell;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * System calls of an endpoint that fail, on its image and on its standard input and output, once or
 * every time: the run ends with success and equal images, or with one line.
 *
 * <p>A few of them here; all of them, which takes a quarter of an hour, with {@code mvn verify
 * -Dit.test=CallFaultIT -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false
 * -Dfailsafe.failIfNoSpecifiedTests=false -Dcalls.all=true}.
 */
@Timeout(120)
class CallFaultIT {
  private static final int SIZE = 3 << 20;

  /** Where a call fails. */
  private enum Place {
    IMAGE,
    INPUT,
    OUTPUT
  }

  /**
   * A call that fails.
   *
   * @param when which calls fail, as strace takes it; empty for all
   */
  private record Fault(
      Victim side, Place place, String call, String error, String when, boolean isNew) {
    String injection() {
      return call + ":error=" + error + (when.isEmpty() ? "" : ":when=" + when);
    }
  }

  @TempDir Path folder;
  private Images images;
  private Path source;
  private Path target;

  private static Stream<Fault> faults() {
    return Boolean.getBoolean("calls.all") ? allFaults().stream() : someFaults();
  }

  private static Stream<Fault> someFaults() {
    return Stream.of(
        new Fault(Victim.SOURCE, Place.IMAGE, "pread64", "EAGAIN", "", true),
        new Fault(Victim.SOURCE, Place.IMAGE, "pread64", "EAGAIN", "3", false),
        new Fault(Victim.SOURCE, Place.IMAGE, "pread64", "EIO", "2", true),
        new Fault(Victim.TARGET, Place.IMAGE, "pwrite64", "EAGAIN", "", false),
        new Fault(Victim.TARGET, Place.IMAGE, "pwrite64", "ENOSPC", "5", false),
        new Fault(Victim.TARGET, Place.IMAGE, "openat", "EMFILE", "", true),
        new Fault(Victim.TARGET, Place.IMAGE, "close", "EIO", "", false),
        new Fault(Victim.TARGET, Place.INPUT, "read", "EAGAIN", "2+2", true),
        new Fault(Victim.TARGET, Place.INPUT, "read", "EIO", "2", true),
        new Fault(Victim.SOURCE, Place.OUTPUT, "write", "EAGAIN", "1+2", true),
        new Fault(Victim.TARGET, Place.OUTPUT, "write", "EAGAIN", "", false));
  }

  private static List<Fault> allFaults() {
    List<Fault> all = new ArrayList<>();
    List<String> ofBoth =
        List.of(
            "pread64 EIO EAGAIN EINTR ENOMEM EINVAL",
            "openat EMFILE ENFILE EACCES ENOENT EIO ENOMEM ELOOP EINTR",
            "statx EIO EACCES ENOMEM",
            "newfstatat EIO EACCES ENOMEM",
            "fadvise64 EIO ENOSYS",
            "close EIO EINTR",
            "lseek EIO EINVAL ENXIO",
            "read EIO");
    List<String> ofTarget =
        List.of(
            "pwrite64 EIO EAGAIN EINTR ENOSPC EDQUOT EFBIG EROFS",
            "fsync EIO ENOSPC EDQUOT EINTR",
            "ftruncate EIO EPERM EINTR",
            "fallocate EIO ENOSPC EOPNOTSUPP EINTR",
            "readlink EIO EACCES",
            "statfs EIO",
            "fstatfs EIO",
            "mmap ENOMEM EAGAIN ENODEV",
            "fcntl EIO EAGAIN ENOLCK");
    for (Victim side : new Victim[] {Victim.SOURCE, Victim.TARGET}) {
      List<String> calls = new ArrayList<>(ofBoth);
      calls.addAll(side == Victim.TARGET ? ofTarget : List.of());
      for (String line : calls) {
        String[] words = line.split(" ");
        for (int i = 1; i < words.length; i++) {
          // The JDK makes a call that was interrupted again, as often as that happens.
          for (String when : new String[] {words[i].equals("EINTR") ? "1+2" : "", "1", "2"}) {
            all.add(new Fault(side, Place.IMAGE, words[0], words[i], when, i % 2 == 0));
          }
        }
      }
      for (String error : new String[] {"EIO", "EAGAIN", "EINTR", "EBADF"}) {
        for (String when : new String[] {"1", "2", "5", "1+2"}) {
          all.add(new Fault(side, Place.INPUT, "read", error, when, true));
          all.add(new Fault(side, Place.OUTPUT, "write", error, when, false));
        }
      }
      all.add(new Fault(side, Place.INPUT, "read", "EAGAIN", "", false));
      all.add(new Fault(side, Place.INPUT, "read", "EAGAIN", "2+", true));
      all.add(new Fault(side, Place.OUTPUT, "write", "EAGAIN", "", false));
      all.add(new Fault(side, Place.OUTPUT, "write", "EAGAIN", "2+", true));
    }
    return all;
  }

  private void makeImages(boolean isNew) throws IOException {
    images = new Images(folder);
    source = images.random("source.img", SIZE);
    try (FileChannel channel = FileChannel.open(source, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(SIZE / 4), SIZE / 2);
    }
    target = isNew ? folder.resolve("target.img") : images.random("target.img", SIZE + 5000);
  }

  /** An endpoint in which the call fails, to be used as EXEC. */
  private Path endpoint(Fault fault) throws IOException {
    Commands.need("strace", "strace", "-f", "-o", "/dev/null", "true");
    Path image = fault.side() == Victim.SOURCE ? source : target;
    String path =
        switch (fault.place()) {
          case IMAGE -> Shell.quote(image);
          case INPUT -> "\"$(readlink /proc/$$/fd/0)\"";
          case OUTPUT -> "\"$(readlink /proc/$$/fd/1)\"";
        };
    return script(
        "exec strace -f --seccomp-bpf -q -o /dev/null -P "
            + path
            + " -e trace="
            + fault.call()
            + " -e inject="
            + fault.injection()
            + " "
            + program(fault.side())
            + " \"$@\"");
  }

  private static String program(Victim side) {
    String name = side == Victim.SOURCE ? "iblocksync-serve" : "iblocksync-receive";
    return Shell.quote(Repository.script(name));
  }

  private Path script(String command) throws IOException {
    Path script = folder.resolve("endpoint");
    Files.writeString(script, "#!/bin/sh\n" + command + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return script;
  }

  private static String variable(Victim side) {
    return "IBLOCKSYNC_" + side + "_EXEC";
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aCallThatFailsEndsInEqualImagesOrInOneLine(Fault fault) throws IOException {
    makeImages(fault.isNew());
    Program program =
        Program.iblocksync("-b", "64K", "-f", "--sparse", "--timeout", "3", source, target)
            .with("IBLOCKSYNC_JAVA_OPTS", "-Diblocksync.term=2 -Diblocksync.kill=1")
            .with(variable(fault.side()), endpoint(fault));
    if (Boolean.getBoolean("calls.all")) {
      program.and("--verify");
    }
    Result result = program.run();
    if (Boolean.getBoolean("calls.all")) {
      System.out.println(fault + ": " + result.status() + " " + result.errors().strip());
    }
    if (result.status() == 0) {
      Images.assertEqual(source, target);
      return;
    }
    assertEquals(1, result.status(), result.description());
    result.error();
    if (fault.isNew()) {
      assertFalse(Files.exists(target) && isBlank(), () -> "left blank by " + result.description());
    }
    Program.iblocksync("-f", "-b", "64K", source, target).run().ended(0);
    Images.assertEqual(source, target);
  }

  private boolean isBlank() throws IOException {
    for (byte value : Files.readAllBytes(target)) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  @Test
  void anImageOfWhichReadsBringNothingIsNamedAndSoIsTheByte() throws IOException {
    makeImages(true);
    Program.iblocksync("--timeout", "3", source, target)
        .injecting("pread64:error=EAGAIN", source)
        .run()
        .failed(source + ": no byte can be read, and no error is reported (at byte ");
    assertFalse(Files.exists(target));
  }

  /** As when ssh or another program sets that mode for all who have the same pipe. */
  @ParameterizedTest
  @ValueSource(strings = {"SOURCE", "TARGET"})
  void standardInputAndOutputMayBeInNonBlockingMode(Victim side) throws IOException {
    Commands.need("perl", "perl", "-MFcntl", "-e", "1");
    makeImages(false);
    String set = "fcntl($_, F_SETFL, fcntl($_, F_GETFL, 0) | O_NONBLOCK) for *STDIN, *STDOUT;";
    Path script =
        script("exec perl -MFcntl -e '" + set + " exec @ARGV' " + program(side) + " \"$@\"");
    Program.iblocksync("-f", "-b", "4K", source, target)
        .with(variable(side), script)
        .run()
        .forced();
    Images.assertEqual(source, target);
  }

  @Test
  void theSummaryIsPrintedToAPipeInNonBlockingMode() throws IOException {
    Commands.need("perl", "perl", "-MFcntl", "-e", "1");
    makeImages(true);
    // The pipe is full when the summary comes, until its reader begins.
    String perl =
        "fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); 1 while syswrite(STDOUT, \".\" x 512);"
            + " exec @ARGV";
    Result result =
        Program.shell(
                "perl -MFcntl -e '" + perl + "' \"$@\" | { sleep 2; tr -d .; }",
                Repository.script("iblocksync"),
                source,
                target)
            .run()
            .ended(0);
    assertTrue(result.output().contains(" block"), result.description());
  }
}
