package io.iblocksync.cli.original;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.BitSet;

/**
 * The original's target endpoint, with the defect that its recordings show: it passes over a block
 * that is equal as if it were whole and sets the size to where that leads, so that a partial last
 * block which is equal leaves the target padded.
 */
final class OriginalReceive extends OriginalEndpoint {
  OriginalReceive(String[] arguments, InputStream in, OutputStream out, Fault fault) {
    super(arguments, in, out, fault);
  }

  @Override
  byte[] open() throws IOException {
    if (!Files.exists(path)) {
      if (!Files.isDirectory(path.toAbsolutePath().getParent())) {
        throw new NoSuchFileException(path.toString());
      }
      Files.createFile(path);
    }
    return super.open();
  }

  @Override
  void transfer(BitSet signals) throws IOException {
    try (RandomAccessFile target = new RandomAccessFile(path.toFile(), "rw")) {
      boolean first = true;
      for (int block = 0; block < Wire.blocks(otherSize, blockSize); block++) {
        if (block < common() && !signals.get(block)) {
          target.seek(target.getFilePointer() + blockSize);
          continue;
        }
        int length = length(block, otherSize);
        if (first) {
          target.write(Wire.readBytes(in, length / 2));
          fault.at(Fault.Step.BLOCKS, out);
          length -= length / 2;
          first = false;
        }
        target.write(Wire.readBytes(in, length));
      }
      boolean cut = target.length() != target.getFilePointer();
      if (cut) {
        target.setLength(target.getFilePointer());
      }
      target.getFD().sync();
      fault.at(Fault.Step.CUT, out);
      out.write(fault.lies(Fault.Step.CUT) ? 'x' : cut ? Wire.ACK : Wire.NAK);
    }
    sendEnd();
  }

  public static void main(String[] arguments) {
    System.exit(
        new OriginalReceive(arguments, standardInput(), standardOutput(), chosenFault()).run());
  }
}
