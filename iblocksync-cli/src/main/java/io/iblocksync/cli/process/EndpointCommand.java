package io.iblocksync.cli.process;

import io.iblocksync.cli.location.Home;
import io.iblocksync.cli.location.Location;
import io.iblocksync.cli.location.RemotePath;
import io.iblocksync.cli.location.ShellWords;
import io.iblocksync.cli.relay.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How an endpoint is started: {@code EXEC --block N --algo NAME PATH} on this machine, {@code RSH
 * [-p PORT] [USER@]HOST -- EXEC --block N --algo NAME PATH} on another one. Wrapper scripts rely on
 * this order.
 *
 * @param words the command and its arguments, none of which needs quoting here
 * @param role which endpoint it is, whatever stands in for it
 * @param host the host as the user named it, or null for this machine
 * @param path the image's as the user wrote it
 * @param builtIn whether it is the program's own executable on this machine, which nothing stands
 *     in for: what it would do can as well be done inside this process
 */
public record EndpointCommand(
    List<String> words, Role role, String host, String path, boolean builtIn) {

  /** What POSIX shells take if PATH is not set. */
  private static final String DEFAULT_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  public EndpointCommand {
    words = List.copyOf(words);
  }

  /** The endpoint's name for messages. */
  public String name() {
    return role.executable();
  }

  /** Name and host, as in {@code iblocksync-receive on backup}. */
  String title() {
    return host == null ? name() : name() + " on " + host;
  }

  /**
   * Works out the command.
   *
   * @param blockSize in bytes
   * @param algorithm the label of the hash algorithm
   * @param environment where EXEC, RSH, PATH and HOME are looked up
   * @param bin the directory of the program's own executables, or null if it is not known
   * @throws IllegalArgumentException if a variable or a home is wrong, with a message for the user
   * @throws CommandNotFoundException if there is no such command on this machine
   */
  public static EndpointCommand of(
      Role role,
      Location location,
      int blockSize,
      String algorithm,
      Map<String, String> environment,
      Path bin)
      throws CommandNotFoundException {
    List<String> words = new ArrayList<>();
    String host = null;
    boolean builtIn = false;
    String path;
    if (location instanceof Location.Remote remote) {
      host = remote.host();
      words.addAll(rsh(role, environment));
      if (remote.port() != 0) {
        words.add("-p");
        words.add(Integer.toString(remote.port()));
      }
      words.add(remote.user() == null ? host : remote.user() + "@" + host);
      words.add("--");
      // As it stands: the shell there splits it, so it may be a whole command line.
      String exec = value(environment, role.execVariable());
      words.add(exec == null ? role.executable() : exec);
      path = RemotePath.quote(remote.path());
    } else {
      words.addAll(exec(role, environment, bin));
      builtIn = value(environment, role.execVariable()) == null && bin != null && isOwn(role, bin);
      path = Home.expand(location.path(), environment);
    }
    words.add("--block");
    words.add(Integer.toString(blockSize));
    words.add("--algo");
    words.add(algorithm);
    words.add(path);
    return new EndpointCommand(words, role, host, location.path(), builtIn);
  }

  private static String beside(Role role, Path bin) {
    return bin.resolve(role.executable()).toString();
  }

  /**
   * Whether what lies beside the launcher is the program's own: all launchers are the same but for
   * the name in them. Somebody may have put a wrapper there.
   */
  private static boolean isOwn(Role role, Path bin) {
    try {
      String launcher = Files.readString(bin.resolve("iblocksync"));
      String own =
          launcher.replace("ibs_name=iblocksync\n", "ibs_name=" + role.executable() + "\n");
      return own.equals(Files.readString(bin.resolve(role.executable())));
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> exec(Role role, Map<String, String> environment, Path bin)
      throws CommandNotFoundException {
    String exec = value(environment, role.execVariable());
    if (exec != null) {
      return command(exec, role.execVariable(), environment, "named by " + role.execVariable());
    }
    if (bin != null && isExecutable(beside(role, bin))) {
      return List.of(beside(role, bin));
    }
    return command(
        role.executable(),
        role.execVariable(),
        environment,
        "is iblocksync installed? " + role.execVariable() + " names another command");
  }

  private static List<String> rsh(Role role, Map<String, String> environment)
      throws CommandNotFoundException {
    String rsh = value(environment, role.rshVariable());
    if (rsh != null) {
      return command(rsh, role.rshVariable(), environment, "named by " + role.rshVariable());
    }
    List<String> words =
        new ArrayList<>(
            command(
                "ssh",
                role.rshVariable(),
                environment,
                "install openssh-client; " + role.rshVariable() + " names another command"));
    // A terminal there, which RequestTTY asks for, would change the bytes of the conversation.
    words.add("-T");
    return words;
  }

  /** Takes the value as the name of an executable file if it is one, else splits it into words. */
  private static List<String> command(
      String value, String variable, Map<String, String> environment, String hint)
      throws CommandNotFoundException {
    String whole = find(value, environment);
    if (whole != null) {
      return List.of(whole);
    }
    List<String> words;
    try {
      words = ShellWords.split(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(variable + ": " + e.getMessage(), e);
    }
    String command = words.isEmpty() ? "" : words.get(0);
    String found = find(command, environment);
    if (found == null) {
      throw new CommandNotFoundException(command, hint);
    }
    words.set(0, found);
    return words;
  }

  /** Returns the command as it can be started, or null if there is none of that name. */
  private static String find(String command, Map<String, String> environment) {
    if (command.isEmpty()) {
      return null;
    }
    if (command.indexOf('/') >= 0) {
      return isExecutable(command) ? command : null;
    }
    String path = environment.get("PATH");
    if (path == null) {
      path = DEFAULT_PATH;
    }
    int start = 0;
    while (start <= path.length()) {
      int colon = path.indexOf(':', start);
      int end = colon < 0 ? path.length() : colon;
      String directory = start == end ? "." : path.substring(start, end);
      if (isExecutable(directory + "/" + command)) {
        // With its directory, so that a name that begins with a dash is no option of the shell.
        return directory + "/" + command;
      }
      start = end + 1;
    }
    return null;
  }

  private static boolean isExecutable(String file) {
    try {
      Path path = Path.of(file);
      return Files.isRegularFile(path) && Files.isExecutable(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Returns a variable's value, or null if it is not set, empty or blank. */
  private static String value(Map<String, String> environment, String variable) {
    String value = environment.get(variable);
    return value == null || value.isBlank() ? null : value;
  }
}
