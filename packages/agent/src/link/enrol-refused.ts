/** The engine will not have this host; asking again does not help. */
export class EnrolRefused extends Error {}
