/** How hosts come back to an engine that has started anew. */

/**
 * Milliseconds between two rounds in which an agent dials every address of its engines, at most: ten thousand hosts that have lost the
 * same engine come back over as long.
 */
export const LONGEST_PAUSE = 60_000;

/**
 * Milliseconds until a host that has not come back is lost. One may just have been refused, and comes after the longest pause; an engine
 * that is busy with all the others may let it wait in vain, and then it comes after another. The third is for what dials
 * themselves take, ten seconds at an address that does not answer.
 */
export const RETURN_GRACE = 3 * LONGEST_PAUSE;
