package io.iblocksync.protocol;

import com.grack.nanojson.JsonObject;
import io.iblocksync.protocol.Setting.Kind;
import java.util.EnumMap;
import java.util.Map;

/**
 * The settings of one run, which the coordinator tells both endpoints with its choice. Immutable.
 *
 * <p>A setting that a reader does not know is refused and not passed over: an endpoint that has
 * never heard of a dry run would write.
 */
public final class Settings {
  /** Nothing set. */
  public static final Settings NONE = new Settings(new EnumMap<>(Setting.class));

  /** What a coordinator of 1.0.1, which knows of no settings, asks for. */
  public static final Settings OF_101 = new Settings(new EnumMap<>(Setting.class));

  private final Map<Setting, Object> values;

  private Settings(Map<Setting, Object> values) {
    this.values = values;
  }

  /** These settings and one more. False sets nothing. */
  public Settings with(Setting setting, boolean value) {
    return with(setting, Kind.FLAG, value ? Boolean.TRUE : null);
  }

  /** These settings and one more. 0 sets nothing. */
  public Settings with(Setting setting, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(setting + " of " + value);
    }
    return with(setting, Kind.NUMBER, value == 0 ? null : (Long) value);
  }

  /** These settings and one more. The empty text sets nothing. */
  public Settings with(Setting setting, String value) {
    return with(setting, Kind.TEXT, value.isEmpty() ? null : value);
  }

  private Settings with(Setting setting, Kind kind, Object value) {
    check(setting, kind);
    Map<Setting, Object> more = new EnumMap<>(values);
    if (value == null) {
      more.remove(setting);
    } else {
      more.put(setting, value);
    }
    return new Settings(more);
  }

  /** The value of a setting that is a flag. */
  public boolean flag(Setting setting) {
    check(setting, Kind.FLAG);
    return values.containsKey(setting);
  }

  /** The value of a setting that is a number, 0 if it is not set. */
  public long number(Setting setting) {
    check(setting, Kind.NUMBER);
    return values.get(setting) instanceof Long number ? number : 0;
  }

  /** The value of a setting that is a text, empty if it is not set. */
  public String text(Setting setting) {
    check(setting, Kind.TEXT);
    return values.get(setting) instanceof String text ? text : "";
  }

  private static void check(Setting setting, Kind kind) {
    if (setting.kind() != kind) {
      throw new IllegalArgumentException(setting + " is no " + kind);
    }
  }

  /** As the member of the choice. */
  JsonObject format() {
    JsonObject json = new JsonObject();
    values.forEach((setting, value) -> json.put(setting.label(), value));
    return json;
  }

  /** Reads the member of the choice. */
  static Settings parse(JsonObject json) throws ProtocolException {
    Settings settings = NONE;
    for (Map.Entry<String, Object> member : json.entrySet()) {
      Setting setting = Setting.of(member.getKey());
      if (setting == null) {
        throw new ProtocolException(
            "the coordinator asks for the unknown setting '"
                + Printable.line(Json.shortened(member.getKey()))
                + "'");
      }
      settings = settings.with(setting, json, member.getKey());
    }
    return settings;
  }

  private Settings with(Setting setting, JsonObject json, String name) throws ProtocolException {
    return switch (setting.kind()) {
      case FLAG -> with(setting, Json.flag(json, name));
      case NUMBER -> with(setting, Json.number(json, name, 0, Long.MAX_VALUE));
      case TEXT -> with(setting, Json.text(json, name));
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Settings settings && values.equals(settings.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
