import { rulesDocument } from './document.ts';

console.log(rulesDocument().trimEnd());
