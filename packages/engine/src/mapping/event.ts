import type { ApiObject } from '@patchbay/wire';
import type { StoredEvent } from '../store/index.ts';
import { reference } from './link.ts';

export function eventToWire(base: string, event: StoredEvent): ApiObject<'event'> {
  const { href, id } = reference(base, 'events', String(event.id));
  return {
    href,
    id,
    description: event.description,
    code: event.code,
    ...(event.correlation_id === null ? {} : { correlation_id: event.correlation_id }),
    ...(event.custom_data === null ? {} : { custom_data: event.custom_data }),
    ...(event.custom_id === null ? {} : { custom_id: event.custom_id }),
    flood_rate: event.flood_rate,
    index: event.id,
    origin: event.origin,
    severity: event.severity,
    time: event.time,
    ...(event.cluster_id === null ? {} : { cluster: reference(base, 'clusters', event.cluster_id) }),
    ...(event.data_centre_id === null ? {} : { data_center: reference(base, 'datacenters', event.data_centre_id) }),
    ...(event.host_id === null ? {} : { host: reference(base, 'hosts', event.host_id) }),
    ...(event.user_id === null ? {} : { user: reference(base, 'users', event.user_id) }),
  };
}
