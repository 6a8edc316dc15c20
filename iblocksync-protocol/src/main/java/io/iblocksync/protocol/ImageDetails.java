package io.iblocksync.protocol;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import io.iblocksync.protocol.Identity.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * What an endpoint reports about its image beyond 1.0.1, so that the coordinator can refuse a run
 * before it asks the user anything and before the target writes anything.
 *
 * @param device whether the image is a block device, whose size is fixed
 * @param identity where the image is stored; null if the image does not exist yet, or if this is
 *     unknown
 * @param room for a target file: how many bytes its file system can still take; {@link #UNKNOWN}
 *     for devices and sources
 * @param data for a source file: how many of its bytes are outside of holes, at least; {@link
 *     #UNKNOWN} for devices, small files and targets
 * @param allocated for a target file: how many bytes of the disk it already occupies; {@link
 *     #UNKNOWN} for devices and sources, and if the file system does not report it
 * @param compresses whether the file system of a target may take more than {@code room} bytes,
 *     because it compresses or deduplicates
 * @param signature the content of the image; null from 2.0.0, which does not report it
 */
public record ImageDetails(
    boolean device,
    Identity identity,
    long room,
    long data,
    long allocated,
    boolean compresses,
    Signature signature) {
  /** Stands for a number that is unknown. */
  public static final long UNKNOWN = -1;

  /** Returns the member {@code image} of the image info. */
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

  /** Parses the member {@code image} of the image info. */
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
        throw Json.unexpected(
            json, "places", "an array of at most " + Identity.MAX_PLACES + " objects");
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
