package io.iblocksync.linux;

import io.iblocksync.linux.MountTable.Mount;
import java.nio.charset.StandardCharsets;

/**
 * Lines of mountinfo, with names that those choose who may mount (with FUSE and in containers
 * everybody): any line is read or passed over, and a name that the kernel has escaped is found as
 * it was. It escapes nothing but blanks, tabs, line feeds and backslashes.
 */
public final class MountTableFuzz {
  private MountTableFuzz() {}

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    MountTable.parse(text, "");
    String name = "/" + text;
    String escaped =
        name.replace("\\", "\\134")
            .replace(" ", "\\040")
            .replace("\t", "\\011")
            .replace("\n", "\\012");
    Mount mount =
        MountTable.parse(
            "36 35 98:0 / " + escaped + " rw shared:1 - fuse " + escaped + " rw,x=y", "7");
    if (!mount.equals(new Mount("98:0", name, "fuse", name, true, "7"))) {
      throw new IllegalStateException("read as " + mount + " instead of " + name);
    }
  }
}
