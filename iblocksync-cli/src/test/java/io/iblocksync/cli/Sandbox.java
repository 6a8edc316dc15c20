package io.iblocksync.cli;

import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder of its own in which a test runs the scripts: a copy of them, a Java that only tells how
 * it was called, and a Maven that only pretends to build. Not for use by several threads.
 */
final class Sandbox {
  /** The folder of the sources under test. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final String[] MODULES = {
    "iblocksync-protocol", "iblocksync-cli", "iblocksync-serve", "iblocksync-receive"
  };

  private final Path folder;

  Sandbox(Path folder) {
    this.folder = folder;
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  /** Makes a folder that looks like a fresh clone, of which only the scripts are real. */
  Path freshClone(String name) throws IOException {
    Path clone = path(name);
    Path scripts = Files.createDirectories(clone.resolve("scripts"));
    try (Stream<Path> files = Files.walk(ROOT.resolve("scripts"))) {
      for (Path file : files.skip(1).toList()) {
        Path copy = scripts.resolve(ROOT.resolve("scripts").relativize(file));
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    Files.writeString(clone.resolve("pom.xml"), "<project/>");
    Files.writeString(clone.resolve("LICENSE"), "licence");
    for (String module : MODULES) {
      Files.writeString(
          Files.createDirectories(clone.resolve(module + "/src/main/java")).resolve("A.java"),
          "class A {}");
      Files.writeString(clone.resolve(module + "/pom.xml"), "<project/>");
    }
    Files.writeString(clone.resolve("iblocksync-protocol/PROTOCOL.md"), "# The wire\n");
    return clone;
  }

  /**
   * Makes a Maven that notes each of its runs in {@code mvn.runs}, chatters and ends with the
   * status.
   */
  Path fakeMaven(int status) throws IOException {
    StringBuilder script = new StringBuilder("#!/bin/sh\n");
    script.append("echo run >>'").append(path("mvn.runs")).append("'\n");
    script.append("echo '[INFO] chatter'; echo noise >&2; sleep 0.3\n");
    if (status != 0) {
      script.append("echo '[ERROR] A.java:[1,1] nonsense'\n");
    } else {
      for (String module : MODULES) {
        script.append("mkdir -p ").append(module).append("/target/lib\n");
        script
            .append("echo jar >")
            .append(module)
            .append("/target/")
            .append(module)
            .append(".jar\n");
        script.append("echo jar >").append(module).append("/target/lib/picocli.jar\n");
        String library = module + "/target/native/com/sun/jna/linux-x86-64";
        script.append("mkdir -p ").append(library).append('\n');
        script.append("echo library >").append(library).append("/libjnidispatch.so\n");
        String zstd = module + "/target/native/linux/amd64";
        script.append("mkdir -p ").append(zstd).append('\n');
        script.append("echo library >").append(zstd).append("/libzstd-jni-1.0.so\n");
      }
    }
    script.append("exit ").append(status).append('\n');
    executable("tools/mvn", script.toString());
    return path("tools");
  }

  int runsOfMaven() throws IOException {
    Path runs = path("mvn.runs");
    return Files.exists(runs) ? Files.readAllLines(runs).size() : 0;
  }

  /**
   * Makes a Java home of that version; its Java prints its process id, its arguments and its
   * environment.
   */
  Path fakeJava(String version, boolean compiler) throws IOException {
    String home = "java-" + version;
    executable(
        home + "/bin/java",
        """
        #!/bin/sh
        echo "pid $$"
        for argument; do printf 'argument <%s>\\n' "$argument"; done
        env
        """);
    Files.writeString(
        path(home + "/release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
    if (compiler) {
      executable(home + "/bin/javac", "#!/bin/sh\n");
    }
    return path(home);
  }

  /** Makes a folder of the programs that the scripts need, so that nothing else is on PATH. */
  Path plainTools() throws IOException {
    String tools =
        "cat chmod cmp cp dirname find flock grep head mkdir mktemp mv readlink rm sed sh sleep";
    for (String tool : tools.split(" ")) {
      executable("plain/" + tool, "#!/bin/sh\nPATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
    }
    return path("plain");
  }

  Path executable(String name, String text) throws IOException {
    Path file = path(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** Starts a program in the folder with exactly this environment, standard input being empty. */
  Running start(Map<String, String> environment, String... command) throws IOException {
    return Program.command(command).exactly(environment).in(folder).start();
  }

  /** Runs a program to its end, whatever it leaves behind. */
  Result run(Map<String, String> environment, String... command) throws IOException {
    try (Running running = start(environment, command)) {
      return running.awaitAlone();
    }
  }

  /** All names below a folder, relative to it, folders with a slash behind, sorted. */
  static List<String> listing(Path below) throws IOException {
    try (Stream<Path> files = Files.walk(below)) {
      return files
          .filter(file -> !file.equals(below))
          .map(file -> below.relativize(file) + (Files.isDirectory(file) ? "/" : ""))
          .sorted()
          .toList();
    }
  }
}
