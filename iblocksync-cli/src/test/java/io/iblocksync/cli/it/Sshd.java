package io.iblocksync.cli.it;

import io.iblocksync.testing.Commands;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/**
 * A real sshd on the loopback addresses, with keys, configuration, home and port of its own, that
 * lets in the user who runs the tests. Known to its clients as the host {@code there}.
 *
 * <p>What a session may do depends on the client's configuration: {@link #rsh} for a plain one with
 * the scripts on its search path, {@link #rsh(String)} for one with something wrong.
 */
public final class Sshd implements Closeable {
  private final Path folder;
  private final Path home;
  private final String mark = UUID.randomUUID().toString();
  private int port;
  private Process process;

  /** Starts it with all its files in a new folder below this one. */
  public Sshd(Path parent) throws IOException {
    Commands.needTool("sshd");
    Commands.needTool("ssh");
    folder = Files.createTempDirectory(parent, "sshd");
    home = Files.createDirectory(folder.resolve("remote-home"));
    for (String key : List.of("host", "other-host", "user", "stranger", "banner", "bare", "home")) {
      String file = folder.resolve(key).toString();
      Commands.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", key, "-f", file);
    }
    Files.writeString(
        folder.resolve("authorized"),
        String.join(
            "\n",
            key("user"),
            forced("echo Welcome to this machine; eval \\\"$SSH_ORIGINAL_COMMAND\\\"", "banner"),
            // Not even in the system's folders, where a package may have put the program.
            forced("PATH=/nowhere; eval \\\"$SSH_ORIGINAL_COMMAND\\\"", "bare"),
            forced("cd && exec \\\"$SHELL\\\" -c \\\"$SSH_ORIGINAL_COMMAND\\\"", "home"),
            ""));
    if (Repository.isRoot()) {
      Files.createDirectories(Path.of("/run/sshd"));
    }
    for (int tries = 0; !start(); tries++) {
      if (tries == 3) {
        throw new IOException("sshd does not start: " + Files.readString(folder.resolve("log")));
      }
    }
    for (String client : List.of("user", "stranger", "banner", "bare", "home")) {
      configure(client, client, "host");
    }
    configure("impostor", "user", "other-host");
  }

  private boolean start() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String environment =
        String.join(
            " ",
            "\"PATH=" + Repository.scripts() + ":" + Repository.path() + "\"",
            "\"HOME=" + home + "\"",
            "\"JAVA_HOME=" + Repository.javaHome() + "\"",
            Program.MARK + "=" + mark);
    Files.writeString(
        folder.resolve("sshd_config"),
        String.join(
            "\n",
            "Port " + port,
            "ListenAddress 127.0.0.1",
            "ListenAddress ::1",
            "HostKey " + folder.resolve("host"),
            "AuthorizedKeysFile " + folder.resolve("authorized"),
            "PidFile " + folder.resolve("pid"),
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password",
            "StrictModes no",
            "UsePAM no",
            "UseDNS no",
            "MaxStartups 100",
            "SetEnv " + environment,
            ""));
    String binary = Commands.run("sh", "-c", "command -v sshd");
    Path log = folder.resolve("log");
    process =
        new ProcessBuilder("setsid", binary, "-D", "-e", "-f", folder + "/sshd_config")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    process.getOutputStream().close();
    for (int tries = 0; tries < 200 && process.isAlive(); tries++) {
      try (Socket answered = new Socket("127.0.0.1", port)) {
        return answered.isConnected();
      } catch (IOException e) {
        Await.pause(25);
      }
    }
    process.destroyForcibly();
    return false;
  }

  private void configure(String client, String key, String hostKey) throws IOException {
    String known = "[127.0.0.1]:" + port + " " + key(hostKey) + "\n";
    known += "[::1]:" + port + " " + key(hostKey) + "\n";
    Path knownHosts = Files.writeString(folder.resolve(client + ".known"), known);
    Files.writeString(
        folder.resolve(client + ".config"),
        String.join(
            "\n",
            "Host there",
            "  HostName 127.0.0.1",
            "  Port " + port,
            "Host *",
            "  BatchMode yes",
            "  IdentityFile " + folder.resolve(key),
            "  IdentitiesOnly yes",
            "  IdentityAgent none",
            "  StrictHostKeyChecking yes",
            "  UserKnownHostsFile " + knownHosts,
            "  GlobalKnownHostsFile /dev/null",
            "  UpdateHostKeys no",
            ""));
  }

  private String key(String name) throws IOException {
    return Files.readString(folder.resolve(name + ".pub")).strip();
  }

  private String forced(String command, String name) throws IOException {
    return "command=\"" + command + "\" " + key(name);
  }

  public int port() {
    return port;
  }

  /** The home that remote sessions see. */
  public Path home() {
    return home;
  }

  /** The value of RSH for plain sessions. */
  public String rsh() {
    return rsh("user");
  }

  /**
   * The value of RSH for sessions as {@code stranger} (whom nobody let in), {@code banner} (a login
   * shell that prints), {@code bare} (without the program on its search path), {@code home} (that
   * starts in {@link #home}, not in the user's own one) or {@code impostor} (as if the host had
   * another key than the one known).
   */
  public String rsh(String client) {
    return "ssh -F " + folder.resolve(client + ".config");
  }

  /**
   * The value of RSH for sessions with a new key, which this line of authorized_keys lets in.
   *
   * @param line the options before the key, as authorized_keys has them
   */
  public String rshRestricted(String line) throws IOException {
    String name = "restricted" + Files.readAllLines(folder.resolve("authorized")).size();
    String file = folder.resolve(name).toString();
    Commands.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", file);
    String authorized = line + " " + key(name) + "\n";
    Files.writeString(folder.resolve("authorized"), authorized, StandardOpenOption.APPEND);
    configure(name, name, "host");
    return rsh(name);
  }

  /** The remote side's processes. */
  public Marked processes() {
    return new Marked(mark);
  }

  /** What sshd had to say. */
  public String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() throws IOException {
    processes().kill();
    process.destroy();
    process.onExit().join();
  }
}
