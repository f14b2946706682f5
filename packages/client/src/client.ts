/** The client's types: every service and operation of wire's table, as objects and calls. */
import type {
  ApiObject,
  LinkName,
  Operation,
  ParameterName,
  ParameterValue,
  Services,
  TypeName,
} from '@patchbay/wire/client';

/** A link of that type to open inside the answer, and after a dot one of what is found there: `nics.network`. */
export type Follow<T extends TypeName> = LinkName<T> | `${LinkName<T>}.${string}`;

type ParameterOf<O extends Operation> = O['parameters'][number];

interface Followed<T extends TypeName> {
  /** Links to open inside the answer. */
  readonly follow?: Follow<T> | readonly Follow<T>[] | undefined;
}

type Plain<P extends ParameterName> = { readonly [K in P]?: ParameterValue<K> | undefined };

/** The parameters of the address, by their names in the API, and a signal that ends the request. */
export type Options<O extends Operation> = Plain<Exclude<ParameterOf<O>, 'follow' | 'preview' | 'async'>> &
  ('follow' extends ParameterOf<O> ? Followed<O['answers']> : unknown) & {
    /** Ends the request: `AbortSignal.timeout(5000)`. The call is rejected with the signal's reason. */
    readonly signal?: AbortSignal | undefined;
  };

type Body<O extends Operation> = O['accepts'] extends 'action'
  ? [body?: ApiObject<'action'>]
  : O['accepts'] extends TypeName
    ? [body: ApiObject<O['accepts']>]
    : [];

export type Answer<O extends Operation> = O['many'] extends true ? ApiObject<O['answers']>[] : ApiObject<O['answers']>;

type Ask<O extends Operation> = (...given: [...body: Body<O>, options?: Options<O>]) => Promise<Answer<O>>;

interface AskHost<O extends Operation> {
  (...given: [...body: Body<O>, options?: Options<O> & { readonly async?: false }]): Promise<Answer<O>>;
  /** Answers at once; `waitForJob` tells how it went. */
  (
    ...given: [...body: Required<Body<O>>, options: Options<O> & { readonly async: true }]
  ): Promise<ApiObject<'action'>>;
}

interface ChangeHost<O extends Operation> {
  (
    ...given: [...body: Body<O>, options?: Options<O> & { readonly async?: false; readonly preview?: false }]
  ): Promise<Answer<O>>;
  /** What would be done: steps, risks, outage, and every rule it breaks. Nothing of it happens. */
  (
    ...given: [...body: Required<Body<O>>, options: Options<O> & { readonly preview: true }]
  ): Promise<ApiObject<'host_change_preview'>>;
  /** Answers at once; `waitForJob` tells how it went. */
  (
    ...given: [...body: Required<Body<O>>, options: Options<O> & { readonly async: true }]
  ): Promise<ApiObject<'action'>>;
  /** Where only the run of the program tells which of them it is. */
  (
    ...given: [
      ...body: Required<Body<O>>,
      options: Options<O> & { readonly async?: boolean | undefined; readonly preview?: boolean | undefined },
    ]
  ): Promise<Answer<O> | ApiObject<'host_change_preview'> | ApiObject<'action'>>;
}

/** One operation: the body, where there is one, then options. */
export type Call<O extends Operation> =
  'preview' extends ParameterOf<O> ? ChangeHost<O> : 'async' extends ParameterOf<O> ? AskHost<O> : Ask<O>;

/** A service with its operations and what is below it. */
export type Client<S = Services> = {
  readonly [K in keyof S as K extends 'id' | 'parameter' ? never : K]: S[K] extends Operation
    ? Call<S[K]>
    : Client<S[K]>;
} & (S extends { readonly id: infer Entity }
  ? {
      /** One entity of the collection. Nothing is asked until an operation is called. */
      id(id: string | number): Client<Entity>;
    }
  : unknown);
