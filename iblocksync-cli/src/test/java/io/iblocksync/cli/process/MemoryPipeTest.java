package io.iblocksync.cli.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MemoryPipeTest {
  private final MemoryPipe pipe = new MemoryPipe();
  private final InputStream in = pipe.input();
  private final OutputStream out = pipe.output();

  private CompletableFuture<Void> write(byte[] bytes) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            out.write(bytes);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void whatIsWrittenIsReadInPiecesOfAnySize() throws Exception {
    byte[] bytes = new byte[100_000];
    new Random(1).nextBytes(bytes);
    CompletableFuture<Void> writing = write(bytes);
    byte[] read = new byte[bytes.length];
    int done = 0;
    for (int size = 1; done < bytes.length; size = size * 3 + 1) {
      done += in.read(read, done, Math.min(size, bytes.length - done));
    }
    writing.get();
    assertArrayEquals(bytes, read);
  }

  @Test
  void aClosedWritingEndIsTheEndOfTheInput() throws IOException {
    out.close();
    assertEquals(-1, in.read());
  }

  @Test
  void aReaderThatWaitsSeesTheEnd() throws Exception {
    CompletableFuture<Integer> reading =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return in.read();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    out.close();
    assertEquals(-1, reading.get());
  }

  @Test
  void aClosedReadingEndBreaksTheWriteThatWaits() throws Exception {
    CompletableFuture<Void> writing = write(new byte[10]);
    assertEquals(0, in.read());
    in.close();
    assertThrows(ExecutionException.class, writing::get);
  }

  @Test
  void aClosedReadingEndBreaksTheNextWrite() throws IOException {
    in.close();
    IOException e = assertThrows(IOException.class, () -> out.write(1));
    assertEquals("Broken pipe", e.getMessage());
  }
}
