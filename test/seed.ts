/**
 * Loaded before every test: random inputs are drawn from one seed, so that a run can be repeated and CI means the same thing
 * twice. `PATCHBAY_SEED=random script/test` looks further; the seed is printed either way.
 */
import fc from 'fast-check';

const given = process.env['PATCHBAY_SEED'] ?? '1';
const seed = given === 'random' ? Date.now() % 1_000_000 : Number(given);
process.env['PATCHBAY_SEED'] = String(seed);
fc.configureGlobal({ seed });
