package io.iblocksync.protocol;

public final class Version {
  public static final String NUMBER = "2.0.0";

  private Version() {}
}
