package io.iblocksync.protocol;

import com.grack.nanojson.JsonObject;
import java.util.Locale;

/**
 * By what an image is recognised: a file system, RAID, LVM, LUKS, swap space or a partition table.
 * An endpoint reports it with its image, see PROTOCOL.md, "Details". The texts are as blkid prints
 * them; those of a peer can hold anything.
 *
 * @param state whether there is a signature, and whether that is known
 * @param type the kind of the superblock, such as {@code ext4}; empty if there is none
 * @param uuid of the superblock; empty if it has none
 * @param tableType the kind of the partition table, such as {@code gpt}; empty if there is none
 * @param tableUuid of the partition table; empty if it has none
 * @param detail with {@link State#SEVERAL} which, with {@link State#UNKNOWN} why; else empty
 */
public record Signature(
    State state, String type, String uuid, String tableType, String tableUuid, String detail) {

  /** What is known. */
  public enum State {
    /** There is one signature, or a superblock with a partition table. */
    FOUND,

    /** There is none. */
    NONE,

    /** There are several that exclude each other. */
    SEVERAL,

    /** It could not be looked for. */
    UNKNOWN;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** A later release may have more states: of those nothing is known. */
    private static State of(String label) {
      for (State state : values()) {
        if (state.label().equals(label)) {
          return state;
        }
      }
      return UNKNOWN;
    }
  }

  /** Of an image without a signature. */
  public static final Signature NONE = new Signature(State.NONE, "", "", "", "", "");

  /** A superblock, a partition table, or both. What is not there is empty. */
  public static Signature found(String type, String uuid, String tableType, String tableUuid) {
    return new Signature(State.FOUND, type, uuid, tableType, tableUuid, "");
  }

  /** Several that exclude each other. */
  public static Signature several(String which) {
    return new Signature(State.SEVERAL, "", "", "", "", which);
  }

  /**
   * It could not be looked for.
   *
   * @param why as the end of a sentence
   */
  public static Signature unknown(String why) {
    return new Signature(State.UNKNOWN, "", "", "", "", why);
  }

  /**
   * Whether both name the same content: all four texts. (A record's own equals takes 35 ms to
   * load.)
   */
  public boolean sameAs(Signature other) {
    return state == other.state
        && type.equals(other.type)
        && uuid.equals(other.uuid)
        && tableType.equals(other.tableType)
        && tableUuid.equals(other.tableUuid);
  }

  /** As a member of the image's details. */
  JsonObject format() {
    JsonObject json = new JsonObject();
    json.put("state", state.label());
    put(json, "type", type);
    put(json, "uuid", uuid);
    put(json, "ptType", tableType);
    put(json, "ptUuid", tableUuid);
    put(json, "detail", detail);
    return json;
  }

  private static void put(JsonObject json, String name, String text) {
    if (!text.isEmpty()) {
      json.put(name, text);
    }
  }

  /** Reads the member of the image's details. */
  static Signature parse(JsonObject json) throws ProtocolException {
    return new Signature(
        State.of(Json.text(json, "state")),
        text(json, "type"),
        text(json, "uuid"),
        text(json, "ptType"),
        text(json, "ptUuid"),
        text(json, "detail"));
  }

  private static String text(JsonObject json, String name) throws ProtocolException {
    return json.has(name) ? Json.text(json, name) : "";
  }
}
