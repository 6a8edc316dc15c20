package io.iblocksync.program;

import io.iblocksync.protocol.Printable;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages for the user on standard error, through slf4j-simple: {@code 2026-01-31 23:59:59.123:
 * WARNING: text}. Warnings are always printed. Thread-safe: each message is one write, and one
 * line, whatever file names it contains.
 *
 * <p>Most runs print nothing, so slf4j is loaded only when the first line is printed.
 */
public final class Log {
  private static volatile int level;

  // An endpoint can run inside the coordinator's process: so each thread has its own name and
  // listener, which the threads that it starts inherit.
  private static final InheritableThreadLocal<String> PREFIX = new InheritableThreadLocal<>();
  private static final InheritableThreadLocal<Predicate<String>> LISTENER =
      new InheritableThreadLocal<>();

  private Log() {}

  /** Sets what is printed: 0 warnings; 1 also information; 2 or more also debugging messages. */
  public static void verbosity(int level) {
    Log.level = level;
  }

  /**
   * Sets the name that precedes each message of this thread, and of the threads that it starts from
   * now on; null for none.
   */
  public static void name(String name) {
    PREFIX.set(name);
  }

  /** Adds the name and makes the text harmless for a terminal: parts of it can come from a peer. */
  private static String printable(String text) {
    String name = PREFIX.get();
    return Printable.line(name == null ? text : name + ": " + text);
  }

  /**
   * Sets the listener for the warnings of this thread, and of the threads that it starts from now
   * on.
   *
   * @param listener gets each warning; returns true if it reports the warning to the user itself,
   *     so that this class does not print it. Null for none
   */
  public static void onWarning(Predicate<String> listener) {
    LISTENER.set(listener);
  }

  /** Whether {@link #info} prints. */
  public static boolean info() {
    return level >= 1;
  }

  /** Whether {@link #debug} prints. */
  public static boolean debug() {
    return level >= 2;
  }

  /** Prints what the user should know although nothing has failed, or passes it to the listener. */
  public static void warn(String text) {
    Predicate<String> listener = LISTENER.get();
    if (listener == null || !listener.test(text)) {
      Lines.LOGGER.warn(printable(text));
    }
  }

  /** Prints what the program does, at verbosity 1 and higher. */
  public static void info(String text) {
    if (info()) {
      Lines.LOGGER.info(printable(text));
    }
  }

  /** Prints how the program does something, at verbosity 2 and higher. */
  public static void debug(String text) {
    if (debug()) {
      Lines.LOGGER.debug(printable(text));
    }
  }

  /** Prints the stack trace of an error, at verbosity 2 and higher. */
  public static void debug(Throwable thrown) {
    if (debug()) {
      Lines.LOGGER.debug(printable("stack trace"), thrown);
    }
  }

  /** Holds the logger: initialising this class loads slf4j. */
  private static final class Lines {
    private static final String SIMPLE = "org.slf4j.simpleLogger.";
    static final Logger LOGGER = logger();

    private static Logger logger() {
      // Naming the provider saves the search; the verbosity silences SLF4J's note about that.
      System.setProperty("slf4j.internal.verbosity", "WARN");
      System.setProperty("slf4j.provider", "org.slf4j.simple.SimpleServiceProvider");
      System.setProperty(SIMPLE + "logFile", "System.err");
      System.setProperty(SIMPLE + "showDateTime", "true");
      System.setProperty(SIMPLE + "dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS':'");
      // slf4j-simple lets us set the word for this level only; the other levels have no colon.
      System.setProperty(SIMPLE + "warnLevelString", "WARNING:");
      System.setProperty(SIMPLE + "levelInBrackets", "false");
      System.setProperty(SIMPLE + "showThreadName", "false");
      System.setProperty(SIMPLE + "showLogName", "false");
      // slf4j-simple reads its level once, but the verbosity can change later: this class filters.
      System.setProperty(SIMPLE + "defaultLogLevel", "debug");
      return LoggerFactory.getLogger("iblocksync");
    }
  }
}
