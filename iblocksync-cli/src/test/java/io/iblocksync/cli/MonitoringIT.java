package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Images;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.TwoImages;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The units of systemd, and the examples for cron and for Prometheus' node_exporter. */
@Timeout(120)
class MonitoringIT extends TwoImages {
  private static final String COMMAND = "ExecStart=iblocksync ";

  MonitoringIT() {
    super(300_000);
  }

  private static String script(String name) throws IOException {
    return Files.readString(Repository.script(name));
  }

  @Test
  void systemdFindsNothingWrongWithTheUnits() throws IOException {
    // Where it is not installed, the program is where the scripts are.
    String service = script("systemd/iblocksync@.service");
    assertTrue(service.contains(COMMAND));
    assertTrue(service.contains("\nUMask=0077\n"));
    service = service.replace(COMMAND, "ExecStart=" + Repository.script("iblocksync") + " ");
    Path service1 = Files.writeString(folder.resolve("iblocksync@nightly.service"), service);
    Path timer = folder.resolve("iblocksync@nightly.timer");
    Files.writeString(timer, script("systemd/iblocksync@.timer"));
    String[] command = {"systemd-analyze", "verify", "--man=no", service1 + "", timer + ""};
    assertEquals("", Commands.run(command));
  }

  @Test
  void theServiceSyncsWhatItsFileTells() throws IOException {
    String service = script("systemd/iblocksync@.service");
    String command = service.substring(service.indexOf(COMMAND) + COMMAND.length());
    Program.shell(
            "exec \"$1\" " + command.substring(0, command.indexOf('\n')),
            Repository.script("iblocksync"))
        .with("OPTIONS", "-b 64K -a sha256")
        .with("SOURCE", source)
        .with("TARGET", target)
        .run()
        .succeeded()
        .counted(5, 5);
    Images.assertEqual(source, target);
  }

  private Program textfile(Object... arguments) {
    Commands.needTool("jq");
    return Program.script("examples/iblocksync-textfile", arguments)
        .with("PATH", Repository.scripts() + ":" + System.getenv("PATH"))
        .with("TEXTFILE_FOLDER", folder);
  }

  private String metrics() throws IOException {
    return Files.readString(folder.resolve("iblocksync-nightly.prom"));
  }

  @Test
  void theResultOfARunIsThereForPrometheus() throws IOException {
    Result result = textfile("nightly", "-b", "64K", source, target).run().ended(0);
    assertTrue(result.output().startsWith("{"), result.description());
    String metrics = metrics();
    for (String metric :
        new String[] {
          "iblocksync_exit_status{name=\"nightly\"} 0",
          "iblocksync_image_bytes{name=\"nightly\"} 300000",
          "iblocksync_blocks{name=\"nightly\",kind=\"changed\"} 5",
          "iblocksync_bytes{name=\"nightly\",kind=\"written\"} 300000"
        }) {
      assertTrue(metrics.contains(metric + "\n"), metric + " is not in " + metrics);
    }
    for (String line : metrics.lines().toList()) {
      assertTrue(line.matches("iblocksync_[a-z_]+\\{name=\"nightly\"[^}]*} [0-9.]+"), line);
    }
  }

  @Test
  void theTimeOfTheLastSuccessOutlivesAFailure() throws IOException {
    textfile("nightly", source, target).run().ended(0);
    String success = lastSuccess();
    assertFalse(success.isEmpty());
    Result result = textfile("nightly", source, images.path("missing/target.img")).run().ended(1);
    assertTrue(result.errors().contains("error: "), result.description());
    assertTrue(metrics().contains("iblocksync_exit_status{name=\"nightly\"} 1\n"), metrics());
    assertEquals(success, lastSuccess());
  }

  private String lastSuccess() throws IOException {
    String metrics = metrics();
    return metrics
        .lines()
        .filter(line -> line.startsWith("iblocksync_last_success"))
        .findFirst()
        .orElse("");
  }

  @Test
  void aNameThatIsNoLabelIsRefused() throws IOException {
    textfile("a\"b", source, target).run().ended(2);
    assertFalse(Files.exists(target));
  }

  /** Runs the line as cron does: the settings are the environment, the rest is for sh. */
  @Test
  void theExampleForCronStartsTheProgramWithItsSettings() throws IOException {
    String settings = "";
    String command = "";
    for (String line : script("examples/iblocksync.cron").lines().toList()) {
      if (line.matches("[A-Z_]+=.*") && !line.startsWith("PATH=")) {
        int equals = line.indexOf('=');
        settings += line.substring(0, equals) + "='" + line.substring(equals + 1) + "' ";
      } else if (line.matches("[0-9*]+( [0-9*]+){4} root .*")) {
        command = line.replaceFirst("^.* root ", "");
      }
    }
    Path fake =
        Files.writeString(folder.resolve("iblocksync"), "#!/bin/sh\necho $* >$LOG; env >>$LOG");
    assertTrue(fake.toFile().setExecutable(true));
    Path log = folder.resolve("log");
    Program.shell("export " + settings + "\n" + command)
        .bare(folder + ":/usr/bin:/bin")
        .with("LOG", log)
        .run()
        .ended(0);
    String told = Files.readString(log);
    assertTrue(told.startsWith("root@db:/dev/vg0/data /backup/data.img\n"), told);
    assertTrue(told.contains("\nIBLOCKSYNC_SOURCE_RSH=ssh -i /root/.ssh/id_backup -o "), told);
  }
}
