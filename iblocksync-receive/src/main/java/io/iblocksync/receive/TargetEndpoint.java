package io.iblocksync.receive;

import io.iblocksync.endpoint.Endpoint;
import io.iblocksync.endpoint.Run;
import io.iblocksync.linux.NativeFile;
import io.iblocksync.protocol.Setting;
import io.iblocksync.receive.disk.TargetProbe;
import java.io.IOException;
import java.nio.file.Path;

/** The target endpoint: reads and writes an image. */
public final class TargetEndpoint implements Endpoint {
  private TargetProbe target;

  @Override
  public String program() {
    return "iblocksync-receive";
  }

  @Override
  public long probe(Path path) throws IOException {
    // The locks will be needed soon: this loads while the coordinator reads the image info.
    NativeFile.warmUp();
    target = TargetProbe.of(path);
    return target.size();
  }

  @Override
  public long room() {
    return target.space().free();
  }

  @Override
  public long allocated() {
    return target.space().allocated();
  }

  @Override
  public boolean compresses() {
    return target.space().compresses();
  }

  @Override
  public void runFrames(Run run) throws IOException, InterruptedException {
    if (run.settings().flag(Setting.DRY_RUN)) {
      new DryRunSession(run, target).run();
    } else {
      new TargetSession(run, target).run();
    }
  }

  @Override
  public void runPlain(Run run) throws IOException, InterruptedException {
    new Protocol1Target(run, target).run();
  }

  @Override
  public void close() throws IOException {
    if (target != null) {
      target.close();
    }
  }
}
