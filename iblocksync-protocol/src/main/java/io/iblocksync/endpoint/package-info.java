/**
 * What the source and the target have in common: the start of a conversation with the coordinator,
 * the link to it during a session, signs of life, and what becomes of an error.
 *
 * <pre>
 * EndpointProgram.run     arguments, help
 * EndpointMain.play       greeting, image info, choice of the protocol
 *   runFrames             protocol 2: a session of serve or receive, over a CoordinatorLink
 *     thread "read"       takes in messages, never waits for the writer
 *     the caller's thread the writer: writes hashes, DATA and PIECES, and waits on the SendQueue
 *   runPlain              protocol 1: the same, over a Protocol1Link
 * </pre>
 *
 * The rules against deadlock (PROTOCOL.md) rest on two facts: one thread only reads standard input,
 * one only writes standard output; and an endpoint that has failed goes on reading. This package
 * must not know whether an image is read or written, and nothing of ssh or the terminal.
 */
package io.iblocksync.endpoint;
