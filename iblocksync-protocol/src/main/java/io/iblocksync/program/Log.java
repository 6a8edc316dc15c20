package io.iblocksync.program;

import io.iblocksync.protocol.Printable;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages for the user on standard error, through slf4j-simple: {@code 2026-01-31 23:59:59.123:
 * WARNING: text}. Warnings are always printed. Thread-safe; a message is one write and, whatever
 * names are in it, one line.
 *
 * <p>Most runs have nothing to say, so slf4j is not loaded before the first line that is printed.
 */
public final class Log {
  private static volatile int level;

  // Endpoints can run beside the coordinator in one process: these hold for a thread and for those
  // that it starts.
  private static final InheritableThreadLocal<String> PREFIX = new InheritableThreadLocal<>();
  private static final InheritableThreadLocal<Predicate<String>> LISTENER =
      new InheritableThreadLocal<>();

  private Log() {}

  /** Sets what is printed: 0 warnings, 1 what is done too, 2 or more how it is done too. */
  public static void verbosity(int level) {
    Log.level = level;
  }

  /** Sets the name before each text of this thread and of those it starts, null for none. */
  public static void name(String name) {
    PREFIX.set(name);
  }

  /** On one line and harmless for a terminal, whoever the text or a part of it comes from. */
  private static String named(String text) {
    String name = PREFIX.get();
    return Printable.line(name == null ? text : name + ": " + text);
  }

  /**
   * Who gets each warning of this thread, and of those that it starts from now on.
   *
   * @param told whether the user is told of it in another way, so that it is not printed
   */
  public static void onWarning(Predicate<String> told) {
    LISTENER.set(told);
  }

  /** Whether {@link #info} prints. */
  public static boolean info() {
    return level >= 1;
  }

  /** Whether {@link #debug} prints. */
  public static boolean debug() {
    return level >= 2;
  }

  /** Tells what the user should know of though nothing has failed. */
  public static void warn(String text) {
    Predicate<String> listener = LISTENER.get();
    if (listener == null || !listener.test(text)) {
      Lines.LOGGER.warn(named(text));
    }
  }

  /** Tells what is done. */
  public static void info(String text) {
    if (info()) {
      Lines.LOGGER.info(named(text));
    }
  }

  /** Tells how something is done. */
  public static void debug(String text) {
    if (debug()) {
      Lines.LOGGER.debug(named(text));
    }
  }

  /** Tells where something was thrown. */
  public static void debug(Throwable thrown) {
    if (debug()) {
      Lines.LOGGER.debug(named("stack trace"), thrown);
    }
  }

  /** Loads slf4j when it is first touched. */
  private static final class Lines {
    private static final String SIMPLE = "org.slf4j.simpleLogger.";
    static final Logger LOGGER = logger();

    private static Logger logger() {
      // Named, it need not be searched for; but that would be told.
      System.setProperty("slf4j.internal.verbosity", "WARN");
      System.setProperty("slf4j.provider", "org.slf4j.simple.SimpleServiceProvider");
      System.setProperty(SIMPLE + "logFile", "System.err");
      System.setProperty(SIMPLE + "showDateTime", "true");
      System.setProperty(SIMPLE + "dateTimeFormat", "yyyy-MM-dd HH:mm:ss.SSS':'");
      // Only this level's word can be chosen: the others stand without a colon.
      System.setProperty(SIMPLE + "warnLevelString", "WARNING:");
      System.setProperty(SIMPLE + "levelInBrackets", "false");
      System.setProperty(SIMPLE + "showThreadName", "false");
      System.setProperty(SIMPLE + "showLogName", "false");
      // The verbosity can still change, which slf4j-simple does not allow for: Log decides.
      System.setProperty(SIMPLE + "defaultLogLevel", "debug");
      return LoggerFactory.getLogger("iblocksync");
    }
  }
}
