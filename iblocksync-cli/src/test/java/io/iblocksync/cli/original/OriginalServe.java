package io.iblocksync.cli.original;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.BitSet;

/** The original's source endpoint: sends what the signals ask for, and all past the target. */
final class OriginalServe extends OriginalEndpoint {
  OriginalServe(String[] arguments, InputStream in, OutputStream out, Fault fault) {
    super(arguments, in, out, fault);
  }

  @Override
  void transfer(BitSet signals) throws IOException {
    boolean first = true;
    for (int block = 0; block < Wire.blocks(image.length, blockSize); block++) {
      if (block < common() && !signals.get(block)) {
        continue;
      }
      int from = block * blockSize;
      int length = length(block, image.length);
      if (first) {
        out.write(image, from, length / 2);
        fault.at(Fault.Step.BLOCKS, out);
        from += length / 2;
        length -= length / 2;
        if (fault.lies(Fault.Step.BLOCKS)) {
          length--;
        }
        first = false;
      }
      out.write(image, from, length);
    }
    sendEnd();
  }

  public static void main(String[] arguments) {
    System.exit(
        new OriginalServe(arguments, standardInput(), standardOutput(), chosenFault()).run());
  }
}
