/** A typed client of the Patchbay API, for Node.js and browsers. */
export type { ApiObject, TypeName } from '@patchbay/wire/client';
export { type About, about } from './about.ts';
export type { Answer, Call, Client, Follow, Options } from './client.ts';
export { type ConnectOptions, connect, type Patchbay } from './connect.ts';
export { ApiError, ConnectionError, JobError, SignInError, type Violation } from './errors.ts';
export { type FollowEventsOptions, followEvents } from './events.ts';
export { type WaitOptions, waitForJob } from './jobs.ts';
