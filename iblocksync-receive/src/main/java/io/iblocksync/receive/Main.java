package io.iblocksync.receive;

/** Starts the program. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(1);
  }
}
