package io.iblocksync.cli.terminal;

import io.iblocksync.program.Log;
import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Handles signals with the JDK's own sun.misc.Signal, which every Java here has and which the
 * compiler lets nobody name without a warning. Where it should be missing nothing is handled, and
 * signals do what they do by default.
 */
public final class Signals {
  private Signals() {}

  /**
   * From now on a signal is handled by this, on a thread of the JVM's, instead of by what handled
   * it before. One that the caller ignores stays ignored.
   *
   * @param name without SIG
   * @param handler gets its number
   */
  public static void handle(String name, IntConsumer handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> type = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.accept((Integer) signal.getMethod("getNumber").invoke(arguments[0]));
                }
                return null;
              });
      signal
          .getMethod("handle", signal, type)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      Log.debug("cannot handle SIG" + name + ": " + e);
    }
  }
}
