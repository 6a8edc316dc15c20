package io.iblocksync.serve;

/** Starts the program. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(1);
  }
}
