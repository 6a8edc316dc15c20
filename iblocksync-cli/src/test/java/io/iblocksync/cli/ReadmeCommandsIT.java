package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Sshd;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command that README.md, USAGE.md and WRAPPERS.md show, in the order in which they show
 * them: with this machine's directories replaced by some of the test's own, and a real sshd in the
 * place of every other host.
 */
@Timeout(600)
class ReadmeCommandsIT {
  /** What would change the machine, or takes long; other tests do it, or do its like. */
  private static final String NOT_HERE =
      "(apt-get|git clone|cd iblocksync|scripts/package|scp|ssh .*\\bapt-get|systemctl enable"
          + "|journalctl|touch .*\\.raw|nbdfuse|sleep|iblocksync .*\\.raw|fusermount3)\\b.*";

  private static final String SYSTEMCTL =
      """
      #!/bin/sh
      # Starts the program as the unit of systemd tells, for one that systemd would start.
      [ "$1" != daemon-reload ] || exit 0
      [ "$1" = start ] || exit 1
      name=${2#iblocksync@}
      set -a
      . "$ROOT/etc/iblocksync/$name.conf"
      eval "exec $(sed -n 's/^ExecStart=//p' "$UNIT")"
      """;

  private static final String LOSETUP =
      """
      #!/bin/sh
      # Where the kernel does not read partition tables, --partscan finds no partitions.
      losetup=/usr/sbin/losetup
      [ -x "$losetup" ] || losetup=/sbin/losetup
      device=$("$losetup" "$@") || exit
      case $* in *--partscan*) [ -e "${device}p1" ] || partx -a "$device" ;; esac
      [ -z "$device" ] || echo "$device"
      """;

  @TempDir Path root;

  /** The blocks that are indented, but not as a part of a list. */
  private static List<List<String>> blocks(String page) throws IOException {
    List<List<String>> blocks = new ArrayList<>();
    List<String> block = new ArrayList<>();
    boolean fenced = false;
    for (String line : Files.readAllLines(Repository.scripts().resolveSibling(page))) {
      fenced ^= line.startsWith("```");
      if (!fenced && line.startsWith("    ")) {
        block.add(line.substring(4));
      } else if (!block.isEmpty()) {
        blocks.add(block);
        block = new ArrayList<>();
      }
    }
    return blocks;
  }

  /** The settings and the command of a crontab as a shell's. */
  private static String shell(List<String> block) {
    if (!block.get(block.size() - 1).matches("[0-9*]+( [0-9*]+){4} root .*")) {
      return String.join("\n", block);
    }
    StringBuilder script = new StringBuilder();
    for (String line : block) {
      int equals = line.indexOf('=');
      if (line.matches("[A-Z_]+=.*") && !line.startsWith("PATH=")) {
        String value = line.substring(equals + 1);
        script.append("export ").append(line, 0, equals + 1).append("'" + value + "'\n");
      } else if (!line.startsWith("PATH=")) {
        script.append(line.replaceFirst("^.* root (/usr/local/bin/)?", "")).append('\n');
      }
    }
    return script.toString();
  }

  private String here(String script) {
    String text =
        script.replaceAll("(?m)^(scripts/(un)?install\\b)", "PREFIX=" + root + "/usr/local $1");
    for (String folder :
        List.of(
            "/srv/vm",
            "/backup",
            "/dev/vg0",
            "/dev/vg1",
            "/tmp/stage",
            "/tmp/try",
            "/mnt",
            "/opt",
            "/usr/local",
            "/etc/systemd")) {
      // Not within a longer path, and not the host.
      text = text.replaceAll("(?<![\\w@])" + folder + "(?=[/\\s]|$)", root + folder);
    }
    text = text.replace(":2222/", ":2222" + root + "/");
    text = text.replace("/root/.ssh", "~/.ssh").replace("~/.ssh", root + "/home/.ssh");
    text = text.replace("/etc/iblocksync", root + "/etc/iblocksync");
    // Real volumes are for the tests that have LVM.
    return text.replaceAll("(iblocksync-(serve|receive))-lvm", "$1")
        .replace("sudo -n ", "")
        .replace("EXEC=serve-snapshot", "EXEC=iblocksync-serve");
  }

  private void executable(String name, String text) throws IOException {
    Path bin = Files.createDirectories(root.resolve("bin"));
    Path file = Files.writeString(bin.resolve(name), text);
    assertTrue(file.toFile().setExecutable(true));
  }

