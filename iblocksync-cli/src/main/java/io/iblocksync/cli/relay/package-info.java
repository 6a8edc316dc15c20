/**
 * Comparing the hashes of both sides and carrying blocks from one to the other. An endpoint is a
 * {@link io.iblocksync.cli.relay.Peer}, whatever runs it.
 *
 * <pre>
 * Relay.run                 a reading thread for each side
 *   Protocol2Relay.read     HASHES -&gt; Comparer -&gt; VERDICTS to the target, then to the source
 *                           DATA from the source -&gt; Outbox of the target
 *                           PIECES from the target -&gt; Outbox of the source
 *                           DONE of both: their digests must agree
 *   Outcome                 done, or which side has failed first, and why
 *   RunFigures              what has come of it so far, for the progress and the summary
 * </pre>
 *
 * A thread that reads one side waits for the other side's {@link io.iblocksync.cli.relay.Outbox}
 * only; PROTOCOL.md says why that cannot deadlock. Locks are taken in this order: the {@link
 * io.iblocksync.cli.relay.Comparer}'s, the one that keeps a verdict before its PIECES ({@link
 * io.iblocksync.cli.relay.Protocol2Relay}), an outbox's; PieceChoice's and Outcome's alone. This
 * package must not know how a process is started or what a terminal is.
 */
package io.iblocksync.cli.relay;
