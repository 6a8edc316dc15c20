package io.iblocksync.protocol;

import com.grack.nanojson.JsonObject;
import java.util.Locale;

/**
 * The recognised content of an image: a file system, RAID, LVM, LUKS, swap space or a partition
 * table. An endpoint reports it with its image, see PROTOCOL.md, "Details". The texts are as blkid
 * prints them; those from a peer can contain anything.
 *
 * @param state whether the image has a signature, and whether that is known
 * @param type the kind of the superblock, such as {@code ext4}; empty if there is none
 * @param uuid of the superblock; empty if it has none
 * @param tableType the kind of the partition table, such as {@code gpt}; empty if there is none
 * @param tableUuid of the partition table; empty if it has none
 * @param detail for {@link State#SEVERAL} which signatures, for {@link State#UNKNOWN} why; else
 *     empty
 */
public record Signature(
    State state, String type, String uuid, String tableType, String tableUuid, String detail) {

  /** What is known of the content. */
  public enum State {
    /** The image has one signature, or a superblock and a partition table. */
    FOUND,

    /** The image has no signature. */
    NONE,

    /** The image has several signatures that exclude each other. */
    SEVERAL,

    /** The endpoint could not look for a signature. */
    UNKNOWN;

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Parses a state. A later release may have more states; they count as unknown. */
    private static State of(String label) {
      for (State state : values()) {
        if (state.label().equals(label)) {
          return state;
        }
      }
      return UNKNOWN;
    }
  }

  /** The signature of an image without one. */
  public static final Signature NONE = new Signature(State.NONE, "", "", "", "", "");

  /** A superblock, a partition table, or both; the texts of what is absent are empty. */
  public static Signature found(String type, String uuid, String tableType, String tableUuid) {
    return new Signature(State.FOUND, type, uuid, tableType, tableUuid, "");
  }

  /**
   * Several signatures that exclude each other.
   *
   * @param which the signatures, for a message
   */
  public static Signature several(String which) {
    return new Signature(State.SEVERAL, "", "", "", "", which);
  }

  /**
   * The endpoint could not look for a signature.
   *
   * @param why the reason, as the end of a sentence
   */
  public static Signature unknown(String why) {
    return new Signature(State.UNKNOWN, "", "", "", "", why);
  }

  /**
   * Whether both name the same content: the state and the four texts besides the detail are equal.
   * (The first use of a record's generated equals takes 35 ms.)
   */
  public boolean sameAs(Signature other) {
    return state == other.state
        && type.equals(other.type)
        && uuid.equals(other.uuid)
        && tableType.equals(other.tableType)
        && tableUuid.equals(other.tableUuid);
  }

  /** Returns the member {@code signature} of the image's details. */
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

  /** Parses the member {@code signature} of the image's details. */
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
