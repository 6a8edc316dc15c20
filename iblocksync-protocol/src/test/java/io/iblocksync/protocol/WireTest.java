package io.iblocksync.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Done;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.testing.BoundedPipe;
import io.iblocksync.testing.Hex;
import io.iblocksync.testing.TempImages;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WireTest {
  @Test
  void numbersAreReadByteByByte() throws IOException {
    WireReader in = dripping(Hex.bytes("fe 80000001 ff00000000000002 00000000ffffffff"));
    assertEquals(0xfe, in.readByte());
    assertEquals(0x80000001, in.readInt());
    assertEquals(0xff00000000000002L, in.readLong());
    assertEquals(0xffffffffL, in.readLong());
    assertFalse(in.hasMore());
  }

  @Test
  void aLineIsReadByteByByteAndLeavesTheRest() throws IOException {
    WireReader in = dripping("zwölf\nx".getBytes(StandardCharsets.UTF_8));
    assertEquals("zwölf", in.readLine(6));
    assertEquals('x', in.readByte());
    assertNull(in.readLine(6));
  }

  @Test
  void anEmptyLineIsALine() throws IOException {
    assertEquals("", dripping(new byte[] {'\n'}).readLine(0));
  }

  @Test
  void aLineThatIsTooLongIsRefusedWithWhatCame() {
    LineException e =
        assertThrows(LineException.class, () -> dripping(ascii("seven..\n")).readLine(6));
    assertEquals("received a line of more than 6 bytes", e.getMessage());
    assertArrayEquals(ascii("seven."), e.received());
  }

  @Test
  void aLineOfTheGreatestLengthIsRead() throws IOException {
    String line = "x".repeat(Greeting.MAX_LINE);
    assertEquals(line, whole(ascii(line + "\n")).readLine(Greeting.MAX_LINE));
    assertThrows(LineException.class, () -> whole(ascii(line + "x\n")).readLine(Greeting.MAX_LINE));
  }

  @Test
  void aLineThatIsNotEndedOrNotUtf8IsRefused() {
    LineException open = assertThrows(LineException.class, () -> whole(ascii("{}")).readLine(9));
    assertEquals("the input ended within a line", open.getMessage());
    byte[] latin = {'b', (byte) 0xe4, 'h', '\n'};
    LineException odd = assertThrows(LineException.class, () -> whole(latin).readLine(9));
    assertEquals("received a line that is not UTF-8", odd.getMessage());
    assertArrayEquals(new byte[] {'b', (byte) 0xe4, 'h'}, odd.received());
  }

  @Test
  void bytesAreReadWhetherTheyAreInTheBufferOrNot() throws IOException {
    Random random = TempImages.random("WireTest");
    byte[] sent = TempImages.bytes(random, 300_000);
    for (boolean drip : new boolean[] {true, false}) {
      WireReader in = drip ? dripping(sent) : whole(sent);
      ByteBuffer received = ByteBuffer.allocate(sent.length);
      while (received.hasRemaining()) {
        if (random.nextInt(3) == 0) {
          received.put((byte) in.readByte());
        } else {
          int length = Math.min(1 + random.nextInt(70_000), received.remaining());
          received.limit(received.position() + length);
          in.readFully(received);
          received.limit(sent.length);
        }
        assertEquals(received.position(), in.position());
      }
      assertArrayEquals(sent, received.array());
      assertFalse(in.hasMore());
    }
  }

  @Test
  void anInputThatEndsTooEarlyIsAPeerThatIsGone() {
    for (int length : new int[] {2, 100_000}) {
      WireReader in = whole(new byte[1]);
      assertThrows(PeerGoneException.class, () -> in.readFully(ByteBuffer.allocate(length)));
    }
    assertThrows(PeerGoneException.class, () -> whole(new byte[3]).readInt());
    assertThrows(PeerGoneException.class, () -> whole(new byte[7]).readLong());
    assertThrows(PeerGoneException.class, () -> whole(new byte[0]).readByte());
  }

  @Test
  void someBytesAreThoseAtHand() throws IOException {
    WireReader in = whole(new byte[] {1, 2, 3});
    assertEquals(1, in.readByte());
    ByteBuffer some = ByteBuffer.allocate(1);
    assertEquals(1, in.readSome(some));
    assertEquals(2, some.get(0));
    assertEquals(1, in.readSome(ByteBuffer.allocate(9)));
    assertEquals(0, in.readSome(ByteBuffer.allocate(9)));
  }

  @Test
  void framesGoThroughAPipeOfOneByte() throws Exception {
    Random random = TempImages.random("WireTest");
    byte[] body = TempImages.bytes(random, 50_000);
    BoundedPipe pipe = new BoundedPipe(1);
    FutureTask<Void> writing =
        new FutureTask<>(
            () -> {
              WireWriter out = new WireWriter(pipe.sink());
              out.digestLength(4);
              out.writeLine("hello");
              out.writeData(data(0, 100), ByteBuffer.wrap(body, 0, 100));
              out.writeData(data(100, 49_900), ByteBuffer.wrap(body, 100, 49_900));
              out.write(new Done(50_000, DigestValue.ZERO));
              out.flush();
              pipe.end();
              return null;
            });
    new Thread(writing).start();
    WireReader in = new WireReader(pipe.source(), true);
    assertEquals("hello", in.readLine(9));
    FrameReader frames = new FrameReader(in, 4);
    ByteBuffer received = ByteBuffer.allocate(50_000);
    for (int i = 0; i < 2; i++) {
      frames.readBody((Data) frames.read(), received);
    }
    assertEquals(new Done(50_000, DigestValue.ZERO), frames.read());
    assertNull(frames.read());
    assertArrayEquals(body, received.array());
    writing.get();
  }

  @Test
  void nothingIsWrittenBeforeTheBufferIsFullOrFlushed() throws IOException {
    BoundedPipe pipe = new BoundedPipe(100);
    WireWriter out = new WireWriter(pipe.sink());
    out.digestLength(4);
    out.write(new Done(1, DigestValue.ZERO));
    pipe.end();
    assertFalse(new WireReader(pipe.source(), false).hasMore());
    out.flush();
    assertTrue(new WireReader(pipe.source(), false).hasMore());
  }

  @Test
  void aBrokenPipeIsAPeerThatIsGone() throws IOException {
    BoundedPipe pipe = new BoundedPipe(100);
    pipe.breakOff();
    WireWriter out = new WireWriter(pipe.sink());
    out.digestLength(4);
    assertThrows(PeerGoneException.class, () -> out.writeLine("hello"));
    assertThrows(PeerGoneException.class, () -> out.write(ByteBuffer.allocate(1 << 20)));
  }

  private static Data data(long offset, long length) {
    return new Data(Encoding.RAW, offset, length, 0);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static WireReader whole(byte[] bytes) {
    return new WireReader(Channels.newChannel(new ByteArrayInputStream(bytes)), false);
  }

  /** A reader that gets its bytes one by one. */
  private static WireReader dripping(byte[] bytes) {
    InputStream drip =
        new ByteArrayInputStream(bytes) {
          @Override
          public int read(byte[] into, int offset, int length) {
            return super.read(into, offset, Math.min(1, length));
          }
        };
    return new WireReader(Channels.newChannel(drip), false);
  }
}
