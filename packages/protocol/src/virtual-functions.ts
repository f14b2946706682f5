/** SR-IOV, as far as both ends have to agree on it. */

/**
 * Milliseconds that the virtual functions of one nic may take to be made or to go, with the names that they end up with. A driver
 * makes them one after the other, and some need a tenth of a second for each.
 */
export const VIRTUAL_FUNCTIONS_PATIENCE = 30_000;
