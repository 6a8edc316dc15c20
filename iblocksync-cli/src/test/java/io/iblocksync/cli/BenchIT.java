package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.iblocksync.cli.it.Repository;
import io.iblocksync.cli.it.Result;
import io.iblocksync.cli.it.Running;
import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** scripts/bench with tiny images: that it measures and checks, never how long anything takes. */
@Timeout(300)
class BenchIT {
  private static final String HEAD = "| work | tool | seconds | iblocksync / tool |";

  @TempDir Path folder;
  private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    Commands.need("hyperfine", "hyperfine", "--version");
    sandbox = new Sandbox(folder);
    Files.createDirectory(folder.resolve("images"));
  }

  /** An original whose coordinator is this script. */
  private Path original(String coordinator) throws IOException {
    for (String endpoint : List.of("iblocksync-serve", "iblocksync-receive")) {
      sandbox.executable("original/" + endpoint, "#!/bin/sh\nexit 9\n");
    }
    sandbox.executable("original/iblocksync", "#!/bin/sh\n" + coordinator + "\n");
    return folder.resolve("original");
  }

  private Result bench(Path original, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Repository.script("bench").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--folder", folder + "/images"));
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("IBLOCKSYNC_ORIGINAL", original.toString());
    try (Running running = sandbox.start(environment, command.toArray(new String[0]))) {
      Result result = running.awaitAlone(Duration.ofSeconds(200));
      assertEquals(List.of(), Sandbox.listing(folder.resolve("images")), "left behind");
      return result;
    }
  }

  @Test
  void everyCaseIsMeasuredAndComparedWithTheOriginal() throws Exception {
    String copy =
        """
        case $1 in
          --version) exit ;;
          -f) shift 3 ;;
        esac
        [ "$1" != -b ] || shift 2
        exec cp "${1#there:}" "$2"
        """;
    Result result = bench(original(copy), "--quick");
    assertEquals(0, result.status(), result.errors());
    List<String> lines = result.output().lines().toList();
    assertTrue(
        lines.get(0).matches("Measured on [-0-9]{10} on .* cores, .*, Java .*"), lines.get(0));
    assertEquals(HEAD, lines.get(2));
    List<String> rows = lines.subList(4, lines.size());
    List<String> works = new ArrayList<>();
    int originals = 0;
    for (String row : rows) {
      String[] cells = row.split("(?<!\\\\)\\|", -1);
      assertEquals(6, cells.length, row);
      if (!cells[1].isBlank()) {
        works.add(cells[1].strip());
        assertEquals("**iblocksync**", cells[2].strip(), row);
        assertTrue(cells[3].matches(" \\*\\*[0-9.]+\\*\\* "), row);
      } else {
        assertTrue(cells[3].matches(" [0-9.]+ "), row);
        assertTrue(cells[4].matches(" ([0-9]+\\.[0-9]{2}|-) "), row);
      }
      originals += cells[2].strip().equals("original 1.0.1") ? 1 : 0;
    }
    assertEquals(
        List.of(
            "Equal pair of 8M, blocks of 1M",
            "Equal pair of 8M, blocks of 4K",
            "The same, hashed (the source through a wrapper), SHA-1, blocks of 1M",
            "The same, hashed, SHA-1, blocks of 4K",
            "The same, hashed, xxh128, blocks of 1M",
            "`iblocksync-serve` alone hashing 8M, SHA-1",
            "Pair of 8M, one block in 50 changed",
            "8M onto a missing target",
            "8M from a host through ssh onto a missing target",
            "Equal pair of 20M, nine tenths zeros",
            "Start-up: `--version`",
            "Start-up: equal pair of 1M"),
        works);
    assertEquals(10, originals, result.output());
  }

  @Test
  void aToolThatLeavesAWrongTargetIsTold() throws Exception {
    String lazy = "exit 0";
    Result result = bench(original(lazy), "--quick");
    assertEquals(1, result.status(), result.errors());
    assertTrue(result.errors().contains("bench: original 1.0.1 left a wrong target\n"));
    assertTrue(result.errors().endsWith("bench: error: 3 of the tools failed\n"), result.errors());
    assertTrue(result.output().contains(HEAD), result.output());
  }

  @Test
  void aWrongOptionIsAUsageError() throws Exception {
    for (String wrong : List.of("--size 0M", "--size 1.5G", "--empty 9", "--runs 1", "--bogus")) {
      Result result = bench(folder, wrong.split(" "));
      assertEquals(2, result.status(), wrong);
      assertTrue(result.errors().matches("bench: error: .*; try 'scripts/bench --help'\n"), wrong);
    }
  }
}
