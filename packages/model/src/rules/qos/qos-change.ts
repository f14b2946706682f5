import type { NamedQos } from '../../entities.ts';
import type { Settings } from '../../settings.ts';

/** A named QoS as it shall be, and what surrounds it. */
export interface QosChange {
  wanted: NamedQos;
  /** Null when it is being created. */
  stored: NamedQos | null;
  /** Every QoS of the data centre; the stored one may be among them. */
  qoss: readonly NamedQos[];
  settings: Settings;
}
