package io.iblocksync.cli.relay;

import io.iblocksync.hash.HashAlgorithm;
import io.iblocksync.protocol.Settings;

/**
 * What a relay works with.
 *
 * @param settings what the endpoints are asked for
 * @param pieces whether blocks that differ may be sent by pieces
 * @param zeroing whether the target makes zeros of what it has past the source's end; only for the
 *     progress
 */
public record RelayOptions(
    ImagePair images,
    HashAlgorithm algorithm,
    Settings settings,
    boolean pieces,
    boolean zeroing) {}
