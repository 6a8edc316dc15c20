package io.iblocksync.cli.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.location.LocationParser;
import io.iblocksync.cli.relay.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EndpointCommandTest {
  @TempDir Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private Path bin;
  private Path path;

  @BeforeEach
  void makeFolders() throws IOException {
    bin = Files.createDirectory(folder.resolve("bin"));
    path = Files.createDirectory(folder.resolve("path"));
    environment.put("PATH", folder.resolve("none") + ":" + path);
    environment.put("HOME", "/home/me");
  }

  private static String executable(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    assertTrue(file.toFile().setExecutable(true));
    return file.toString();
  }

  private EndpointCommand command(Role role, String location) throws CommandNotFoundException {
    return EndpointCommand.of(role, LocationParser.parse(location), 4096, "md5", environment, bin);
  }

  private List<String> words(String location) throws CommandNotFoundException {
    return command(Role.SOURCE, location).words();
  }

  private static List<String> endpoint(String path, String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of("--block", "4096", "--algo", "md5", path));
    return words;
  }

  @Test
  void theProgramsOwnEndpointComesFirst() throws IOException {
    String serve = executable(bin.resolve("iblocksync-serve"));
    executable(path.resolve("iblocksync-serve"));
    assertEquals(endpoint("/image", serve), words("/image"));
  }

  @Test
  void onlyTheProgramsOwnLauncherStandsForTheEndpointItself() throws IOException {
    String launcher = "#!/bin/sh\nibs_name=%s\necho\n";
    Files.writeString(bin.resolve("iblocksync"), launcher.formatted("iblocksync"));
    Path serve = Path.of(executable(bin.resolve("iblocksync-serve")));
    assertFalse(command(Role.SOURCE, "/image").builtIn());
    Files.writeString(serve, launcher.formatted("iblocksync-serve"));
    assertTrue(command(Role.SOURCE, "/image").builtIn());
    executable(path.resolve("ssh"));
    assertFalse(command(Role.SOURCE, "host:/image").builtIn());
    environment.put("IBLOCKSYNC_SOURCE_EXEC", serve.toString());
    assertFalse(command(Role.SOURCE, "/image").builtIn());
  }

  @Test
  void theTargetHasItsOwnEndpoint() throws IOException {
    String receive = executable(bin.resolve("iblocksync-receive"));
    EndpointCommand command = command(Role.TARGET, "image");
    assertEquals(endpoint("image", receive), command.words());
    assertEquals("iblocksync-receive", command.name());
    assertNull(command.host());
  }

  @Test
  void anEndpointThatIsNotBesideTheProgramIsFoundOnThePath() throws IOException {
    String serve = executable(path.resolve("iblocksync-serve"));
    assertEquals(endpoint("/image", serve), words("/image"));
    bin = null;
    assertEquals(endpoint("/image", serve), words("/image"));
  }

  @Test
  void aFileThatIsNotExecutableIsNoCommand() throws IOException {
    Files.writeString(bin.resolve("iblocksync-serve"), "");
    Files.createDirectory(path.resolve("iblocksync-serve"));
    String message =
        assertThrows(CommandNotFoundException.class, () -> words("/image")).getMessage();
    assertTrue(message.startsWith("command not found: iblocksync-serve ("), message);
    assertTrue(message.contains("IBLOCKSYNC_SOURCE_EXEC"), message);
  }

  @Test
  void execReplacesTheEndpoint() throws IOException {
    executable(bin.resolve("iblocksync-serve"));
    String wrapper = executable(folder.resolve("wrap"));
    environment.put("IBLOCKSYNC_SOURCE_EXEC", wrapper + " --lv 'vg 0/data'");
    assertEquals(endpoint("/image", wrapper, "--lv", "vg 0/data"), words("/image"));
  }

  @Test
  void execThatNamesAnExecutableFileIsNotSplit() throws IOException {
    String wrapper = executable(folder.resolve("my tools/it's a wrapper"));
    environment.put("IBLOCKSYNC_SOURCE_EXEC", wrapper);
    assertEquals(endpoint("/image", wrapper), words("/image"));
  }

  @Test
  void execThatNamesACommandOnThePathIsNotSplit() throws IOException {
    String wrapper = executable(path.resolve("my wrapper"));
    executable(path.resolve("my"));
    environment.put("IBLOCKSYNC_SOURCE_EXEC", "my wrapper");
    assertEquals(endpoint("/image", wrapper), words("/image"));
  }

  @Test
  void eachRoleHasItsOwnVariables() throws IOException {
    String wrapper = executable(path.resolve("wrap"));
    String receive = executable(bin.resolve("iblocksync-receive"));
    environment.put("IBLOCKSYNC_SOURCE_EXEC", "wrap");
    assertEquals(endpoint("/image", wrapper), words("/image"));
    assertEquals(endpoint("/image", receive), command(Role.TARGET, "/image").words());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void anEmptyVariableIsAsIfNotSet(String value) throws IOException {
    String serve = executable(bin.resolve("iblocksync-serve"));
    String ssh = executable(path.resolve("ssh"));
    environment.put("IBLOCKSYNC_SOURCE_EXEC", value);
    environment.put("IBLOCKSYNC_SOURCE_RSH", value);
    assertEquals(endpoint("/image", serve), words("/image"));
    assertEquals(endpoint("x", ssh, "-T", "h", "--", "iblocksync-serve"), words("h:x"));
  }

  @Test
  void aMissingWrapperIsNamedWithItsVariable() {
    environment.put("IBLOCKSYNC_SOURCE_EXEC", "/no/such wrapper");
    assertEquals(
        "command not found: /no/such (named by IBLOCKSYNC_SOURCE_EXEC)",
        assertThrows(CommandNotFoundException.class, () -> words("/image")).getMessage());
  }

  @Test
  void aQuoteThatIsNotClosedIsRefusedWithTheVariable() {
    environment.put("IBLOCKSYNC_SOURCE_RSH", "ssh 'x");
    assertEquals(
        "IBLOCKSYNC_SOURCE_RSH: a quote is not closed: ssh 'x",
        assertThrows(IllegalArgumentException.class, () -> words("h:x")).getMessage());
  }

  @Test
  void aRemoteEndpointIsStartedThroughSsh() throws IOException {
    String ssh = executable(path.resolve("ssh"));
    executable(bin.resolve("iblocksync-serve"));
    EndpointCommand command = command(Role.SOURCE, "user@host:/image");
    assertEquals(
        endpoint("/image", ssh, "-T", "user@host", "--", "iblocksync-serve"), command.words());
    assertEquals("host", command.host());
    assertEquals("iblocksync-serve", command.name());
  }

  @Test
  void thePortIsTwoWordsBeforeTheHost() throws IOException {
    String ssh = executable(path.resolve("ssh"));
    assertEquals(
        endpoint("/image", ssh, "-T", "-p", "2222", "user@::1", "--", "iblocksync-serve"),
        words("ssh://user@[::1]:2222/image"));
  }

  @Test
  void rshReplacesSsh() throws IOException {
    String ssh = executable(path.resolve("ssh"));
    environment.put("IBLOCKSYNC_SOURCE_RSH", "ssh -i ~/.ssh/id_dsa -o 'A b'");
    assertEquals(
        endpoint(
            "image", ssh, "-i", "~/.ssh/id_dsa", "-o", "A b", "host", "--", "iblocksync-serve"),
        words("host:image"));
  }

  @Test
  void rshThatNamesAnExecutableFileIsNotSplit() throws IOException {
    String rsh = executable(folder.resolve("my rsh"));
    environment.put("IBLOCKSYNC_SOURCE_RSH", rsh);
    assertEquals(endpoint("x", rsh, "host", "--", "iblocksync-serve"), words("host:x"));
  }

  @Test
  void aMissingSshNamesItsPackage() {
    String message =
        assertThrows(CommandNotFoundException.class, () -> words("host:x")).getMessage();
    assertTrue(message.contains("ssh") && message.contains("openssh-client"), message);
  }

  @Test
  void execReachesTheRemoteShellAsItStands() throws IOException {
    String ssh = executable(path.resolve("ssh"));
    environment.put("IBLOCKSYNC_SOURCE_EXEC", "sudo -n \"$HOME/wrap\" 'a b");
    assertEquals(
        endpoint("/image", ssh, "-T", "host", "--", "sudo -n \"$HOME/wrap\" 'a b"),
        words("host:/image"));
  }

  @Test
  void aRemotePathIsQuotedForTheShellThere() throws IOException {
    String ssh = executable(path.resolve("ssh"));
    assertEquals(
        endpoint("~/a\\ b\\;c", ssh, "-T", "host", "--", "iblocksync-serve"),
        words("host:~/a b;c"));
  }

  @Test
  void aLocalPathIsNotQuoted() throws IOException {
    String serve = executable(bin.resolve("iblocksync-serve"));
    assertEquals(endpoint("a b;$c\n", serve), words("a b;$c\n"));
    assertEquals(endpoint("./-x", serve), words("-x"));
  }

  @Test
  void aLocalHomeIsExpanded() throws IOException {
    String serve = executable(bin.resolve("iblocksync-serve"));
    assertEquals(endpoint("/home/me/a", serve), words("~/a"));
    assertEquals(endpoint("/home/me", serve), words("~"));
    assertEquals(endpoint("/home/me/a", serve), words("file:///~/a"));
  }

  @Test
  void aCommandIsFoundWithoutAPathVariable() throws IOException {
    environment.remove("PATH");
    environment.put("IBLOCKSYNC_SOURCE_EXEC", "sh -c");
    List<String> words = words("/image");
    assertTrue(words.get(0).endsWith("/sh"), words.get(0));
    assertEquals("-c", words.get(1));
  }
}
