package io.iblocksync.cli.fault;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The line to a server on this host: passes on each connection, and drops all of them when so many
 * bytes have gone either way.
 */
final class Link implements Closeable {
  private final int server;
  private final long most;
  private final ServerSocket listening;
  private final AtomicLong passed = new AtomicLong();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /**
   * @param server the port that connections are passed on to
   * @param most how many bytes are passed on, in both directions together
   */
  Link(int server, long most) throws IOException {
    this.server = server;
    this.most = most;
    this.listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    run(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  /** How many bytes have gone over it. */
  long passed() {
    return passed.get();
  }

  private void accept() throws IOException {
    while (true) {
      Socket near = listening.accept();
      Socket far = new Socket(InetAddress.getLoopbackAddress(), server);
      sockets.addAll(List.of(near, far));
      run(() -> pass(near, far));
      run(() -> pass(far, near));
    }
  }

  private void pass(Socket from, Socket to) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] bytes = new byte[1 << 14];
    for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
      long rest = most - passed.getAndAdd(count);
      out.write(bytes, 0, (int) Math.max(0, Math.min(count, rest)));
      if (rest <= count) {
        drop();
        return;
      }
    }
    to.shutdownOutput();
  }

  private void drop() throws IOException {
    listening.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    drop();
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void run(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // Dropped, or one of the two ends is gone.
                Thread.currentThread().interrupt();
              }
            },
            "link");
    thread.setDaemon(true);
    thread.start();
  }
}
