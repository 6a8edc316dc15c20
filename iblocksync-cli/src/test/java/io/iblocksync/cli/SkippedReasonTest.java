package io.iblocksync.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.iblocksync.testing.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What scripts/test tells of skipped tests. */
class SkippedReasonTest {
  @TempDir private Path folder;

  private String told(String report) throws IOException {
    Path file = Files.writeString(folder.resolve("TEST-x.xml"), report);
    return Commands.run("awk", "-f", Sandbox.ROOT + "/scripts/dev/skipped.awk", file.toString());
  }

  @Test
  void theReasonIsWhatStandsBeforeTheStackTrace() throws IOException {
    assertEquals(
        "  a.B.c: no mount here: mount -o x=\"1\" ended with status 1: a > b: no",
        told(
            """
            <testsuite name="a.B">
              <testcase name="c" classname="a.B" time="0.0">
                <skipped type="org.opentest4j.TestAbortedException"><![CDATA[\
            org.opentest4j.TestAbortedException:\s
            no mount here: mount -o x="1" ended with status 1: a > b: no

            \tat org.junit.jupiter.api.Assumptions.abort(Assumptions.java:316)
            \tat io.iblocksync.testing.Commands.need(Commands.java:44)
            ]]></skipped>
                <system-out><![CDATA[images: none]]></system-out>
              </testcase>
              <testcase name="d" classname="a.B" time="0.0"/>
            </testsuite>
            """));
  }

  @Test
  void aMessageIsTheReasonToo() throws IOException {
    assertEquals(
        "  a.B.c(String)[1]: x: y > \"z\" & 'a'\n  a.B.d",
        told(
            """
            <testcase name="c(String)[1]" classname="a.B" time="0.0">
              <skipped message="x: y &gt; &quot;z&quot; &amp; &apos;a&apos;"/>
            </testcase>
            <testcase name="d" classname="a.B" time="0.0">
              <skipped/>
            </testcase>
            """));
  }
}
