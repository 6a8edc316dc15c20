package io.iblocksync.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Feeds one class with inputs that Jazzer makes up, guided by what code they reach, in a process of
 * its own. Maven's profile "fuzz" brings Jazzer and sets these system properties, without which
 * nothing is fuzzed:
 *
 * <ul>
 *   <li>{@code fuzz.seconds}: how long for each class
 *   <li>{@code fuzz.only}: the simple names of the classes to fuzz, with commas; empty for all
 *   <li>{@code fuzz.keep}: "true" adds the inputs that reached more code to the test resources
 *   <li>{@code fuzz.first}: a directory that stands first on the class path. For a planted bug: the
 *       kept inputs are left out then, since it must be found, not remembered
 * </ul>
 *
 * Corpus, log and reproducers are in {@code target/fuzz} of the module.
 */
final class Fuzzing {
  private static final Path DIRECTORY = Path.of("target/fuzz").toAbsolutePath();
  private static final int LONGEST_KEPT = 200;
  private static final Pattern EXECUTIONS =
      Pattern.compile("(?m)^stat::number_of_executed_units: *(\\d+)");
  private static final Pattern EDGES = Pattern.compile(" cov: (\\d+) ");
  private static final Pattern FOUND =
      Pattern.compile("(?ms)^== Java Exception.*?(?=^== libFuzzer)");

  private final Class<?> type;
  private final Path corpus;
  private final Path log;

  private Fuzzing(Class<?> type) {
    this.type = type;
    this.corpus = DIRECTORY.resolve("corpus/" + type.getSimpleName());
    this.log = DIRECTORY.resolve(type.getSimpleName() + ".log");
  }

  /**
   * Fuzzes the class if the properties say so.
   *
   * @param type has the static method {@code fuzzerTestOneInput(byte[])}
   * @param seeds inputs in hexadecimal digits to start from
   * @throws AssertionError if an input was found that breaks a rule
   */
  static void runIfAsked(Class<?> type, List<String> seeds) throws IOException {
    String only = System.getProperty("fuzz.only", "");
    if (System.getProperty("fuzz.seconds") == null
        || !only.isEmpty() && !List.of(only.split(",")).contains(type.getSimpleName())) {
      return;
    }
    Fuzzing fuzzing = new Fuzzing(type);
    fuzzing.run(first().isEmpty() ? seeds : List.of());
    if (Boolean.getBoolean("fuzz.keep")) {
      fuzzing.keep();
    }
  }

  private static String first() {
    return System.getProperty("fuzz.first", "");
  }

  private void run(List<String> seeds) throws IOException {
    empty(corpus);
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(corpus.resolve("seed" + i), HexFormat.of().parseHex(seeds.get(i)));
    }
    int status =
        jazzer(
            log,
            "-max_total_time=" + System.getProperty("fuzz.seconds"),
            "-max_len=4096",
            "-use_value_profile=1",
            "-print_final_stats=1",
            corpus.toString());
    String text = Files.readString(log);
    System.out.println(
        "fuzz: "
            + type.getSimpleName()
            + ": "
            + last(EXECUTIONS, text)
            + " executions, "
            + last(EDGES, text)
            + " edges");
    if (status != 0) {
      Matcher found = FOUND.matcher(text);
      throw new AssertionError(
          "fuzzing "
              + type.getSimpleName()
              + " ended with status "
              + status
              + ", see "
              + log
              + (found.find() ? ":\n" + found.group() : ""));
    }
  }

  /** Puts the shortest inputs that together reach all code that was reached into the resource. */
  private void keep() throws IOException {
    Path merged = DIRECTORY.resolve("merged");
    empty(merged);
    String length = "-max_len=" + LONGEST_KEPT;
    Path mergeLog = DIRECTORY.resolve("merge.log");
    int status = jazzer(mergeLog, length, "-merge=1", merged.toString(), corpus.toString());
    if (status != 0) {
      throw new AssertionError("merging ended with status " + status + ", see " + mergeLog);
    }
    TreeSet<String> lines =
        new TreeSet<>(
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    try (Stream<Path> files = Files.list(merged)) {
      for (Path file : files.toList()) {
        if (Files.size(file) <= LONGEST_KEPT) {
          lines.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
        }
      }
    }
    Files.write(Path.of("src/test/resources", type.getName().replace('.', '/') + ".hex"), lines);
  }

  private int jazzer(Path output, String... options) throws IOException {
    String path = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(first().isEmpty() ? path : first() + File.pathSeparator + path);
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + type.getName());
    command.add("--instrumentation_includes=io.iblocksync.**:com.grack.**");
    command.add("--reproducer_path=" + DIRECTORY);
    command.addAll(List.of(options));
    Process process =
        new ProcessBuilder(command)
            .directory(DIRECTORY.toFile())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(output.toFile())
            .start();
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String last(Pattern pattern, String text) {
    return pattern.matcher(text).results().reduce((a, b) -> b).map(it -> it.group(1)).orElse("0");
  }

  private static void empty(Path directory) throws IOException {
    Files.createDirectories(directory);
    try (Stream<Path> files = Files.list(directory)) {
      files.forEach(Fuzzing::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
