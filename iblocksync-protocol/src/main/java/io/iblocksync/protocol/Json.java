package io.iblocksync.protocol;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import com.grack.nanojson.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the members of a JSON object from a peer. Each method checks that the member exists and is
 * what the caller expects; if not, the ProtocolException says what the member is instead.
 */
final class Json {
  /** The most characters of a value that an error text shows. */
  private static final int MAX_SHOWN = 100;

  private Json() {}

  /** Parses a line that consists of one object. */
  static JsonObject parse(String line) throws ProtocolException {
    try {
      return JsonParser.object().from(line);
    } catch (JsonParserException | StackOverflowError e) { // the parser recurses into nested values
      throw new ProtocolException("expected a line with a JSON object");
    }
  }

  static JsonObject object(JsonObject json, String name) throws ProtocolException {
    if (json.get(name) instanceof JsonObject member) {
      return member;
    }
    throw unexpected(json, name, "an object");
  }

  static boolean flag(JsonObject json, String name) throws ProtocolException {
    if (json.get(name) instanceof Boolean value) {
      return value;
    }
    throw unexpected(json, name, "true or false");
  }

  static String text(JsonObject json, String name) throws ProtocolException {
    if (json.get(name) instanceof String text) {
      return text;
    }
    throw unexpected(json, name, "a string");
  }

  static long number(JsonObject json, String name, long min, long max) throws ProtocolException {
    if (json.get(name) instanceof Number number) {
      long value = number.longValue();
      // Comparing the texts excludes fractions and numbers outside the range of long.
      if (value >= min && value <= max && number.toString().equals(Long.toString(value))) {
        return value;
      }
    }
    throw unexpected(json, name, "a whole number from " + min + " to " + max);
  }

  static List<String> texts(JsonObject json, String name) throws ProtocolException {
    List<String> texts = new ArrayList<>();
    for (Object element : array(json, name)) {
      if (!(element instanceof String text)) {
        throw unexpected(json, name, "an array of strings");
      }
      texts.add(text);
    }
    return texts;
  }

  static List<Integer> numbers(JsonObject json, String name) throws ProtocolException {
    List<Integer> numbers = new ArrayList<>();
    for (Object element : array(json, name)) {
      if (!(element instanceof Integer number)) {
        throw unexpected(json, name, "an array of whole numbers");
      }
      numbers.add(number);
    }
    return numbers;
  }

  static JsonArray array(JsonObject json, String name) throws ProtocolException {
    if (json.get(name) instanceof JsonArray array) {
      return array;
    }
    throw unexpected(json, name, "an array");
  }

  /** Returns the error for a member that is not what was expected. */
  static ProtocolException unexpected(JsonObject json, String name, String expected) {
    return new ProtocolException(
        "member " + name + " is " + shown(json.get(name)) + ", expected " + expected);
  }

  /** Returns a value for an error text: short, and without the content of nested values. */
  private static String shown(Object value) {
    if (value instanceof JsonObject) {
      return "an object";
    } else if (value instanceof JsonArray) {
      return "an array";
    }
    return shortened(JsonWriter.string(value));
  }

  static String shortened(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }
}
