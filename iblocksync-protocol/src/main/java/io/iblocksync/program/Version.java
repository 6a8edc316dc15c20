package io.iblocksync.program;

/** The version of this program. */
public final class Version {
  /** The release number. */
  public static final String NUMBER = "2.2.0";

  private Version() {}

  /**
   * Returns the output of {@code --version}.
   *
   * @param program the name of the executable
   * @return complete lines
   */
  public static String text(String program) {
    return program
        + " "
        + NUMBER
        + "\nProtocols 2 and 1 (the latter is that of iblocksync 1.0.1)\n\n"
        + "Copyright (C) 2017-2022 Daniel Rudolf\n"
        + "Copyright (C) 2026 the iblocksync authors\n\n"
        + "Free software under the GNU General Public License, version 3 only\n"
        + "<https://www.gnu.org/licenses/gpl-3.0.html>: you may change it and pass it on.\n"
        + "There is no warranty, as far as the law permits.\n";
  }
}
