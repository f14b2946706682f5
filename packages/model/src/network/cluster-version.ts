import type { ClusterVersion } from '../entities.ts';

/** Compatibility versions a cluster may have; the last is what a new one gets. */
export const clusterVersions: readonly ClusterVersion[] = [2, 3, 4, 5, 6, 7, 8].map((minor) => ({ major: 4, minor }));
export const newestVersion: ClusterVersion = { major: 4, minor: 8 };

/** Whether a version has what came with another. */
export function isAtLeast(version: ClusterVersion, since: ClusterVersion): boolean {
  return version.major > since.major || (version.major === since.major && version.minor >= since.minor);
}
