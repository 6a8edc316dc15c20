package io.iblocksync.cli.original;

import com.grack.nanojson.JsonObject;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * An endpoint of iblocksync 1.0.1, played from the description of its protocol: what serve and
 * receive have in common, up to the signals. It shares no code with the program.
 */
abstract class OriginalEndpoint {
  final InputStream in;
  final OutputStream out;
  final Fault fault;
  final Path path;
  final int blockSize;
  final String algorithm;

  /** What this side's image holds at the start. */
  byte[] image;

  /** The size that the other side's image info gives. */
  long otherSize;

  OriginalEndpoint(String[] arguments, InputStream in, OutputStream out, Fault fault) {
    if (arguments.length != 5
        || !arguments[0].equals("--block")
        || !arguments[2].equals("--algo")) {
      throw new IllegalArgumentException(String.join(" ", arguments));
    }
    this.blockSize = Integer.parseInt(arguments[1]);
    this.algorithm = arguments[3];
    this.path = Path.of(arguments[4]);
    this.in = new BufferedInputStream(in);
    this.out = new BufferedOutputStream(out, 1 << 16);
    this.fault = fault;
  }

  /** Plays the endpoint to its end. Returns the exit status; closes nothing. */
  int run() {
    try {
      fault.at(Fault.Step.START, out);
      if (!Wire.readLine(in).equals(Wire.GREETING)) {
        return 1;
      }
      try {
        image = open();
      } catch (NoSuchFileException e) {
        return refuse("No such file or directory", 2);
      }
      if (image == null) {
        return refuse("Is a directory", 21);
      }
      sendInfo();
      otherSize = Json.parse(Wire.readLine(in)).getLong("fileSize");
      sendDigests();
      transfer(readSignals());
      out.flush();
      fault.at(Fault.Step.EXIT, out);
      return fault.lies(Fault.Step.EXIT) ? Fault.STOP_STATUS : 0;
    } catch (Fault.Stopped e) {
      return e.status;
    } catch (IOException e) {
      return 1;
    }
  }

  /** Reads the whole image; null if it is a directory. */
  byte[] open() throws IOException {
    return Files.isDirectory(path) ? null : Files.readAllBytes(path);
  }

  abstract void transfer(BitSet signals) throws IOException;

  final int common() {
    return Math.min(Wire.blocks(image.length, blockSize), Wire.blocks(otherSize, blockSize));
  }

  /** The length of a block of an image of that size: the last one may be partial. */
  final int length(int block, long size) {
    return (int) Math.min(blockSize, size - (long) block * blockSize);
  }

  private int refuse(String error, int errno) throws IOException {
    JsonObject line = new JsonObject();
    line.put("error", error);
    line.put("errno", errno);
    out.write(Wire.line(Json.print(line)));
    out.flush();
    return 1;
  }

  private void sendInfo() throws IOException {
    JsonObject info = new JsonObject();
    info.put("blockSize", blockSize);
    info.put("hashAlgorithm", algorithm);
    info.put("filePath", path.toString());
    info.put("fileSize", image.length);
    info.put("uuid", "");
    byte[] line = Wire.line(Json.print(fault.lie(info)));
    out.write(line, 0, line.length / 2);
    fault.at(Fault.Step.INFO, out);
    out.write(line, line.length / 2, line.length - line.length / 2);
    out.flush();
  }

  private void sendDigests() throws IOException {
    for (int block = 0; block < common(); block++) {
      if (block == common() / 2) {
        fault.at(Fault.Step.DIGESTS, out);
      }
      int from = block * blockSize;
      byte[] digest = Digests.of(algorithm, image, from, length(block, image.length));
      if (fault.lies(Fault.Step.DIGESTS)) {
        digest[0]++;
      }
      out.write(digest);
    }
    out.flush();
  }

  private BitSet readSignals() throws IOException {
    BitSet signals = new BitSet();
    for (int block = 0; block < common(); block++) {
      if (block == common() / 2) {
        fault.at(Fault.Step.SIGNALS, out);
      }
      signals.set(block, Wire.readSignal(in, Wire.ACK, Wire.NAK) == Wire.ACK);
    }
    return signals;
  }

  final void sendEnd() throws IOException {
    fault.at(Fault.Step.EOT, out);
    out.write(fault.lies(Fault.Step.EOT) ? Wire.NAK : Wire.EOT);
  }

  /** The fault that the script starting this process has chosen. */
  static Fault chosenFault() {
    return Fault.of(System.getProperty("original.fault", ""));
  }

  static InputStream standardInput() {
    return new FileInputStream(FileDescriptor.in);
  }

  static OutputStream standardOutput() {
    return new FileOutputStream(FileDescriptor.out);
  }
}
