package io.iblocksync.cli;

import io.iblocksync.cli.relay.Role;
import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Checksums;
import io.iblocksync.protocol.FrameWriter;
import io.iblocksync.protocol.Frames;
import io.iblocksync.protocol.Greeting;
import io.iblocksync.protocol.Greeting.ImageInfo;
import io.iblocksync.protocol.Greeting.Offer;
import io.iblocksync.protocol.Message;
import io.iblocksync.protocol.Message.Data;
import io.iblocksync.protocol.Message.Encoding;
import io.iblocksync.protocol.Message.HashRun;
import io.iblocksync.protocol.Message.Hashes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;

/**
 * Shell scripts that stand in for the endpoints, in a folder of their own which is also where they
 * run the lines that tests give them. Both have {@link #BLOCKS} blocks, of which one differs.
 */
final class ScriptedEndpoints {
  static final HashAlgorithm ALGORITHM = HashAlgorithm.CRC32;
  static final int BLOCK = 512;
  static final int BLOCKS = 10;
  static final int DIFFERING = 3;

  /** All of the coordinator's verdicts, for {@link #take}. */
  static final int VERDICTS = Frames.HEADER + 8 + 3 * 4;

  static final int DONE = Frames.HEADER + Frames.DONE;
  static final int DATA = Frames.HEADER + Frames.DATA_HEADER + BLOCK;

  private final Path folder;

  ScriptedEndpoints(Path folder) throws IOException {
    this.folder = folder;
    System.setProperty("iblocksync.bin", folder.toString());
    source("exit 9");
    target("exit 9");
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** What the source does, from its start. */
  ScriptedEndpoints source(String... lines) throws IOException {
    return script(Role.SOURCE, lines);
  }

  /** What the target does, from its start. */
  ScriptedEndpoints target(String... lines) throws IOException {
    return script(Role.TARGET, lines);
  }

  private ScriptedEndpoints script(Role role, String... lines) throws IOException {
    String text = "#!/bin/sh\ncd '" + folder + "'\n" + String.join("\n", lines) + "\n";
    Path script = file(role.executable());
    Files.writeString(script, text);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return this;
  }

  /** The start that an endpoint of ours makes. */
  static String start() {
    return start(BLOCK);
  }

  static String start(int blockSize) {
    return start(blockSize, "scripted");
  }

  static String start(int blockSize, String program) {
    Offer offer = new Offer(program, List.of(1, 2), List.of());
    ImageInfo info = new ImageInfo(blockSize, ALGORITHM.label(), "/x", BLOCK * BLOCKS, "", offer);
    return answer(Greeting.format(info)) + "\nread -r reply";
  }

  /** Waits for the greeting and answers. */
  static String answer(String line) {
    return "read -r greeting\ncat <<'END'\n" + line + "\nEND";
  }

  /** Takes so many bytes from the coordinator. */
  static String take(int bytes) {
    return "head -c " + bytes + " >/dev/null";
  }

  /** Sends frames. */
  String send(String file, byte[]... frames) throws IOException {
    Path path = file(file);
    Files.write(path, new byte[0]);
    for (byte[] frame : frames) {
      Files.write(path, frame, StandardOpenOption.APPEND);
    }
    return "cat " + file;
  }

  /** Waits until a file is there, not for ever. */
  static String await(String file) {
    return "i=0; while [ ! -e " + file + " ] && [ $i -lt 100 ]; do sleep 0.05; i=$((i+1)); done";
  }

  /** The hashes of all blocks of a side. */
  static byte[] hashes(Role role) {
    byte[] digests = new byte[BLOCKS * 4];
    Arrays.fill(digests, (byte) 1);
    if (role == Role.SOURCE) {
      digests[DIFFERING * 4] = 2;
    }
    return frame(new Hashes(0, List.of(new HashRun(BLOCKS, digests, 0))));
  }

  /** The source's bytes of a block. */
  static byte[] data(int block) {
    return data((long) block * BLOCK, BLOCK);
  }

  static byte[] data(long offset, int length) {
    byte[] body = new byte[length];
    Arrays.fill(body, (byte) 'd');
    int crc = new Checksums().data(Encoding.RAW, offset, length, ByteBuffer.wrap(body));
    byte[] head = frame(new Data(Encoding.RAW, offset, length, crc));
    return ByteBuffer.allocate(head.length + length).put(head).put(body).array();
  }

  static byte[] frame(Message message) {
    ByteBuffer frame = ByteBuffer.allocate(Frames.HEADER + Frames.MAX_BATCH);
    new FrameWriter(ALGORITHM.length()).write(message, frame);
    return Arrays.copyOf(frame.array(), frame.position());
  }
}
