package io.iblocksync.cli.original;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import com.grack.nanojson.JsonParserException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * JSON as the original reads and writes it: one object a line, blanks after commas and colons, and
 * everything outside ASCII escaped.
 */
final class Json {
  private Json() {}

  static JsonObject parse(String line) throws BrokenExchange {
    try {
      return JsonParser.object().from(line);
    } catch (JsonParserException e) {
      throw new BrokenExchange("no JSON object: " + line);
    }
  }

  static String print(Object value) {
    StringBuilder out = new StringBuilder();
    print(value, out);
    return out.toString();
  }

  private static void print(Object value, StringBuilder out) {
    if (value instanceof Map<?, ?> map) {
      out.append('{');
      for (Iterator<? extends Map.Entry<?, ?>> all = map.entrySet().iterator(); all.hasNext(); ) {
        Map.Entry<?, ?> member = all.next();
        print(member.getKey(), out);
        out.append(": ");
        print(member.getValue(), out);
        out.append(all.hasNext() ? ", " : "");
      }
      out.append('}');
    } else if (value instanceof List<?> list) {
      out.append('[');
      for (Iterator<?> all = list.iterator(); all.hasNext(); ) {
        print(all.next(), out);
        out.append(all.hasNext() ? ", " : "");
      }
      out.append(']');
    } else if (value instanceof String text) {
      printText(text, out);
    } else {
      out.append(value);
    }
  }

  private static void printText(String text, StringBuilder out) {
    out.append('"');
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c >= ' ' && c < 0x7f) {
            out.append(c);
          } else {
            out.append("\\u").append(Integer.toHexString(0x10000 | c).substring(1));
          }
        }
      }
    }
    out.append('"');
  }
}
