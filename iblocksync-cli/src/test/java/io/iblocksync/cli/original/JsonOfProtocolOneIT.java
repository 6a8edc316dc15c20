package io.iblocksync.cli.original;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.grack.nanojson.JsonObject;
import com.grack.nanojson.JsonParser;
import io.iblocksync.cli.it.Program;
import io.iblocksync.cli.it.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --json} knows of a run with an original endpoint. */
@Timeout(60)
class JsonOfProtocolOneIT {
  @TempDir Path folder;

  @Test
  void whatProtocolOneDoesNotTellIsNull() throws Exception {
    byte[] image = new byte[10_000];
    Arrays.fill(image, (byte) 1);
    Path target = Files.write(folder.resolve("target.img"), image);
    image[0] = 2;
    Path source = Files.write(folder.resolve("source.img"), image);
    Result result =
        Program.iblocksync("--json", "-b", "1000", source, target)
            .with("IBLOCKSYNC_SOURCE_EXEC", Scripts.serve(folder, Fault.NONE))
            .run()
            .ended(0);
    JsonObject json = JsonParser.object().from(result.output());
    assertEquals(1, json.getInt("protocol"));
    assertTrue(json.getObject("source").isNull("version"), result.output());
    assertTrue(json.getObject("source").isNull("read"), result.output());
    assertEquals(json.getString("version"), json.getObject("target").getString("version"));
    JsonObject blocks = json.getObject("blocks");
    assertEquals(10, blocks.getInt("compared"));
    assertEquals(1, blocks.getInt("changed"));
    assertTrue(blocks.isNull("zero"), result.output());
    JsonObject bytes = json.getObject("bytes");
    assertTrue(bytes.isNull("read"), result.output());
    assertTrue(bytes.isNull("written"), result.output());
    assertTrue(bytes.getLong("toTarget") > 1000, result.output());
    JsonObject seconds = json.getObject("seconds");
    assertTrue(seconds.getDouble("compare", -1) >= 0, result.output());
    assertTrue(seconds.isNull("flush"), result.output());
  }
}
