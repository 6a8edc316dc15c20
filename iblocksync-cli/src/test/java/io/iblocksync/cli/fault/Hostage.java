package io.iblocksync.cli.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.LoneEndpoint;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An endpoint of ours as a process, in the hands of a test that is its coordinator. */
final class Hostage implements Closeable {
  static final int BLOCK = 4096;

  /** The bytes of a crc32. */
  private static final int DIGEST = 4;

  private static final int PATIENCE_SECONDS = 40;

  private final LoneEndpoint endpoint;
  private final DataInputStream in;
  private final int block;
  private volatile long peakKilobytes;

  /** Starts it with a small heap, so that memory without a bound shows. */
  Hostage(String name, Path image) throws IOException {
    this(name, image, BLOCK, "-Xmx48m -Xmn8m");
  }

  Hostage(String name, Path image, int block, String options) throws IOException {
    this.block = block;
    endpoint =
        new LoneEndpoint(
            image.getParent(),
            name,
            List.of("--block", Integer.toString(block), "--algo", "crc32", image.toString()),
            Map.of("IBLOCKSYNC_JAVA_OPTS", options),
            PATIENCE_SECONDS);
    in = new DataInputStream(endpoint.from());
  }

  /** Greets, and chooses protocol 2 with another endpoint whose image has this size. */
  Hostage begin(long otherSize) throws IOException {
    return begin(otherSize, "", "");
  }

  /**
   * The same.
   *
   * @param features names in single quotes
   * @param settings members of JSON, with single quotes
   */
  Hostage begin(long otherSize, String features, String settings) throws IOException {
    send("iblocksync 1.0.1\n".getBytes(StandardCharsets.UTF_8));
    assertTrue(line().contains("\"offer\""));
    String reply = reply(block, Long.toString(otherSize), features, settings);
    return send(reply.getBytes(StandardCharsets.UTF_8));
  }

  static String reply(String otherSize) {
    return reply(BLOCK, otherSize, "", "");
  }

  private static String reply(int block, String otherSize, String features, String settings) {
    return ("{'blockSize': "
            + block
            + ", 'hashAlgorithm': 'crc32', 'filePath': '/x', 'fileSize': "
            + otherSize
            + ", 'uuid': '', 'choice': {'program': 'test', 'protocol': 2, 'features': ["
            + features
            + "], 'verbosity': 0, 'settings': {"
            + settings
            + "}}}\n")
        .replace('\'', '"');
  }

  String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n' && next >= 0; next = in.read()) {
      line.append((char) next);
    }
    return line.toString();
  }

  /** Sends all of these bytes, though it may end before it has taken them. */
  Hostage send(byte[] bytes) {
    if (!endpoint.send(bytes)) {
      notePeak();
    }
    return this;
  }

  /** Whether it still takes what it is sent. */
  boolean takes(byte[] bytes) {
    return endpoint.send(bytes);
  }

  /** The type of the next frame, whose payload is dropped; -1 at the end. */
  int frame() throws IOException {
    try {
      int length = in.readInt();
      int type = in.readUnsignedByte();
      in.skipNBytes(length);
      return type;
    } catch (EOFException e) {
      return -1;
    }
  }

  /** Of how many blocks the next frame has the hashes. */
  long hashes() throws IOException {
    byte[] payload = new byte[in.readInt()];
    assertEquals(Frame.HASHES, in.readUnsignedByte());
    in.readFully(payload);
    ByteBuffer fields = ByteBuffer.wrap(payload).position(8);
    long blocks = 0;
    while (fields.hasRemaining()) {
      int run = fields.getInt();
      int count = run & Integer.MAX_VALUE;
      fields.position(fields.position() + (run < 0 ? 0 : count * DIGEST));
      blocks += count;
    }
    return blocks;
  }

  boolean isAlive() {
    return endpoint.isAlive();
  }

  /** Reads on to a frame of this type. */
  Hostage await(int type) throws IOException {
    for (int next = frame(); next != type; next = frame()) {
      assertFalse(next < 0, () -> "ended; said: " + said());
    }
    return this;
  }

  /** Asserts that it says that it failed, in protocol 2, and why; and ends with status 1. */
  void fails(String... texts) throws IOException, InterruptedException {
    failsSaying("", texts);
  }

  /** The same, with what it says to its user. */
  void failsSaying(String said, String... texts) throws IOException, InterruptedException {
    String text = null;
    while (text == null) {
      int length = in.readInt();
      int type = in.readUnsignedByte();
      if (type == Frame.FAILURE) {
        byte[] payload = new byte[length];
        in.readFully(payload);
        text = new String(payload, 4, length - 4, StandardCharsets.UTF_8);
      } else {
        assertFalse(type == Frame.DONE, "done, without a failure");
        in.skipNBytes(length);
      }
    }
    for (String part : texts) {
      assertTrue(text.contains(part), "no '" + part + "' in: " + text);
    }
    assertFalse(text.contains("internal error") || text.contains("Exception"), text);
    notePeak();
    ends();
    assertEquals(said, said());
  }

  /** Asserts that it ends with status 1 and one line at most. */
  void ends() throws IOException, InterruptedException {
    endpoint.to().close();
    in.transferTo(OutputStream.nullOutputStream());
    assertEquals(1, endpoint.await(), this::said);
    String said = said();
    assertFalse(said.contains("Exception") || said.contains("internal error"), said);
    assertTrue(said.lines().count() <= 1, said);
  }

  /** Asserts that no more than this was ever resident, as far as it was looked at. */
  void tookAtMost(int megabytes) {
    assertTrue(peakKilobytes > 0, "no peak was noted");
    assertTrue(peakKilobytes <= megabytes * 1024L, peakKilobytes + " KiB were resident");
  }

  /** Notes the most that was resident up to now. */
  void notePeak() {
    peakKilobytes = Math.max(peakKilobytes, Memory.peakKilobytes(endpoint.pid()));
  }

  String said() {
    return endpoint.said();
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
