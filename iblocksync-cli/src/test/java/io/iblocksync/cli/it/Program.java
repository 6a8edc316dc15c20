package io.iblocksync.cli.it;

import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A command to run as an administrator would: with arguments, environment, standard input and,
 * where asked, a terminal. Each starts in a session of its own without a terminal, so that nothing
 * can ask the person who runs the tests, and with the default signal actions, whatever the tests
 * themselves inherited.
 */
public final class Program {
  /** The variable by which every process that descends from one run is found again. */
  public static final String MARK = "IBLOCKSYNC_TEST_MARK";

  /** With its path, for a test may leave nothing in PATH. */
  private static final String ENV = "/usr/bin/env";

  private enum Input {
    NULL,
    CLOSED,
    TYPED
  }

  private final List<String> command = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private Path folder;
  private Input input = Input.NULL;
  private String typed = "";
  private String terminals = "";

  private Program(List<String> words) {
    command.addAll(words);
    environment.put("PATH", Repository.path());
    environment.put("HOME", System.getProperty("user.home"));
    environment.put("JAVA_HOME", Repository.javaHome());
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("TERM", "vt100");
  }

  /** The coordinator, by its launcher. */
  public static Program iblocksync(Object... arguments) {
    return script("iblocksync", arguments);
  }

  /** One of the launchers by its name. */
  public static Program script(String name, Object... arguments) {
    List<String> words = new ArrayList<>();
    words.add(Repository.script(name).toString());
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return new Program(words);
  }

  /** A shell script of one's own, whose parameters are these arguments. */
  public static Program shell(String script, Object... arguments) {
    List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", script, "sh"));
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return new Program(words);
  }

  /** Any command. */
  public static Program command(String... words) {
    return new Program(List.of(words));
  }

  public Program with(String name, Object value) {
    environment.put(name, value.toString());
    return this;
  }

  public Program without(String name) {
    environment.remove(name);
    return this;
  }

  /**
   * Nothing of the environment but this search path, as cron and {@code env -i} leave it; and the
   * Java to run on, if it is not the one that is found there.
   */
  public Program bare(String path) {
    environment.clear();
    environment.put("PATH", path);
    if (Repository.otherJava() != null) {
      environment.put("JAVA_HOME", Repository.otherJava());
    }
    return this;
  }

  /** With this environment and nothing else in it. */
  public Program exactly(Map<String, String> variables) {
    environment.clear();
    environment.putAll(variables);
    return this;
  }

  /** With the programs in this folder in the place of others of their names. */
  public Program finding(Path programs) {
    return with("PATH", programs + ":" + environment.get("PATH"));
  }

  public Program in(Path workingFolder) {
    folder = workingFolder;
    return this;
  }

  /** With more arguments. */
  public Program and(String... words) {
    command.addAll(List.of(words));
    return this;
  }

  /**
   * Lets a system call fail where it is made on a path.
   *
   * @param injection as strace takes it: {@code CALL:error=ERRNO}
   */
  public Program injecting(String injection, Path path) {
    Commands.need("strace", "strace", "-f", "-o", "/dev/null", "true");
    String call = injection.substring(0, injection.indexOf(':'));
    return before(
        "strace",
        "-f",
        "-q",
        "-o",
        "/dev/null",
        "-P",
        path.toString(),
        "-e",
        "trace=" + call,
        "-e",
        "inject=" + injection);
  }

  public Program before(String... words) {
    command.addAll(0, List.of(words));
    return this;
  }

  /**
   * Without the superuser's right to pass over file modes; needs the superuser, changes no user.
   */
  public Program withoutPowers() {
    return Repository.isRoot()
        ? before("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--")
        : this;
  }

  public Program inputClosed() {
    input = Input.CLOSED;
    return this;
  }

  /** Standard input is a terminal, at which this was typed before its end was (Ctrl-D). */
  public Program typed(String text) {
    return terminal("0", text);
  }

  /** All three standard descriptors are one terminal; what it shows is the result's output. */
  public Program onTerminal(String text) {
    return terminal("012", text);
  }

  private Program terminal(String descriptors, String text) {
    input = Input.TYPED;
    typed = text;
    terminals = descriptors;
    return this;
  }

  /** Runs to the end; no process may be left then. */
  public Result run() throws IOException {
    try (Running running = start(false)) {
      return running.await();
    }
  }

  /** Starts, for a test that does something meanwhile. At a terminal more can be typed then. */
  public Running start() throws IOException {
    return start(true);
  }

  private Running start(boolean keepTyping) throws IOException {
    Path files = Files.createTempDirectory("iblocksync-run");
    Path output = files.resolve("out");
    Path errors = files.resolve("err");
    List<String> words = new ArrayList<>(List.of("setsid", ENV, "--default-signal"));
    if (terminals.isEmpty()) {
      words.addAll(command);
    } else {
      Commands.needTool("script");
      // Of script(1)'s terminal only what was asked for is left to the command.
      String redirected = terminals.contains("1") ? "" : " >" + Shell.quote(output + ".real");
      redirected += terminals.contains("2") ? "" : " 2>" + Shell.quote(errors + ".real");
      words.addAll(List.of("script", "-qec", "exec " + Shell.quote(command) + redirected));
      words.add("/dev/null");
    }
    if (input == Input.CLOSED) {
      words.addAll(0, List.of("/bin/sh", "-c", "exec \"$@\" <&-", "sh"));
    }
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(environment);
    String mark = UUID.randomUUID().toString();
    builder.environment().put(MARK, mark);
    if (!terminals.isEmpty()) {
      builder.environment().put("SHELL", "/bin/sh");
    }
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    if (input != Input.TYPED) {
      builder.redirectInput(Path.of("/dev/null").toFile());
    }
    Process process = builder.start();
    Running running = new Running(process, mark, files, String.join(" ", command));
    if (input == Input.TYPED) {
      running.type(typed);
    }
    if (!keepTyping) {
      running.endTyping();
    }
    return running;
  }
}