  /** A machine as the pages assume it. */
  private void prepare(Sshd sshd) throws IOException {
    for (String folder :
        List.of(
            "srv/vm",
            "backup",
            "dev/vg0",
            "dev/vg1",
            "usr/local",
            "home/.ssh",
            "etc",
            "bin",
            "tmp",
            "mnt")) {
      Files.createDirectories(root.resolve(folder));
    }
    Files.createDirectories(sshd.home().resolve("images"));
    Images images = new Images(root);
    Path volume = images.zeros("dev/vg0/data", 3_000_000);
    Commands.run("mkfs.ext4", "-q", "-F", volume.toString());
    Path disk = images.zeros("srv/vm/mail.img", 5 << 20);
    partition(disk);
    images.copy(disk, "backup/mail.img");
    Files.writeString(root.resolve("README.md"), "for the image to try on\n");
    images.copy(volume, "2026-01-31T02:30.img");
    Files.copy(volume, sshd.home().resolve("images/data.img"));
    Files.createSymbolicLink(root.resolve("scripts"), Repository.scripts());
    // Not the folder of the scripts, in which there are an "install" and a "test", too.
    for (String name : List.of("iblocksync", "iblocksync-serve", "iblocksync-receive")) {
      executable(name, "#!/bin/sh\nexec " + Repository.script(name) + " \"$@\"\n");
    }
    // However a host is called, its user, and its port: it is that of the test.
    String user = System.getProperty("user.name");
    String options = " -o HostName=127.0.0.1 -o Port=" + sshd.port() + " -o User=" + user;
    String client = sshd.rsh("home").replaceFirst("^ssh", "/usr/bin/ssh");
    executable("ssh", "#!/bin/sh\nexec " + client + options + " \"$@\"\n");
    executable("systemctl", SYSTEMCTL);
    executable("losetup", LOSETUP);
  }

  /** Gives a disk a table with one partition, from 1 MiB on, and that a file system. */
  private static void partition(Path image) throws IOException {
    String offset = "offset=" + (1 << 20);
    Commands.run("mkfs.ext4", "-q", "-F", "-E", offset, image.toString(), "4096k");
    ByteBuffer table = ByteBuffer.allocate(66).order(ByteOrder.LITTLE_ENDIAN);
    table.put(4, (byte) 0x83).putInt(8, 2048).putInt(12, 8192).putShort(64, (short) 0xaa55);
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(table, 446);
    }
  }

  private void run(String script) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-e", "-c", script).directory(root.toFile());
    Map<String, String> environment = new LinkedHashMap<>(builder.environment());
    builder.environment().clear();
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("HOME", root + "/home");
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().put("ROOT", root.toString());
    builder.environment().put("UNIT", Repository.script("systemd/iblocksync@.service").toString());
    String path = root + "/bin:" + environment.get("PATH");
    builder.environment().put("PATH", path + ":/usr/sbin:/sbin");
    Path log = root.resolve("log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    builder.redirectInput(Path.of("/dev/null").toFile());
    Process process = builder.start();
    int status = process.waitFor();
    assertTrue(status == 0, "ended with " + status + ":\n" + script + "\n" + Files.readString(log));
  }

  @Test
  void everyCommandOfThePagesRuns() throws Exception {
    assumeTrue(Repository.isRoot(), "root@HOST is to be the user");
    assumeTrue(Files.exists(Path.of("/dev/loop-control")), "images are looked into");
    Path shared = Files.createDirectory(root.resolve("sshd"));
    int count = 0;
    try (Sshd sshd = new Sshd(shared)) {
      prepare(sshd);
      for (String page : List.of("README.md", "iblocksync-cli/USAGE.md", "scripts/WRAPPERS.md")) {
        for (List<String> block : blocks(page)) {
          List<String> commands = new ArrayList<>(block);
          commands.removeIf(line -> line.matches(NOT_HERE));
          if (!commands.isEmpty()) {
            run(here(shell(commands)));
            count += commands.size();
          }
        }
      }
    } finally {
      Files.deleteIfExists(root.resolve("scripts")); // JUnit would warn of it.
    }
    assertTrue(count >= 60, "only " + count + " lines were run");
    Images.assertEqual(root.resolve("dev/vg0/data"), root.resolve("backup/data.img"));
    Images.assertEqual(root.resolve("tmp/try/disk.img"), root.resolve("tmp/try/copy.img"));
    assertFalse(Files.exists(root.resolve("usr/local/bin/iblocksync")), "was uninstalled");
  }

  @Test
  void theUnitsThatReportAFailureAreSound() throws Exception {
    Commands.needTool("systemd-analyze");
    executable("systemctl", "#!/bin/sh\n");
    for (List<String> block : blocks("scripts/WRAPPERS.md")) {
      if (block.get(0).startsWith("mkdir -p /etc/systemd")) {
        run(here(String.join("\n", block)));
      }
    }
    Path units = root.resolve("etc/systemd/system");
    Files.copy(
        Repository.script("systemd/iblocksync@.service"), units.resolve("iblocksync@.service"));
    String[] verify = {
      "systemd-analyze", "verify", "--man=no", units + "/iblocksync-failed@data.service"
    };
    assertEquals("", Commands.need("systemd", verify));
    String dropIn = Files.readString(units.resolve("iblocksync@.service.d/failure.conf"));
    assertEquals("[Unit]\nOnFailure=iblocksync-failed@%i.service\n", dropIn);
  }
}
