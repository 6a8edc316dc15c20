package io.iblocksync.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class UnexpectedTest {
  @Test
  void aThreadThatCannotBeStartedIsNoLackOfHeap() {
    // No system has room for such a stack.
    Thread thread = new Thread(null, () -> {}, "huge", 1L << 60);
    OutOfMemoryError e = assertThrows(OutOfMemoryError.class, thread::start);
    String text = Unexpected.text(e);
    assertTrue(text.startsWith("no further thread can be started: "), text);
    assertTrue(text.contains("ulimit -u"), text);
  }

  @Test
  void aHeapThatIsFullNamesItsOption() {
    String text = Unexpected.text(new OutOfMemoryError("Java heap space"));
    assertTrue(text.startsWith("not enough memory: "), text);
    assertTrue(text.contains("-Xmx"), text);
    assertEquals(text, Unexpected.text(new OutOfMemoryError()));
  }

  @Test
  void memoryForBlocksNamesItsOption() {
    OutOfMemoryError e = new OutOfMemoryError("Cannot reserve 9 bytes of direct buffer memory");
    assertTrue(Unexpected.text(e).contains("-XX:MaxDirectMemorySize="), Unexpected.text(e));
  }

  @Test
  void aClassThatCannotBeLoadedIsNamedWhereDescriptorsAreFree() {
    String text = Unexpected.text(new NoClassDefFoundError("io/iblocksync/Some"));
    assertTrue(text.startsWith("the program's own files cannot be read: "), text);
    assertTrue(text.contains("io/iblocksync/Some"), text);
  }

  @Test
  void whatElseIsThrownIsABug() {
    assertEquals(
        "internal error: java.lang.IllegalStateException: odd",
        Unexpected.text(new IllegalStateException("odd")));
  }

  @Test
  void whatCodeWaitsForStaysAsItIs() {
    IOException e = new IOException("the disk is gone");
    assertSame(e, Unexpected.exception(e));
    assertEquals(
        "internal error: java.lang.IllegalStateException: odd",
        Unexpected.exception(new IllegalStateException("odd")).getMessage());
  }
}
