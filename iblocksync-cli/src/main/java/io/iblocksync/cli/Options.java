package io.iblocksync.cli;

import io.iblocksync.protocol.*;

record Options(
    HashAlgorithm algorithm,
    int blockSize,
    Progress.Style progress,
    boolean force,
    int verbosity,
    Location source,
    Location target) {}
