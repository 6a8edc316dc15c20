package io.iblocksync.protocol;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonWriter;
import java.util.List;

/**
 * The lines with which every exchange starts, whatever protocol follows: the coordinator sends
 * {@link #LINE}, the endpoint answers with an {@link ImageInfo} or a {@link StartError}, and the
 * coordinator replies with the other endpoint's image info and its own {@link Choice}. The format
 * is that of iblocksync 1.0.1, which ignores members that it does not know; see PROTOCOL.md,
 * "Start".
 */
public final class Greeting {
  /** The coordinator's first line; 1.0.1 accepts no other version than its own. */
  public static final String LINE = "iblocksync 1.0.1";

  /** The longest line that a reader accepts, in bytes: several times the longest path. */
  public static final int MAX_LINE = 1 << 16;

  private Greeting() {}

  /** An endpoint's answer to the greeting. */
  public sealed interface Answer {}

  /**
   * An endpoint's description of its image.
   *
   * @param blockSize in bytes
   * @param fileSize in bytes; 0 for a target that does not exist yet
   * @param uuid of the file system in the image, as blkid prints it; empty if there is none
   * @param offer what the endpoint supports beyond 1.0.1; null from the original 1.0.1
   * @param details what the endpoint reports about its image beyond 1.0.1; null from the original
   *     1.0.1
   */
  public record ImageInfo(
      int blockSize,
      String hashAlgorithm,
      String filePath,
      long fileSize,
      String uuid,
      Offer offer,
      ImageDetails details)
      implements Answer {

    /** An image info without details. */
    public ImageInfo(
        int blockSize,
        String hashAlgorithm,
        String filePath,
        long fileSize,
        String uuid,
        Offer offer) {
      this(blockSize, hashAlgorithm, filePath, fileSize, uuid, offer, null);
    }
  }

  /**
   * What an endpoint supports in addition to protocol 1.
   *
   * @param program name and version of the endpoint, for messages
   * @param protocols the numbers of the protocols
   * @param features names of {@link Features}; those of a later release can be among them
   */
  public record Offer(String program, List<Integer> protocols, List<String> features) {}

  /**
   * The endpoint cannot serve or receive the image.
   *
   * @param error a text for the user
   * @param errno the system's error number, 0 if there is none
   */
  public record StartError(String error, int errno) implements Answer {}

  /**
   * What the coordinator chooses for this run.
   *
   * @param program name and version of the coordinator, for messages
   * @param protocol the number of the protocol that follows
   * @param features the features in use, each of which the endpoint has offered
   * @param verbosity of the endpoint's messages: 0 warnings, 1 information, 2 debugging
   * @param settings the settings of the run
   */
  public record Choice(
      String program, int protocol, List<String> features, int verbosity, Settings settings) {}

  /**
   * The coordinator's reply to an image info.
   *
   * @param other the other endpoint's image info
   * @param choice null from the original 1.0.1, which means protocol 1
   */
  public record Reply(ImageInfo other, Choice choice) {}

  /** Returns the answer as one line of JSON, without the line feed. */
  public static String format(Answer answer) {
    JsonObject json = new JsonObject();
    if (answer instanceof StartError error) {
      json.put("error", error.error());
      if (error.errno() != 0) {
        json.put("errno", error.errno());
      }
    } else if (answer instanceof ImageInfo info) {
      putInfo(json, info);
      if (info.offer() != null) {
        JsonObject offer = new JsonObject();
        offer.put("program", info.offer().program());
        offer.put("protocols", new JsonArray(info.offer().protocols()));
        offer.put("features", new JsonArray(info.offer().features()));
        json.put("offer", offer);
      }
      if (info.details() != null) {
        json.put("image", info.details().format());
      }
    }
    return JsonWriter.string(json);
  }

  /** Returns the reply as one line of JSON, without the line feed. */
  public static String format(Reply reply) {
    JsonObject json = new JsonObject();
    putInfo(json, reply.other());
    if (reply.choice() != null) {
      JsonObject choice = new JsonObject();
      choice.put("program", reply.choice().program());
      choice.put("protocol", reply.choice().protocol());
      choice.put("features", new JsonArray(reply.choice().features()));
      choice.put("verbosity", reply.choice().verbosity());
      choice.put("settings", reply.choice().settings().format());
      json.put("choice", choice);
    }
    return JsonWriter.string(json);
  }

  /**
   * Parses an endpoint's answer.
   *
   * @throws ProtocolException if the line is not such an answer
   */
  public static Answer parseAnswer(String line) throws ProtocolException {
    JsonObject json = Json.parse(line);
    if (json.has("error")) {
      return new StartError(Json.text(json, "error"), json.getInt("errno", 0));
    }
    Offer offer = null;
    if (json.has("offer")) {
      JsonObject member = Json.object(json, "offer");
      offer =
          new Offer(
              Json.text(member, "program"),
              Json.numbers(member, "protocols"),
              Json.texts(member, "features"));
    }
    ImageDetails details =
        json.has("image") ? ImageDetails.parse(Json.object(json, "image")) : null;
    return info(json, offer, details);
  }

  /**
   * Parses the coordinator's reply. An offer in it is the other endpoint's and is ignored.
   *
   * @throws ProtocolException if the line is not such a reply
   */
  public static Reply parseReply(String line) throws ProtocolException {
    JsonObject json = Json.parse(line);
    Choice choice = null;
    if (json.has("choice")) {
      JsonObject member = Json.object(json, "choice");
      choice =
          new Choice(
              Json.text(member, "program"),
              (int) Json.number(member, "protocol", 1, Integer.MAX_VALUE),
              Json.texts(member, "features"),
              (int) Json.number(member, "verbosity", 0, 2),
              member.has("settings")
                  ? Settings.parse(Json.object(member, "settings"))
                  : Settings.NONE);
    }
    return new Reply(info(json, null, null), choice);
  }

  private static void putInfo(JsonObject json, ImageInfo info) {
    json.put("blockSize", info.blockSize());
    json.put("hashAlgorithm", info.hashAlgorithm());
    json.put("filePath", info.filePath());
    json.put("fileSize", info.fileSize());
    json.put("uuid", info.uuid());
  }

  private static ImageInfo info(JsonObject json, Offer offer, ImageDetails details)
      throws ProtocolException {
    return new ImageInfo(
        (int) Json.number(json, "blockSize", 1, Integer.MAX_VALUE),
        Json.text(json, "hashAlgorithm"),
        Json.text(json, "filePath"),
        Json.number(json, "fileSize", 0, Long.MAX_VALUE),
        Json.text(json, "uuid"),
        offer,
        details);
  }
}
