package io.iblocksync.protocol;

import com.grack.nanojson.JsonObject;
import io.iblocksync.protocol.Setting.Kind;
import java.util.EnumMap;
import java.util.Map;

/**
 * The settings of one run, which the coordinator sends to both endpoints with its choice.
 * Immutable.
 *
 * <p>An endpoint refuses a setting that it does not know, rather than ignoring it: an endpoint that
 * ignored a dry run would write.
 */
public final class Settings {
  /** No settings. */
  public static final Settings NONE = new Settings(new EnumMap<>(Setting.class));

  /**
   * The settings of a run for a coordinator of 1.0.1, which sends none. Equal to {@link #NONE}, so
   * compare with {@code ==}.
   */
  public static final Settings OF_101 = new Settings(new EnumMap<>(Setting.class));

  private final Map<Setting, Object> values;

  private Settings(Map<Setting, Object> values) {
    this.values = values;
  }

  /**
   * Returns these settings with one changed; false removes it.
   *
   * @throws IllegalArgumentException if the setting is not a flag
   */
  public Settings with(Setting setting, boolean value) {
    return with(setting, Kind.FLAG, value ? Boolean.TRUE : null);
  }

  /**
   * Returns these settings with one changed; 0 removes it.
   *
   * @throws IllegalArgumentException if the setting is not a number, or the value is negative
   */
  public Settings with(Setting setting, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(setting + " is " + value + ", expected at least 0");
    }
    return with(setting, Kind.NUMBER, value == 0 ? null : (Long) value);
  }

  /**
   * Returns these settings with one changed; the empty text removes it.
   *
   * @throws IllegalArgumentException if the setting is not a text
   */
  public Settings with(Setting setting, String value) {
    return with(setting, Kind.TEXT, value.isEmpty() ? null : value);
  }

  private Settings with(Setting setting, Kind kind, Object value) {
    check(setting, kind);
    Map<Setting, Object> changed = new EnumMap<>(values);
    if (value == null) {
      changed.remove(setting);
    } else {
      changed.put(setting, value);
    }
    return new Settings(changed);
  }

  /** Returns the value of a flag; false if it is not set. */
  public boolean flag(Setting setting) {
    check(setting, Kind.FLAG);
    return values.containsKey(setting);
  }

  /** Returns the value of a number; 0 if it is not set. */
  public long number(Setting setting) {
    check(setting, Kind.NUMBER);
    return values.get(setting) instanceof Long number ? number : 0;
  }

  /** Returns the value of a text; empty if it is not set. */
  public String text(Setting setting) {
    check(setting, Kind.TEXT);
    return values.get(setting) instanceof String text ? text : "";
  }

  private static void check(Setting setting, Kind kind) {
    if (setting.kind() != kind) {
      throw new IllegalArgumentException(
          setting + " is a " + setting.kind() + ", expected a " + kind);
    }
  }

  /** Returns the member {@code settings} of the choice. */
  JsonObject format() {
    JsonObject json = new JsonObject();
    values.forEach((setting, value) -> json.put(setting.label(), value));
    return json;
  }

  /**
   * Parses the member {@code settings} of the choice.
   *
   * @throws ProtocolException if a setting is unknown or its value has another type
   */
  static Settings parse(JsonObject json) throws ProtocolException {
    Settings settings = NONE;
    for (Map.Entry<String, Object> member : json.entrySet()) {
      Setting setting = Setting.of(member.getKey());
      if (setting == null) {
        throw new ProtocolException(
            "the coordinator asks for the unknown setting '%s'"
                .formatted(Printable.line(Json.shortened(member.getKey()))));
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
