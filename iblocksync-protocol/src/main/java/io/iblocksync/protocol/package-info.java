/**
 * What the coordinator and both endpoints must agree on: the lines at the start and the messages of
 * protocol 2. PROTOCOL.md is the specification; the code uses its labels.
 *
 * <p>The path of a message:
 *
 * <pre>
 * Message (a record) -&gt; FrameWriter -&gt; WireWriter -&gt; pipe -&gt; WireReader -&gt; FrameReader -&gt; Message
 *                                     the body of DATA is in a buffer, never in a record
 * Greeting: one line of JSON each way, before any frame
 * </pre>
 *
 * {@link io.iblocksync.protocol.FrameWriter} and {@link io.iblocksync.protocol.FrameReader} mirror
 * each other. If the peer breaks the protocol, they throw a {@link
 * io.iblocksync.protocol.ProtocolException}; if the peer is gone, a {@link
 * io.iblocksync.protocol.PeerGoneException}.
 *
 * <p>This package must not know images, files, processes, ssh or the terminal.
 */
package io.iblocksync.protocol;
