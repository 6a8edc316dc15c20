/**
 * What the source and the target have in common: the start of a conversation with the coordinator,
 * the threads of a session, signs of life, and what becomes of an error.
 *
 * <pre>
 * EndpointProgram.run     arguments, help
 * EndpointMain.play       greeting, image info, choice of the protocol
 *   runFrames             protocol 2: FrameSession.play
 *     thread "read"       takes messages, never waits for the writer
 *     the caller's thread writes what the window has, says ALIVE
 *   runPlain              protocol 1: Protocol1Session.play
 * </pre>
 *
 * The rules against deadlock (PROTOCOL.md) rest on two facts: one thread only reads standard input,
 * one only writes standard output; and an endpoint that has failed goes on reading. This package
 * must not know whether an image is read or written, and nothing of ssh or the terminal.
 */
package io.iblocksync.endpoint;
