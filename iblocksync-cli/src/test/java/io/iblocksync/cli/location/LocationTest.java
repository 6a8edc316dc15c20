package io.iblocksync.cli.location;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocationTest {

  private static void isLocal(String text, String path) {
    assertEquals(new Location.Local(path, text), LocationParser.parse(text));
  }

  private static void isRemote(String text, String user, String host, int port, String path) {
    assertEquals(new Location.Remote(user, host, port, path, text), LocationParser.parse(text));
  }

  private static String refused(String text) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> LocationParser.parse(text), text)
            .getMessage();
    assertTrue(message.contains(text), message);
    return message;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/abs/image",
        "image",
        "dir/image",
        "./image",
        "../image",
        "~/image",
        "~other/image",
        "~",
        "a b",
        "bäckup.img",
        "a\nb",
        "/",
        "a@b",
        "@",
        "%41",
        "[x]",
        "/./image",
        "a/b@c",
        "$(id)"
      })
  void aPlainPathIsLocalAndStaysAsItIs(String path) {
    isLocal(path, path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"./a:b", "/a:b", "dir/a:b", "./host:/path", "dir/[::1]:/x", "~/a:b"})
  void aSlashBeforeTheFirstColonMakesALocalPath(String path) {
    isLocal(path, path);
  }

  @Test
  void aLocalPathThatBeginsWithADashIsHandedOnSafely() {
    isLocal("-rf", "./-rf");
    isLocal("-", "./-");
    isLocal("file:///./-x", "./-x");
  }

  @Test
  void aFileUrlIsLocal() {
    isLocal("file:///abs/image", "/abs/image");
    isLocal("file://localhost/abs/image", "/abs/image");
    isLocal("FILE:///abs/image", "/abs/image");
    isLocal("file:///a:b", "/a:b");
  }

  @Test
  void aFileUrlWithADotIsRelative() {
    isLocal("file:///./dir/image", "dir/image");
    isLocal("file:///.//dir/image", "dir/image");
    isLocal("file://./image", "./image");
    isLocal("file://../image", "../image");
  }

  @Test
  void aFileUrlKnowsHomes() {
    isLocal("file:///~/image", "~/image");
    isLocal("file:///~other/image", "~other/image");
    isLocal("file://~/image", "~/image");
  }

  @Test
  void aTildeAfterADotIsOneOfAName() {
    isLocal("file:///./~x", "./~x");
    isRemote("ssh://host/./~x", null, "host", 0, "./~x");
  }

  @Test
  void aFileUrlWithAHostIsRefused() {
    assertTrue(refused("file://host/image").contains("file:///path"));
    refused("file://image");
  }

  @Test
  void aScpPathIsRemote() {
    isRemote("host:/abs/image", null, "host", 0, "/abs/image");
    isRemote("user@host:/abs/image", "user", "host", 0, "/abs/image");
    isRemote("host:image", null, "host", 0, "image");
    isRemote("host:~/image", null, "host", 0, "~/image");
    isRemote("host:~other/image", null, "host", 0, "~other/image");
    isRemote("host:a:b", null, "host", 0, "a:b");
    isRemote("host:a b;c", null, "host", 0, "a b;c");
    isRemote("host:a\nb", null, "host", 0, "a\nb");
  }

  @Test
  void theLastAtSignEndsTheUser() {
    isRemote("user@domain@host:x", "user@domain", "host", 0, "x");
    isRemote("ssh://user@domain@host/x", "user@domain", "host", 0, "/x");
  }

  @Test
  void anAtSignInThePathIsNoUser() {
    isRemote("host:a@b", null, "host", 0, "a@b");
    isRemote("ssh://host/a@b:22/c", null, "host", 0, "/a@b:22/c");
  }

  @Test
  void anSshUrlIsAbsolute() {
    isRemote("ssh://host/abs/image", null, "host", 0, "/abs/image");
    isRemote("ssh://user@host/abs/image", "user", "host", 0, "/abs/image");
    isRemote("SSH://host//abs", null, "host", 0, "//abs");
  }

  @Test
  void anSshUrlWithADotIsRelative() {
    isRemote("ssh://host/./dir/image", null, "host", 0, "dir/image");
    isRemote("ssh://user@host:2222/./image", "user", "host", 2222, "image");
  }

  @Test
  void anSshUrlKnowsHomes() {
    isRemote("ssh://host/~/image", null, "host", 0, "~/image");
    isRemote("ssh://host/~other/image", null, "host", 0, "~other/image");
  }

  @Test
  void anSshUrlIsNotPercentDecoded() {
    isRemote("ssh://host/a%20b", null, "host", 0, "/a%20b");
  }

  @Test
  void anSshUrlMayHaveAPort() {
    isRemote("ssh://host:1/x", null, "host", 1, "/x");
    isRemote("ssh://user@host:65535/x", "user", "host", 65535, "/x");
    isRemote("ssh://host:022/x", null, "host", 22, "/x");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "65536", "", "-1", "22a", "+22", " 22", "99999999999999999999", "2２"})
  void aPortThatIsNoneIsRefused(String port) {
    assertTrue(refused("ssh://host:" + port + "/x").contains("port"));
  }

  @Test
  void anIpv6AddressStandsInBrackets() {
    isRemote("[::1]:/x", null, "::1", 0, "/x");
    isRemote("user@[fe80::1%eth0]:x", "user", "fe80::1%eth0", 0, "x");
    isRemote("ssh://[::1]/x", null, "::1", 0, "/x");
    isRemote("ssh://user@[::1]:2222/x", "user", "::1", 2222, "/x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh://::1/x", "ssh://fe80::1:22/x"})
  void anIpv6AddressWithoutBracketsIsRefused(String text) {
    assertTrue(refused(text).contains("brackets"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[::1:/x", "[::1]x:/x", "[:/x", "ssh://[::1/x", "ssh://::1]/x", "h]:x", "[[a]]:x"})
  void anOddBracketIsRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @CsvSource({
    "-oProxyCommand=id:x, host",
    "-l@host:x, user",
    "user@-host:x, host",
    "[-host]:x, host",
    "ssh://-host/x, host",
    "ssh://-u@host/x, user",
    "ssh://[-host]:22/x, host"
  })
  void aUserOrHostThatBeginsWithADashIsRefused(String text, String what) {
    assertTrue(refused(text).contains("the " + what + " begins with a dash"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":x",
        "@host:x",
        "user@:x",
        "[]:x",
        "ssh:///x",
        "ssh://@host/x",
        "ssh://u@/x",
        "ssh://:22/x"
      })
  void anEmptyUserOrHostIsRefused(String text) {
    assertTrue(refused(text).contains("is empty"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ho st:x",
        "host\n:x",
        "us\ter@host:x",
        "us er@host:x",
        "ho\u007fst:x",
        "h\u00a0:x",
        "ssh://ho st/x",
        "ssh://u\u0001@host/x",
        "ssh://h\u2003/x",
        " host:x"
      })
  void aBlankOrControlCharacterInAUserOrHostIsRefused(String text) {
    assertTrue(refused(text).contains("blank or a control character"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"host:", "user@host:", "[::1]:", "ssh://host", "ssh://host/", "file:///"})
  void aMissingPathIsRefused(String text) {
    assertTrue(refused(text).contains("the path is missing"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ssh://host/./", "file:///./", "file://localhost/", "ssh://h:22"})
  void aMissingRelativePathIsRefused(String text) {
    assertTrue(refused(text).contains("the path is missing"));
  }

  @Test
  void anEmptyLocationIsRefused() {
    assertTrue(refused("").contains("the path is empty"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sftp://host/x", "http://host/x", "rsync://h/x", "host://x"})
  void anotherUrlIsRefused(String text) {
    assertTrue(refused(text).contains("only ssh:// and file://"));
  }

  @Test
  void aRemotePathThatBeginsWithADashIsHandedOnSafely() {
    isRemote("host:-rf", null, "host", 0, "./-rf");
    isRemote("ssh://host/./-rf", null, "host", 0, "./-rf");
  }

  @Test
  void theHintNamesTheWayToWriteALocalNameWithAColon() {
    assertTrue(refused(":x").contains("./NAME"));
  }
}
