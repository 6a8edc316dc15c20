package io.iblocksync.protocol;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonWriter;
import java.util.List;

/**
 * The lines with which every exchange starts, whatever protocol follows: the coordinator's {@link
 * #LINE}, the endpoint's {@link ImageInfo} or {@link StartError}, and the other endpoint's image
 * info with the coordinator's {@link Choice}. Their form is that of iblocksync 1.0.1, which ignores
 * members that it does not know; see PROTOCOL.md, "Start".
 */
public final class Greeting {
  /** What the coordinator says first; 1.0.1 accepts no other version than its own. */
  public static final String LINE = "iblocksync 1.0.1";

  /** The longest line that is read, in bytes: several times the longest path. */
  public static final int MAX_LINE = 1 << 16;

  private Greeting() {}

  /** What an endpoint answers to the greeting. */
  public sealed interface Answer {}

  /**
   * An endpoint's description of its image.
   *
   * @param blockSize in bytes
   * @param fileSize in bytes; 0 for a target that does not exist yet
   * @param uuid of the file system in it as blkid prints it, or empty
   * @param offer what else the endpoint can speak; null from an original 1.0.1
   * @param details what else is known of the image; null from an original 1.0.1
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

    /** Without details. */
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
   * What an endpoint can speak beside protocol 1.
   *
   * @param program name and version, for messages
   */
  public record Offer(String program, List<Integer> protocols, List<String> features) {}

  /** The image cannot be served or received. */
  public record StartError(String error, int errno) implements Answer {}

  /**
   * What the coordinator has chosen for this run.
   *
   * @param program name and version of the coordinator, for messages
   * @param features in use, each by a name that the endpoint offered
   * @param verbosity of the endpoint's messages: 0 warnings, 1 information, 2 debugging
   * @param settings what else is asked of the endpoint
   */
  public record Choice(
      String program, int protocol, List<String> features, int verbosity, Settings settings) {}

  /**
   * The line with which the coordinator answers an image info.
   *
   * @param other the other endpoint's image info
   * @param choice null from an original 1.0.1, which means protocol 1
   */
  public record Reply(ImageInfo other, Choice choice) {}

  /** The answer as one line of JSON, without the line feed. */
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

  /** The reply as one line of JSON, without the line feed. */
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

  /** Reads an endpoint's answer. */
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

  /** Reads the coordinator's reply; an offer in it is the other endpoint's and means nothing. */
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
