package io.iblocksync.protocol;

import com.grack.nanojson.JsonArray;
import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import com.grack.nanojson.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the members of a JSON object that a peer sent. Each method checks that the member is there
 * and is what the caller expects; if not, its ProtocolException says what it is instead.
 */
final class Json {
  /** How many characters of a value an error shows. */
  private static final int MAX_SHOWN = 100;

  private Json() {}

  /** Reads a line with one object. */
  static JsonObject parse(String line) throws ProtocolException {
    try {
      return JsonParser.object().from(line);
    } catch (JsonParserException | StackOverflowError e) { // the parser recurses
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
      // A fraction, or a number past the range of long, does not survive this.
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

  private static ProtocolException unexpected(JsonObject json, String name, String expected) {
    return new ProtocolException(
        "member " + name + " is " + shown(json.get(name)) + ", expected " + expected);
  }

  /** A value for a message: short, and without going into what may be nested deeply. */
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
