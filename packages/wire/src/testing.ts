/** What tests of this package and of its users share. Not for use at run time. */
export { decodeAnswer, encodeRequest } from './codec.ts';
export { type HostileBody, hostileBodies } from './hostile-bodies.ts';
export { apiObject, hostileBody } from './testing/arbitrary.ts';
export { type SeedSample, seedSamples } from './testing/seed-samples.ts';
