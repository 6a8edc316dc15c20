package io.iblocksync.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockSizeTest {
  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "512, 512",
    "0512, 512",
    "512B, 512",
    "512b, 512",
    "1073741824, 1073741824",
  })
  void aNumberAloneOrWithBIsBytes(String text, int expected) {
    assertEquals(expected, BlockSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "4K, 4096",
    "4k, 4096",
    "4KiB, 4096",
    "4kib, 4096",
    "3M, 3145728",
    "3m, 3145728",
    "3MiB, 3145728",
    "3mib, 3145728",
    "1G, 1073741824",
    "1g, 1073741824",
    "1GiB, 1073741824",
    "1gib, 1073741824",
    "0.0009765625T, 1073741824",
    "0.0009765625t, 1073741824",
    "0.0009765625TiB, 1073741824",
    "0.00000095367431640625P, 1073741824",
    "0.00000095367431640625p, 1073741824",
    "0.000000000931322574615478515625E, 1073741824",
    "0.000000000931322574615478515625eib, 1073741824",
  })
  void aPrefixAloneCountsInPowersOf1024(String text, int expected) {
    assertEquals(expected, BlockSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "4kB, 4000",
    "4kb, 4000",
    "3MB, 3000000",
    "3mb, 3000000",
    "1GB, 1000000000",
    "1gb, 1000000000",
    "0.001TB, 1000000000",
    "0.001tb, 1000000000",
    "0.000001PB, 1000000000",
    "0.000001pb, 1000000000",
    "0.000000001EB, 1000000000",
    "0.000000001eb, 1000000000",
  })
  void aPrefixWithBCountsInPowersOf1000(String text, int expected) {
    assertEquals(expected, BlockSize.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1.5M, 1572864",
    "0.5K, 512",
    ".5K, 512",
    "1.0, 1",
    "2.k, 2048",
    "1.1kB, 1100",
    "0.3MB, 300000",
    "1.0009765625K, 1025"
  })
  void decimalsAreExact(String text, int expected) {
    assertEquals(expected, BlockSize.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.5", "1.5B", "1.1K", "0.0001kB", "1023.9999999999999999999999M"})
  void partsOfAByteAreRefused(String text) {
    assertRefused(text, "is not a whole number of bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0", "0M", "0.0", "0.0G", "000", "-1", "-1M", "-0", "-0.5k", "-99999999999"})
  void nothingAndLessThanNothingAreRefused(String text) {
    assertRefused(text, "must be at least 1 byte");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1073741825",
        "1025M",
        "2G",
        "1.1G",
        "1.000000001G",
        "2GB",
        "1T",
        "1E",
        "1EB",
        "9E",
        "16E",
        "9223372036854775808",
        "18446744073709551617",
        "18014398509481985K",
        "4294967297",
        "100000000000000000000000000000000000000000000000001"
      })
  void moreThan1GIsRefused(String text) {
    assertRefused(text, "must be at most 1G");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "M",
        "B",
        ".",
        "-",
        "-M",
        ".M",
        "1.2.3",
        "1X",
        "1MM",
        "1Mi",
        "1MIB",
        "1MBs",
        "1M ",
        " 1M",
        "1 M",
        "+1M",
        "1e6",
        "0x10",
        "1,5M",
        "\u0661M",
        "1bB",
        "1KB",
        "1Mb",
        "1mB",
        "1iB",
        "NaN",
        "Infinity",
        "1\n"
      })
  void whatIsNoNumberWithASuffixIsRefused(String text) {
    assertRefused(text, "expected a number with a suffix of");
  }

  @Test
  void withoutTheOptionABlockIs1M() {
    assertEquals(BlockSize.DEFAULT, BlockSize.parse("1M"));
  }

  @Test
  void theLargestIs1G() {
    assertEquals(BlockSize.MAX, BlockSize.parse("1G"));
  }

  private static void assertRefused(String text, String reason) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> BlockSize.parse(text)).getMessage();
    assertTrue(message.startsWith("invalid block size '" + text + "': " + reason), message);
  }
}
