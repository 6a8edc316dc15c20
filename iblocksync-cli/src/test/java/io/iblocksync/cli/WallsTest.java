package io.iblocksync.cli;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the walls between the packages: what each may use of the others. */
class WallsTest {
  private static final Pattern PACKAGE =
      Pattern.compile("(?m)^package io\\.iblocksync\\.([\\w.]+);");
  private static final Pattern USE =
      Pattern.compile("io\\.iblocksync\\.([a-z]+(?:\\.[a-z]+)*)\\.([A-Z]\\w*)");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");
  private static final Pattern TEXT = Pattern.compile("\"(?:\\\\.|[^\"\\\\\\n])*\"");
  private static final Pattern NAME = Pattern.compile("(?<![\\w.])[A-Z]\\w*");

  /** A name that means something else in its file than the file of this name beside it. */
  private static final Pattern OTHER =
      Pattern.compile("(?m)^import .*?\\b(\\w+);|\\b(?:class|record|interface|enum) (\\w+)");

  private static final Set<String> GROUND = Set.of("protocol", "hash");
  private static final Set<String> LINUX = with(GROUND, "program", "linux");
  private static final Set<String> IMAGE = with(LINUX, "image");
  private static final Set<String> ENDPOINT = with(IMAGE, "endpoint");

  /** What each package may use, from the ground up. One that is not here fails the test. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("protocol", Set.of()),
          Map.entry("hash", Set.of()),
          Map.entry("program", GROUND),
          Map.entry("linux", LINUX),
          Map.entry("image", IMAGE),
          Map.entry("endpoint", ENDPOINT),
          Map.entry("serve", ENDPOINT),
          Map.entry("receive.guard", LINUX),
          Map.entry("receive.disk", with(IMAGE, "receive.guard")),
          Map.entry("receive", with(ENDPOINT, "receive.guard", "receive.disk")),
          Map.entry("cli.location", with(GROUND, "program")),
          Map.entry("cli.relay", with(GROUND, "program")),
          Map.entry("cli.terminal", with(GROUND, "program", "cli.relay")),
          Map.entry(
              "cli.process",
              with(ENDPOINT, "serve", "receive", "cli.location", "cli.relay", "cli.terminal")),
          Map.entry(
              "cli", with(LINUX, "cli.location", "cli.relay", "cli.terminal", "cli.process")));

  @Test
  void noPackageUsesMoreThanItMay() throws IOException {
    Set<String> breaches = new TreeSet<>();
    for (Path file : sources()) {
      String text = Files.readString(file);
      String own = packageOf(file, text);
      Set<String> may = MAY_USE.get(own);
      assertTrue(may != null, "the package " + own + " has no walls here");
      Matcher use = USE.matcher(COMMENT.matcher(text).replaceAll(""));
      while (use.find()) {
        if (!use.group(1).equals(own) && !may.contains(use.group(1))) {
          String name = file.getFileName().toString().replace(".java", "");
          breaches.add(own + "." + name + " uses " + use.group(1) + "." + use.group(2));
        }
      }
    }
    assertEquals(Set.of(), breaches);
  }

  @Test
  void noFilesOfOnePackageGoInACircle() throws IOException {
    Map<String, Map<String, Path>> packages = new TreeMap<>();
    for (Path file : sources()) {
      String name = file.getFileName().toString().replace(".java", "");
      packages
          .computeIfAbsent(packageOf(file, Files.readString(file)), key -> new TreeMap<>())
          .put(name, file);
    }
    Set<String> circles = new TreeSet<>();
    for (Map.Entry<String, Map<String, Path>> one : packages.entrySet()) {
      Map<String, Set<String>> reached = reached(uses(one.getKey(), one.getValue()));
      for (String file : reached.keySet()) {
        Set<String> circle = new TreeSet<>(reached.get(file));
        circle.removeIf(other -> !reached.get(other).contains(file));
        if (!circle.isEmpty()) {
          circles.add(one.getKey() + ": " + String.join(", ", circle));
        }
      }
    }
    assertEquals(Set.of(), circles);
  }

  /** The files of a package that each of its files names, beside itself. */
  private static Map<String, Set<String>> uses(String own, Map<String, Path> files)
      throws IOException {
    Map<String, Set<String>> uses = new TreeMap<>();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String code = COMMENT.matcher(Files.readString(file.getValue())).replaceAll("");
      code = TEXT.matcher(code).replaceAll("");
      Set<String> names = NAME.matcher(code).results().map(MatchResult::group).collect(toSet());
      OTHER
          .matcher(code)
          .results()
          .forEach(other -> names.remove(other.group(1) == null ? other.group(2) : other.group(1)));
      // A nested type of the same package has its file's name in an import.
      USE.matcher(code)
          .results()
          .filter(use -> use.group(1).equals(own))
          .forEach(use -> names.add(use.group(2)));
      names.retainAll(files.keySet());
      names.remove(file.getKey());
      uses.put(file.getKey(), names);
    }
    return uses;
  }

  /** The files that each file uses, directly or through others. */
  private static Map<String, Set<String>> reached(Map<String, Set<String>> uses) {
    Map<String, Set<String>> reached = new TreeMap<>();
    for (String file : uses.keySet()) {
      Set<String> all = new HashSet<>();
      Deque<String> next = new ArrayDeque<>(uses.get(file));
      while (!next.isEmpty()) {
        String one = next.remove();
        if (all.add(one)) {
          next.addAll(uses.get(one));
        }
      }
      reached.put(file, all);
    }
    return reached;
  }

  @Test
  void eachPackageHasAPageThatSaysWhatItIsFor() throws IOException {
    Set<String> missing = new HashSet<>(MAY_USE.keySet());
    for (Path file : sources()) {
      if (file.endsWith("package-info.java")) {
        missing.remove(packageOf(file, Files.readString(file)));
      }
    }
    assertEquals(Set.of(), missing);
  }

  private static String packageOf(Path file, String text) {
    Matcher matcher = PACKAGE.matcher(text);
    assertTrue(matcher.find(), file + " has no package");
    return matcher.group(1);
  }

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    // Surefire tells the module's directory.
    Path root = Path.of(System.getProperty("basedir", "")).toAbsolutePath().getParent();
    for (String module : List.of("protocol", "serve", "receive", "cli")) {
      Path main = root.resolve("iblocksync-" + module).resolve("src/main/java");
      try (Stream<Path> files = Files.walk(main)) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  private static Set<String> with(Set<String> some, String... more) {
    Set<String> all = new HashSet<>(some);
    all.addAll(List.of(more));
    return Set.copyOf(all);
  }
}
