package io.iblocksync.cli.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.iblocksync.testing.Commands;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel run as a process (User-Mode Linux), with real device-mapper and LVM, whose files are
 * those of this machine, read-only. It runs the cases of one scenario, a shell script in {@code
 * src/test/guest}, whose functions with names that begin with {@code case_} are the cases; {@code
 * functions.sh} there has what they share. Its disk {@code /dev/ubda} is empty at the start.
 */
public final class Guest {
  private static final long DISK_BYTES = 512L << 20;
  private static final long MEMORY_BYTES = 1L << 30;
  private static final int PATIENCE_SECONDS = 900;
  private static final String PRELOADED = "xstate.so";
  private static final Pattern AMX = Pattern.compile("(?m)^flags\\b.* amx_tile\\b");
  private static final Pattern ALLOWED = Pattern.compile("(?m)^Cpus_allowed_list:\\s*(.*)$");
  private static final AtomicInteger BOOTS = new AtomicInteger();
  private static final Pattern CASE = Pattern.compile("(?m)^case_([a-z0-9_]+)\\(\\) \\{$");

  private final Path scenario;
  private final Path folder;
  private final FutureTask<Void> run = new FutureTask<>(this::boot);
  private volatile String console = "";

  /**
   * @param scenario the name of its file
   * @param folder an empty one, for its disk and its results
   */
  public Guest(String scenario, Path folder) {
    this.scenario = scripts().resolve(scenario);
    this.folder = folder;
  }

  private static Path scripts() {
    return Repository.scripts().resolveSibling("iblocksync-cli/src/test/guest");
  }

  /** The cases by their names, in the order in which they run. */
  public List<String> cases() throws IOException {
    return CASE.matcher(Files.readString(scenario)).results().map(m -> m.group(1)).toList();
  }

  /** Runs all cases, on a thread of its own; skips the test if what that needs is missing. */
  public void start() throws IOException {
    Commands.need("User-Mode Linux", "sh", "-c", "command -v linux.uml");
    Commands.need("LVM", "sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; command -v lvs modprobe");
    if (hasAmx()) {
      String source = scripts().resolve("xstate.c").toString();
      String library = folder.resolve(PRELOADED).toString();
      Commands.need(
          "compiler, which User-Mode Linux needs on a processor with AMX,",
          "cc",
          "-shared",
          "-fPIC",
          "-o",
          library,
          source);
    }
    Thread thread = new Thread(run, "guest");
    thread.setDaemon(true);
    thread.start();
  }

  /** Asserts that a case went well, when all have ended. */
  public void assertWell(String name) throws Exception {
    run.get();
    assertEnded("before_all");
    assertEnded("case_" + name);
  }

  private void assertEnded(String name) throws IOException {
    Path status = folder.resolve(name + ".status");
    String log = text(folder.resolve(name + ".log"));
    if (!Files.exists(status)) {
      fail(name + " has not ended in the guest\n" + log + "\n-- console\n" + console);
    }
    assertEquals("0", Files.readString(status).strip(), () -> name + "\n" + log);
  }

  private static String text(Path file) throws IOException {
    return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
  }

  /** One of the processors that this process may run on, in turn. */
  private static String processor() throws IOException {
    List<Integer> processors = new ArrayList<>();
    Matcher ranges = ALLOWED.matcher(Files.readString(Path.of("/proc/self/status")));
    assertTrue(ranges.find());
    for (String range : ranges.group(1).split(",")) {
      String[] ends = range.split("-");
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
        processors.add(i);
      }
    }
    return processors.get(BOOTS.getAndIncrement() % processors.size()).toString();
  }

  /** Whether the kernel needs what {@code xstate.c} does. */
  private static boolean hasAmx() throws IOException {
    return AMX.matcher(Files.readString(Path.of("/proc/cpuinfo"))).find();
  }

  private Void boot() throws IOException, InterruptedException {
    Path disk = folder.resolve("disk");
    try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "rw")) {
      file.setLength(DISK_BYTES);
    }
    Path log = folder.resolve("console");
    ProcessBuilder builder =
        new ProcessBuilder(
            // Other tests go on beside it, and some of them measure time.
            "nice",
            "setsid",
            // On one, the kernel and its processes hand over to each other a third faster.
            "taskset",
            "--cpu-list",
            processor(),
            "linux.uml",
            "mem=" + (MEMORY_BYTES >> 20) + "M",
            "root=none",
            "rootfstype=hostfs",
            "rootflags=/",
            "ro",
            "ubd0=" + disk,
            "con=null",
            "con0=null,fd:1",
            "umid=guest",
            "uml_dir=" + folder.resolve("uml"),
            "quiet",
            "panic=1",
            "init=" + scripts().resolve("init"),
            "WORK=" + folder,
            "SCENARIO=" + scenario.getFileName(),
            "SCRIPTS=" + Repository.scripts(),
            "CLASSES=" + Repository.testClasses(),
            "JAVA_HOME=" + Repository.javaHome());
    if (Files.getFileStore(Path.of("/dev/shm")).getUsableSpace() < 4 * MEMORY_BYTES) {
      builder.environment().put("TMPDIR", folder.toString());
    }
    if (Files.exists(folder.resolve(PRELOADED))) {
      builder.environment().put("LD_PRELOAD", folder.resolve(PRELOADED).toString());
    }
    Process process =
        builder
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        console = "(killed after " + PATIENCE_SECONDS + " s)\n";
      }
    } finally {
      // The kernel's helpers and the guest's processes are processes of its group.
      new ProcessBuilder("kill", "-KILL", "--", "-" + process.pid())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
      process.waitFor();
    }
    console += text(log) + "\n-- init\n" + text(folder.resolve("init.log"));
    return null;
  }
}
