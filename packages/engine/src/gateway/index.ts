export * from './authority.ts';
export * from './links.ts';
