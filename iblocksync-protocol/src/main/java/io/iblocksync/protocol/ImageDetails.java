package io.iblocksync.protocol;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import io.iblocksync.protocol.Identity.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * What an endpoint tells of its image beyond what 1.0.1 does, so that the coordinator can refuse
 * before anything is asked or written.
 *
 * @param device whether it is a block device, whose size is fixed
 * @param identity where the image lies; null if there is none yet, or if it is not known
 * @param room how many bytes the file system of a target that is a file can still take; {@link
 *     #UNKNOWN} of devices and sources
 * @param data how many bytes of a source that is a file are no holes, at least; {@link #UNKNOWN} of
 *     devices, small files and targets
 * @param allocated how many bytes of the disk a target that is a file has already; {@link #UNKNOWN}
 *     of devices and sources, and where it cannot be told
 * @param compresses whether the file system of a target may hold more than {@code room}, for it
 *     compresses or deduplicates
 * @param signature what the image holds; null from 2.0.0, which does not report it
 */
public record ImageDetails(
    boolean device,
    Identity identity,
    long room,
    long data,
    long allocated,
    boolean compresses,
    Signature signature) {
  /** In place of a number that is not known. */
  public static final long UNKNOWN = -1;

  /** As the member of the image info. */
  JsonObject format() {
    JsonObject json = new JsonObject();
    json.put("device", device);
    if (identity != null) {
      json.put("boot", identity.boot());
      JsonArray places = new JsonArray();
      for (Place place : identity.places()) {
        JsonObject member = new JsonObject();
        member.put("on", place.on());
        member.put("start", place.start());
        member.put("end", place.end());
        member.put("whole", place.whole());
        places.add(member);
      }
      json.put("places", places);
    }
    if (room != UNKNOWN) {
      json.put("room", room);
    }
    if (data != UNKNOWN) {
      json.put("data", data);
    }
    if (allocated != UNKNOWN) {
      json.put("allocated", allocated);
    }
    if (compresses) {
      json.put("compresses", true);
    }
    if (signature != null) {
      json.put("signature", signature.format());
    }
    return json;
  }

  /** Reads the member of the image info. */
  static ImageDetails parse(JsonObject json) throws ProtocolException {
    Identity identity =
        json.has("boot") ? new Identity(Json.text(json, "boot"), places(json)) : null;
    Signature signature =
        json.has("signature") ? Signature.parse(Json.object(json, "signature")) : null;
    return new ImageDetails(
        Json.flag(json, "device"),
        identity,
        count(json, "room"),
        count(json, "data"),
        count(json, "allocated"),
        json.has("compresses") && Json.flag(json, "compresses"),
        signature);
  }

  private static long count(JsonObject json, String name) throws ProtocolException {
    return json.has(name) ? Json.number(json, name, 0, Long.MAX_VALUE) : UNKNOWN;
  }

  private static List<Place> places(JsonObject json) throws ProtocolException {
    List<Place> places = new ArrayList<>();
    for (Object element : Json.array(json, "places")) {
      if (!(element instanceof JsonObject place) || places.size() == Identity.MAX_PLACES) {
        throw new ProtocolException(
            "member places is expected to have at most " + Identity.MAX_PLACES + " objects");
      }
      places.add(
          new Place(
              Json.text(place, "on"),
              Json.number(place, "start", 0, Long.MAX_VALUE),
              Json.number(place, "end", 0, Long.MAX_VALUE),
              Json.flag(place, "whole")));
    }
    return places;
  }
}
