# shellcheck shell=sh
# Functions for scripts that run tools over the compiled tests; those set nothing up, and source this file from the root of
# the sources. Nothing of it reaches the program.

# Brings the artifacts $2... of Maven Central, as GROUP:NAME:VERSION, and what they need into $1/lib.
fetch_tools() {
  tools_folder=$1
  shift
  [ "$(cat "$tools_folder/lib/fetched" 2>/dev/null)" != "$*" ] || return 0
  mkdir -p "$tools_folder"
  rm -rf "${tools_folder:?}/lib"
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>tools</groupId><artifactId>tools</artifactId>'
    echo '<version>1</version><dependencies>'
    for tool; do
      echo "$tool" | sed 's|\(.*\):\(.*\):\(.*\)|<dependency><groupId>\1</groupId><artifactId>\2</artifactId><version>\3</version></dependency>|'
    done
    echo '</dependencies></project>'
  } >"$tools_folder/pom.xml"
  mvn -q -B -ntp -f "$tools_folder/pom.xml" dependency:copy-dependencies -DoutputDirectory=lib
  echo "$*" >"$tools_folder/lib/fetched"
}

# Compiles all and sets tests_path to the class path of all modules with their tests and what these need.
compile_tests() {
  mvn -q -B -ntp package -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false dependency:build-classpath \
    "-Dmdep.outputFile=$PWD/$1/classpath" -Dmdep.regenerateFile=true
  tests_path=
  for tools_module in "$PWD"/iblocksync-*; do
    tests_path=$tests_path$tools_module/target/test-classes:$tools_module/target/classes:
  done
  # The last module is the one that depends on all others.
  tests_path=$tests_path$(tr : '\n' <"$1/classpath" | grep -v "^$PWD/" | paste -sd :)
}
