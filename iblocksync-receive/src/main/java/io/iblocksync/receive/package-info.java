/**
 * The target: hashes its image ahead of the verdicts and writes what comes for the blocks that
 * differ. It decides for itself what it dares to write to.
 *
 * <pre>
 * TargetEndpoint.probe    size, space, what is there
 * TargetSession.run       the road of a block, top to bottom
 *   start()               opens the target, starts to read ahead
 *   ahead.nextHashes      hashes go out; TargetDigest holds them until their verdict
 *   receive(Verdicts)     ExpectedData notes which data must come
 *   receive(Data)         checked against that, and by its CRC, before DiskWriter gets it
 *   receive(Done)         all has come: DiskWriter ends the image and flushes it
 *   done()                TargetDigest proves that the image is what the source has read
 * </pre>
 *
 * A block is written only after it was hashed. The image itself is in {@code disk}, who else uses
 * it in {@code guard}. This package knows of the source no more than its image info, and nothing of
 * ssh.
 */
package io.iblocksync.receive;
