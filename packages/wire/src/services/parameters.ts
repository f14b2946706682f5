/**
 * The parameters of addresses. Each may stand in the query, or behind a semicolon of the last segment. The engine's
 * documentation and the client's options are read from here.
 */

export interface Parameter<K extends 'text' | 'number' | 'flag' = 'text' | 'number' | 'flag'> {
  /** A `flag` without a value is true. */
  readonly kind: K;
  /** One sentence for the reader of the API documentation. */
  readonly doc: string;
}

const of =
  <const K extends Parameter['kind']>(kind: K) =>
  (doc: string): Parameter<K> => ({ kind, doc });

const [text, number, flag] = [of('text'), of('number'), of('flag')];

export const parameters = {
  all_content: flag('Members that cost more than the others.'),
  async: flag('Answers at once with a job that tells how it went.'),
  case_sensitive: flag('Whether case counts in searches.'),
  check_connectivity: flag('Takes the change back when the host cannot be reached; true when absent.'),
  commit_on_success: flag('Keeps the change for the next boot at once.'),
  connectivity_timeout: number('Seconds until a change without contact is taken back.'),
  correlation_id: text('Names the operation in events and jobs.'),
  detail: text('`statistics` shows them inside each entity.'),
  follow: text('Links to open inside the answer: names with dots for depth, joined by commas.'),
  force: flag('Whether to go on against a warning.'),
  from: number('Only events with a greater id.'),
  include: text('What is copied beside the networks: labels, qos, dns, properties, joined by commas.'),
  max: number('At most so many members.'),
  nics: text('Pairs of nics, `eth1:eth3,eth2:eth4`: what is on the first of the source comes onto the second here.'),
  override_configuration: flag('Makes the host equal to the engine again, too.'),
  preview: flag('Shows what would be done and does nothing.'),
  propagate: flag('Whether hosts follow the change; true when absent. Otherwise they are out of sync.'),
  rehearse: flag('Whether the host tries the change in a scratch network namespace first; as it is set when absent.'),
  search: text('field=value joined by and, or; sortby field; page n.'),
  since: text('The revision to compare with, instead of the one before.'),
  stop_on_failure: flag('Whether no more hosts are begun after a wave in which one failed.'),
  version: text('The compatibility version whose value is asked for.'),
  wave_width: number('Hosts that follow the change at once; the engine has a number of its own.'),
} as const satisfies Record<string, Parameter>;

export type ParameterName = keyof typeof parameters;

interface ValueOf {
  text: string;
  number: number;
  flag: boolean;
}

export type ParameterValue<P extends ParameterName> = ValueOf[(typeof parameters)[P]['kind']];
