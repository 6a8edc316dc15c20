/**
 * Where an image is: from the text {@code user@host:path} or a URL to a location, and from a
 * location to the words of a command line that a remote shell leaves as they are.
 *
 * <p>{@link io.iblocksync.cli.location.LocationParser} reads, {@link
 * io.iblocksync.cli.location.ShellWords} quotes. This package starts nothing and must not know
 * processes, the relay or the terminal.
 */
package io.iblocksync.cli.location;
