/**
 * What the coordinator and both endpoints must agree on: the lines of the start and the messages of
 * protocol 2. PROTOCOL.md is the specification; its labels stand in the code.
 *
 * <p>The road of a message:
 *
 * <pre>
 * Message (a record) -&gt; FrameWriter -&gt; WireWriter -&gt; pipe -&gt; WireReader -&gt; FrameReader -&gt; Message
 *                                     body of DATA: in a buffer beside it, never in a record
 * Greeting: one line of JSON each way, before any frame
 * </pre>
 *
 * {@link io.iblocksync.protocol.FrameWriter} and {@link io.iblocksync.protocol.FrameReader} mirror
 * each other. A peer that breaks the protocol is a {@link
 * io.iblocksync.protocol.ProtocolException}, one that has ended a {@link
 * io.iblocksync.protocol.PeerGoneException}.
 *
 * <p>This package must not know images, files, processes, ssh or the terminal.
 */
package io.iblocksync.protocol;
